import type { Memory } from './memory';

const RELATIVES = ['guardian', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild'];
const DESIGNATED = ['water-drop', 'relaxed-fund'];
const NEEDED_AT_OPENING = ['identity', 'relation', 'diagnosis', 'hospital', 'cost-plan'];
const CAP_FEN = 50_000_000n;

/**
 * The walk's own reading of “before opening” (the published rules and the table of the case format), written afresh from the texts.
 * @param rivalRuns whether another raise of the same patient and illness stands open.
 * @returns the rules that forbid this raise to open, as far as what was submitted and done tells.
 */
export function forbidsOpening(m: Memory, rivalRuns: boolean): string[] {
  const { theCase } = m;
  const since2020 = theCase.edition !== 'convention-1.0';
  const has = (kind: string) => m.documents.has(kind);
  const askFen = BigInt(theCase.ask_fen);
  const { registered, qualified, whitelisted } = theCase.hospital;
  const earlier = theCase.earlier_raises ?? [];
  const forbidden: string[] = [];
  const rule = (id: string, broken: boolean) => broken && forbidden.push(id);
  if (since2020) {
    rule('IDENTITY', !has('id-cards') || (!has('relation-proof') && (isMinor(m) || RELATIVES.includes(theCase.sponsor.relation))));
    rule('IDENTITY', unproven(m, 'patient', theCase.patient.real_name) || unproven(m, 'sponsor', theCase.sponsor.real_name));
    rule('ONE-RAISE', rivalRuns || earlier.some(({ status }) => status === 'running'));
    rule('PAYEE', ['friend', 'company', 'other'].includes(m.payeeKind) || (RELATIVES.includes(m.payeeKind) && !has('relation-proof')));
    rule('PAYEE', m.payeeKind === 'institution' && !(registered && whitelisted));
    rule('ASK-CERT', askFen > CAP_FEN && !(has('certificate') && registered && qualified));
    rule('SECOND-ASK', askFen > CAP_FEN && earlier.some(({ status }) => status !== 'refunded') && !has('expense-list'));
  } else rule('ASK-CAP', askFen > CAP_FEN);
  rule('DESIGNATION', theCase.edition === 'measures-2024' && !DESIGNATED.includes(theCase.platform));
  rule('BLACKLIST', Boolean(theCase.sponsor.blacklisted) || m.payeeListed || m.listed);
  rule('PRE-AUDIT', !registered || !has('diagnosis') || !has('admission-record'));
  rule(
    'PUBLICITY',
    NEEDED_AT_OPENING.some((item) => !m.published.has(item)),
  );
  return forbidden;
}

const isMinor = ({ theCase }: Memory): boolean => (theCase.patient.age ?? 35) < 18;

/** A mismatch stays; whom the service does not know, a person has confirmed. Sponsor `self` is the patient. */
function unproven({ theCase, resolved }: Memory, party: 'patient' | 'sponsor', answer: string): boolean {
  if (answer === 'match') return false;
  return answer === 'mismatch' || resolved.get(theCase.sponsor.relation === 'self' ? 'patient' : party) !== 'confirmed';
}

/**
 * ROUTE and BATCH as the texts say, on what people did. @returns why this request must not be granted; null where the walk sees no reason.
 */
export function forbidsRelease(m: Memory, mode: string, batchesBp: readonly number[]): string | null {
  if (m.theCase.edition === 'convention-1.0') return null;
  if (mode === 'single' && m.restricted) return 'ROUTE: a single release of restricted money';
  if (mode === 'hospital-direct' && m.payeeKind !== 'institution') return 'ROUTE: hospital-direct to a person';
  if (mode !== 'batched') return null;
  if (batchesBp.length < 2 || batchesBp.some((bp) => bp > 5_000)) return 'BATCH: fewer than two batches, or one above half';
  const [plan, list] = [m.newest('medical-plan'), m.newest('expense-list')];
  if (!m.restricted) return null;
  if (!plan || !list) return 'ROUTE: batches without medical plan or expense list';
  if (m.payeeKind === 'institution') return null;
  if (!m.hospitalContacted) return 'ROUTE: batches to a person without a contact with the hospital';
  const signed = ['sponsor', 'help-seeker'].every((party) => m.planSigned.has(`${party}/${plan}/${list}`));
  return signed ? null : 'ROUTE: batches to a person without both signatures';
}
