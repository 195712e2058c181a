import fc from 'fast-check';
import type { OpeningFacts } from '../../../src/domain/convention/facts';
import { identity } from '../../../src/domain/convention/rules/identity';
import { IDENTITY_VERDICTS, RELATIONS } from '../../../src/domain/convention/terms';
import { ALL_DOCUMENTS, opening, without } from '../../support/facts';
import { holds } from '../../support/property';

const judged = (over: Partial<OpeningFacts>): string => identity(opening(over)).verdict;
const patient = (over: object): OpeningFacts['patient'] => ({ verdict: 'match', resolution: null, minor: false, ...over });
const sponsor = (over: object): OpeningFacts['sponsor'] => ({ verdict: 'match', resolution: null, relation: 'spouse', ...over });

test('IDENTITY: both verified by name, with cards and proof of relation', () => {
  expect(judged({})).toBe('pass');
});

test.each(['no-record', 'unavailable'])('IDENTITY: %s of either party waits for a person, who may confirm or not', (verdict) => {
  for (const [party, of] of [
    ['patient', patient],
    ['sponsor', sponsor],
  ] as const) {
    expect(judged({ [party]: of({ verdict }) })).toBe('needs');
    expect(judged({ [party]: of({ verdict, resolution: 'confirmed' }) })).toBe('pass');
    expect(judged({ [party]: of({ verdict, resolution: 'not-confirmed' }) })).toBe('fail');
  }
});

test('IDENTITY: a mismatch stands, whatever a person says', () => {
  expect(judged({ patient: patient({ verdict: 'mismatch', resolution: 'confirmed' }) })).toBe('fail');
  expect(judged({ sponsor: sponsor({ verdict: 'mismatch', resolution: 'confirmed' }) })).toBe('fail');
});

test('IDENTITY: no cards, no opening', () => {
  expect(judged({ documents: without(ALL_DOCUMENTS, 'id-cards') })).toBe('fail');
});

test.each(RELATIONS)('IDENTITY: proof of relation for the sponsor %s, and for every minor', (relation) => {
  const documents = without(ALL_DOCUMENTS, 'relation-proof');
  expect(judged({ documents, sponsor: sponsor({ relation }) })).toBe(relation === 'self' || relation === 'friend' ? 'pass' : 'fail');
  expect(judged({ documents, sponsor: sponsor({ relation }), patient: patient({ minor: true }) })).toBe('fail');
});

test('IDENTITY: the whole table, by another reading of it', () => {
  const party = { verdict: fc.constantFrom(...IDENTITY_VERDICTS), resolution: fc.constantFrom(null, 'confirmed' as const, 'not-confirmed' as const) };
  const facts = fc.record({
    patient: fc.record({ ...party, minor: fc.boolean() }),
    sponsor: fc.record({ ...party, relation: fc.constantFrom(...RELATIONS) }),
    documents: fc.subarray(['id-cards', 'relation-proof'] as const).map((kinds) => new Set(kinds)),
  });
  holds(
    facts,
    (f) => {
      // Each party is −1 (refused), 0 (open) or 1 (known); the worse one counts.
      const known = [f.patient, f.sponsor].map((p) =>
        p.verdict === 'mismatch' || p.resolution === 'not-confirmed' ? -1 : p.verdict === 'match' || p.resolution !== null ? 1 : 0,
      );
      const paperMissing =
        !f.documents.has('id-cards') || ((f.patient.minor || !['self', 'friend'].includes(f.sponsor.relation)) && !f.documents.has('relation-proof'));
      const worst = Math.min(...known);
      expect(judged(f)).toBe(worst < 0 || paperMissing ? 'fail' : worst === 0 ? 'needs' : 'pass');
    },
    2_000,
  );
});

test('IDENTITY: an incapable patient needs a guardian’s proof as a minor does, and the finding says so in both languages', () => {
  const documents = without(ALL_DOCUMENTS, 'relation-proof');
  const finding = identity(opening({ documents, patient: patient({ incapable: true }), sponsor: sponsor({ relation: 'self' }) }));
  expect(finding).toMatchObject({
    verdict: 'fail',
    facts: { incapable: true },
    zh: expect.stringContaining('监护'),
    en: expect.stringContaining('guardian'),
  });
  expect(identity(opening({ documents, patient: patient({ minor: true }) }))).toMatchObject({
    verdict: 'fail',
    en: expect.stringContaining('a minor'),
  });
  expect(judged({ patient: patient({ incapable: true }) })).toBe('pass');
});
