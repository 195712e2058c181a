import { failedRules, openingFindings, releaseFindings, verdictOf } from '../../../src/domain/convention/gates';
import type { Finding } from '../../../src/domain/convention/terms';
import { ALL_DOCUMENTS, ALL_ITEMS, CONVENTION_1, CONVENTION_2, opening, requesting, without, yuan } from '../../support/facts';

const EVERYTHING_WRONG = opening({
  askFen: yuan('500000.01'),
  documents: new Set(),
  published: new Set(),
  payeeKind: 'friend',
  patient: { verdict: 'mismatch', resolution: null, minor: true },
  hospital: { registered: false, qualified: false, whitelisted: false },
});

test('several failures at once are all reported, not only the first', () => {
  expect(failedRules(openingFindings(EVERYTHING_WRONG))).toEqual(['ASK-CERT', 'IDENTITY', 'PAYEE', 'PRE-AUDIT', 'PUBLICITY']);
  expect(
    failedRules(releaseFindings(requesting({ mode: 'batched', batchesBp: [10_000], raisedFen: yuan('300000.01'), documents: new Set() }))),
  ).toEqual(['BATCH', 'ROUTE']);
});

test('Convention 1.0 judges by its own rules: the cap, no certificate, identity, payee or route', () => {
  expect(failedRules(openingFindings({ ...EVERYTHING_WRONG, edition: CONVENTION_1 }))).toEqual(['ASK-CAP', 'PRE-AUDIT', 'PUBLICITY']);
  expect(releaseFindings(requesting({ edition: CONVENTION_1, raisedFen: yuan('2000000') }))).toEqual([]);
});

test('a failed cap is reported as ASK-CERT alone where the edition has it', () => {
  const findings = openingFindings(opening({ edition: CONVENTION_2, askFen: yuan('500000.01'), documents: without(ALL_DOCUMENTS, 'certificate') }));
  expect(failedRules(findings)).toEqual(['ASK-CERT']);
  expect(findings.map((f) => f.rule)).not.toContain('ASK-CAP');
});

test('a clean campaign passes every gate, one finding each, with a sentence in both languages', () => {
  const findings = [...openingFindings(opening()), ...releaseFindings(requesting())];
  expect(findings.map((f) => [f.rule, f.verdict])).toEqual(
    ['IDENTITY', 'ONE-RAISE', 'BLACKLIST', 'PAYEE', 'ASK-CERT', 'SECOND-ASK', 'PRE-AUDIT', 'PUBLICITY', 'ROUTE', 'BATCH'].map((rule) => [
      rule,
      'pass',
    ]),
  );
  for (const finding of findings) {
    expect(finding.zh).toMatch(/[\u4e00-\u9fff].*。$/);
    expect(finding.en).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(finding.facts).length).toBeGreaterThan(0);
  }
});

test('the worst verdict counts', () => {
  const finding = (verdict: Finding['verdict']): Finding => ({ rule: 'ROUTE', verdict, facts: {}, zh: '', en: '' });
  expect(verdictOf([])).toBe('pass');
  expect(verdictOf([finding('pass'), finding('needs')])).toBe('needs');
  expect(verdictOf([finding('needs'), finding('fail'), finding('pass')])).toBe('fail');
});

// Published cases, convention.md.
test('2018, Beijing: ¥153,136 raised with assets unpublished may not be paid at once under 2.0', () => {
  const facts = requesting({ raisedFen: yuan('153136'), requestedFen: yuan('153136'), published: without(ALL_ITEMS, 'houses') });
  expect(failedRules(releaseFindings(facts))).toEqual(['ROUTE']);
});

test('2019, Beijing: an ask of ¥1,000,000 without certificate does not open, and the missing assets are named', () => {
  const findings = openingFindings(
    opening({
      askFen: yuan('1000000'),
      documents: without(ALL_DOCUMENTS, 'certificate'),
      published: without(ALL_ITEMS, 'houses', 'cars', 'insurance'),
    }),
  );
  expect(failedRules(findings)).toEqual(['ASK-CERT']);
  expect(findings.find((f) => f.rule === 'PUBLICITY')?.facts).toMatchObject({ missing: ['houses', 'cars', 'insurance'], complete: false });
});
