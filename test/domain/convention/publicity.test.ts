import fc from 'fast-check';
import { preAudit } from '../../../src/domain/convention/rules/preAudit';
import { missingItems, publicity } from '../../../src/domain/convention/rules/publicity';
import { PUBLICITY_ITEMS } from '../../../src/domain/convention/terms';
import { ALL_DOCUMENTS, ALL_ITEMS, CONVENTION_2, opening, without } from '../../support/facts';
import { holds } from '../../support/property';

const AT_OPENING = ['identity', 'relation', 'diagnosis', 'hospital', 'cost-plan'] as const;
const LATER = PUBLICITY_ITEMS.filter((item) => !(AT_OPENING as readonly string[]).includes(item));

test.each(AT_OPENING)('PUBLICITY: without %s the campaign does not open, and the item is named', (item) => {
  const found = publicity(opening({ published: without(ALL_ITEMS, item) }));
  expect(found).toMatchObject({ verdict: 'fail', facts: { missing: [item], missingAtOpening: [item], complete: false } });
  expect(found.en).toContain(item);
});

test.each(LATER)('PUBLICITY: without %s it opens, incomplete', (item) => {
  expect(publicity(opening({ published: without(ALL_ITEMS, item) }))).toMatchObject({ verdict: 'pass', facts: { missing: [item], complete: false } });
});

test('PUBLICITY: the least that opens', () => {
  expect(publicity(opening({ published: new Set(AT_OPENING) }))).toMatchObject({ verdict: 'pass', facts: { complete: false, missing: LATER } });
});

test('PUBLICITY: published and missing items are all items, in the edition’s order', () => {
  holds(fc.subarray([...PUBLICITY_ITEMS]), (items) => {
    const published = new Set(items);
    const missing = missingItems(CONVENTION_2, published);
    expect(PUBLICITY_ITEMS.filter((item) => published.has(item) !== missing.includes(item))).toEqual([...PUBLICITY_ITEMS]);
    expect(missing).toEqual([...missing].sort((a, b) => PUBLICITY_ITEMS.indexOf(a) - PUBLICITY_ITEMS.indexOf(b)));
    expect(publicity(opening({ published })).verdict).toBe(AT_OPENING.every((item) => published.has(item)) ? 'pass' : 'fail');
  });
});

test.each([
  ['all in place', {}, 'pass', []],
  ['no diagnosis', { documents: without(ALL_DOCUMENTS, 'diagnosis') }, 'fail', ['diagnosis']],
  ['no admission record', { documents: without(ALL_DOCUMENTS, 'admission-record') }, 'fail', ['admission-record']],
  ['neither', { documents: without(ALL_DOCUMENTS, 'diagnosis', 'admission-record') }, 'fail', ['diagnosis', 'admission-record']],
  ['a hospital outside the registry', { hospital: { registered: false, qualified: true, whitelisted: true } }, 'fail', []],
  [
    'a hospital not qualified for the diagnosis: no concern of this rule',
    { hospital: { registered: true, qualified: false, whitelisted: false } },
    'pass',
    [],
  ],
] as const)('PRE-AUDIT: %s', (_what, over, verdict, missing) => {
  expect(preAudit(opening(over))).toMatchObject({ rule: 'PRE-AUDIT', verdict, facts: { missing } });
});
