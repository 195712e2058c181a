import fc from 'fast-check';
import type { CaseFile } from '../../../src/cli/play/caseFile';
import { EVERY_ITEM } from './memory';
import { DEED_NAMES, type Drawn, Step } from './step';

/** Mostly the first; sometimes any of the others. */
const mostly = <T>(first: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 25, arbitrary: fc.constant(first) }, { weight: 2, arbitrary: fc.constantFrom(...others) });

const ALL_DOCUMENTS = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'certificate', 'medical-plan', 'expense-list', 'receipts'];
/** Mostly all of them; sometimes up to three are missing. */
const some = (all: readonly string[]): fc.Arbitrary<string[]> =>
  fc
    .oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(3) })
    .chain((most) => fc.subarray([...all], { minLength: all.length - most }));

/** Submissions around the edges that the texts name: some would pass, many lack something. */
export const submissions: fc.Arbitrary<CaseFile> = fc
  .record({
    edition: mostly('convention-2.0' as const, 'measures-2024' as const, 'convention-1.0' as const),
    platform: mostly('water-drop', 'love-fund', 'relaxed-fund'),
    ask_fen: fc.constantFrom('10000000', '40000000', '50000000', '50000001', '60000000', '5000001'),
    relation: mostly('parent', 'self', 'spouse', 'guardian', 'friend'),
    sponsorName: mostly('match' as const, 'no-record' as const, 'mismatch' as const),
    patientName: mostly('match' as const, 'no-record' as const, 'mismatch' as const),
    age: fc.constantFrom(8, 35),
    payee: fc.constantFrom('institution', 'institution', 'parent', 'seeker', 'institution', 'parent', 'institution', 'company'),
    registered: mostly(true, false),
    qualified: mostly(true, false),
    whitelisted: mostly(true, false),
    documents: some(ALL_DOCUMENTS),
    published: some(EVERY_ITEM),
    listed: mostly(false, true),
    earlier: mostly<string | null>(null, 'settled', 'running', 'refunded'),
    withFees: fc.boolean(),
  })
  .map((r) => ({
    case: 'walk',
    edition: r.edition,
    platform: r.platform,
    ask_fen: r.ask_fen,
    earlier_raises: r.earlier ? [{ platform: 'relaxed-fund', ask_fen: '3000000', raised_fen: '2000000', status: r.earlier }] : [],
    sponsor: { relation: r.relation, real_name: r.relation === 'self' ? r.patientName : r.sponsorName, blacklisted: r.listed },
    patient: { real_name: r.patientName, age: r.age },
    payee: { kind: r.payee },
    hospital: { registered: r.registered, qualified: r.qualified, whitelisted: r.whitelisted },
    documents: r.documents,
    published: r.published,
    donations: { count: 1, total_fen: '1' },
    ...(r.withFees ? { fees: { service_bp: 300, service_cap_fen: '500000', channel_bp: 60 } } : {}),
    expect: {},
  }));

const rolls = fc.array(fc.oneof({ weight: 7, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(999) }), { minLength: 6, maxLength: 6 });
/** What ends a story early is tried less often. */
const RARE = ['blacklist', 'judgeClaim', 'askEvidence', 'reportDeath', 'resolveIdentity', 'changePayee'];
const deed = fc.oneof(
  { weight: 14, arbitrary: fc.constant('goOn') },
  { weight: 7, arbitrary: fc.constantFrom(...DEED_NAMES.filter((name) => !RARE.includes(name))) },
  { weight: 1, arbitrary: fc.constantFrom(...RARE) },
);
const drawn: fc.Arbitrary<Drawn> = fc.record({
  deed,
  rolls,
  actor: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(999) }),
  raise: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) }),
});

/** @returns walks of that many steps. */
export const walks = (steps: number) => fc.commands([drawn.map((d) => new Step(d))], { maxCommands: steps, size: 'max' });
