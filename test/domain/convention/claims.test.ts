import fc from 'fast-check';
import { CLAIMS, type Claim, type ClaimFacts, type MachineClaim, machineClaims } from '../../../src/domain/convention/claims';
import { DOCUMENT_KINDS, type DocumentKind, IDENTITY_VERDICTS, PUBLICITY_ITEMS, RELATIONS } from '../../../src/domain/convention/terms';
import { holds } from '../../support/property';

const facts = (over: Partial<ClaimFacts> = {}): ClaimFacts => ({
  documents: new Map(),
  published: new Set(),
  patient: 'unavailable',
  sponsor: 'unavailable',
  relation: 'spouse',
  account: null,
  ...over,
});
const of = (claim: Claim, over: Partial<ClaimFacts>): Partial<MachineClaim> | undefined => machineClaims(facts(over)).find((c) => c.claim === claim);
const files = (...kinds: DocumentKind[]): ClaimFacts['documents'] => new Map(kinds.map((kind) => [kind, `${kind}-id`]));

test('DOUBLE-AUDIT: what the submission says is declared; what was never said is no claim', () => {
  expect(machineClaims(facts()).map((c) => [c.claim, c.state])).toEqual(
    ['identity-patient', 'identity-sponsor', 'relation', 'diagnosis', 'diagnosis-source', 'hospital'].map((claim) => [claim, 'declared']),
  );
  expect(of('assets-houses', { published: new Set(['houses']) })).toMatchObject({ state: 'declared', source: 'machine', method: 'declaration' });
  expect(of('cost-expected', { published: new Set(['cost-plan']) })).toMatchObject({ state: 'declared' });
  expect(of('account-ownership', { account: { nameCheck: null, cardCheck: null } })).toMatchObject({ state: 'declared' });
});

test('DOUBLE-AUDIT: documents evidence, and are named', () => {
  expect(of('diagnosis', { documents: files('diagnosis') })).toMatchObject({ state: 'evidenced', method: 'document', documents: ['diagnosis-id'] });
  expect(of('diagnosis-source', { documents: files('diagnosis') })).toMatchObject({ state: 'declared' });
  expect(of('diagnosis-source', { documents: files('diagnosis', 'admission-record') })).toMatchObject({
    documents: ['diagnosis-id', 'admission-record-id'],
  });
  expect(of('relation', { documents: files('id-cards') })).toMatchObject({ state: 'declared' });
  expect(of('relation', { documents: files('id-cards'), relation: 'self' })).toMatchObject({ state: 'evidenced' });
  expect(of('cost-incurred', { documents: files('receipts') })).toMatchObject({ documents: ['receipts-id'] });
});

test('DOUBLE-AUDIT: services verify and contradict; a missing answer leaves the papers', () => {
  expect(of('identity-patient', { patient: 'match' })).toMatchObject({ state: 'verified', source: 'identity-service' });
  expect(of('identity-sponsor', { patient: 'match', sponsor: 'mismatch' })).toMatchObject({ state: 'contradicted' });
  expect(of('identity-sponsor', { patient: 'match', sponsor: 'unavailable', relation: 'self' })).toMatchObject({ state: 'verified' });
  expect(of('identity-patient', { patient: 'no-record', documents: files('id-cards') })).toMatchObject({ state: 'evidenced', source: 'machine' });
});

test.each([
  ['match', null, 'verified', 'name-check'],
  ['mismatch', 'match', 'contradicted', 'name-check'],
  ['match', 'mismatch', 'contradicted', 'card-check'],
  [null, 'match', 'verified', 'card-check'],
  ['unavailable', 'no-record', 'declared', 'declaration'],
] as const)('DOUBLE-AUDIT: an account whose name says %s and whose card says %s is %s by %s', (nameCheck, cardCheck, state, method) => {
  expect(of('account-ownership', { account: { nameCheck, cardCheck } })).toMatchObject({ state, method });
});

test('DOUBLE-AUDIT: the machine never verifies, each claim stands once, and no fact more makes a claim disappear', () => {
  const verdict = fc.constantFrom(...IDENTITY_VERDICTS);
  const any = fc.record({
    documents: fc.subarray([...DOCUMENT_KINDS]).map((kinds) => files(...kinds)),
    published: fc.subarray([...PUBLICITY_ITEMS]).map((items) => new Set(items)),
    patient: verdict,
    sponsor: verdict,
    relation: fc.constantFrom(...RELATIONS),
    account: fc.option(fc.record({ nameCheck: fc.option(verdict), cardCheck: fc.option(verdict) })),
  });
  holds(any, (f) => {
    const claims = machineClaims(f);
    expect(claims.filter((c) => c.source === 'machine' && (c.state === 'verified' || c.state === 'contradicted'))).toEqual([]);
    expect(claims.map((c) => c.claim)).toEqual(CLAIMS.filter((claim) => claims.some((c) => c.claim === claim)));
    expect(claims.find((c) => c.claim === 'identity-patient')!.state === 'contradicted').toBe(f.patient === 'mismatch');
    const more = machineClaims({ ...f, documents: files(...DOCUMENT_KINDS), published: new Set(PUBLICITY_ITEMS) });
    expect(more.length).toBeGreaterThanOrEqual(claims.length);
  });
});
