import fc from 'fast-check';
import { announceEditions } from '../../../src/domain/convention/announcement';
import { diffEditions, editionValues } from '../../../src/domain/convention/editionDiff';
import { EDITIONS, type Edition, editionOf } from '../../../src/domain/convention/editions';
import { holds } from '../../support/property';

const next = (over: Partial<Edition>): Edition => ({
  ...editionOf('measures-2024'),
  id: 'next' as Edition['id'],
  effectiveOn: '2026-01-01',
  ...over,
});

test('the editions of this programme may be announced', () => {
  expect(announceEditions(EDITIONS)).toBe(EDITIONS);
});

test.each([
  ['2025-12-31', true],
  ['2026-01-01', true],
  ['2026-01-02', false],
  [null, false],
])('an edition of 2026-01-01 that was reported on %s: announced %s', (reportedOn, announced) => {
  const announce = () => announceEditions([...EDITIONS, next({ reportedOn })]);
  if (announced) expect(announce().at(-1)!.id).toBe('next');
  else expect(announce).toThrow(/next/);
});

test('before the Measures no report was asked for; from their first day it is', () => {
  const [one] = EDITIONS as [Edition];
  expect(announceEditions([one, next({ effectiveOn: '2024-09-04', reportedOn: null })])).toHaveLength(2);
  expect(() => announceEditions([one, next({ effectiveOn: '2024-09-05', reportedOn: null })])).toThrow(/not reported/);
});

test('an edition is never announced again, nor put before another', () => {
  expect(() => announceEditions([...EDITIONS, next({ id: 'convention-2.0', reportedOn: '2025-01-01' })])).toThrow(/twice/);
  expect(() => announceEditions([...EDITIONS, next({ effectiveOn: '2024-09-05', reportedOn: '2024-09-01' })])).toThrow(/not after/);
});

test('what 2.0 brought, and what the Measures brought', () => {
  const second = diffEditions(editionOf('convention-1.0'), editionOf('convention-2.0'));
  expect([...second.rulesAdded].sort()).toEqual(['ASK-CERT', 'BATCH', 'CONDUCT', 'IDENTITY', 'ONE-RAISE', 'PAYEE', 'ROUTE', 'SECOND-ASK']);
  expect(second.rulesRemoved).toEqual(['ASK-CAP']);
  const third = diffEditions(editionOf('convention-2.0'), editionOf('measures-2024'));
  expect([...third.rulesAdded].sort()).toEqual(['CUSTODY', 'DESIGNATION', 'POLICE', 'REPORTS', 'RETAIN']);
  expect(third.changed).toEqual([
    { path: 'effectiveOn', from: '2020-08-18', to: '2024-09-05' },
    { path: 'reportedOn', from: null, to: '2024-09-05' },
  ]);
});

test('a number that changes is found wherever it stands, and nothing else is', () => {
  const base = editionOf('convention-2.0');
  const windows = Object.keys(base.windows) as (keyof Edition['windows'])[];
  holds(
    fc.record({ window: fc.constantFrom(...windows), by: fc.integer({ min: 1, max: 999 }), capFen: fc.bigInt(0n, 99n) }),
    ({ window, by, capFen }) => {
      const other: Edition = { ...base, capFen: base.capFen + capFen, windows: { ...base.windows, [window]: base.windows[window] + by } };
      const expected = [...(capFen === 0n ? [] : ['capFen']), `windows.${window}`];
      expect(diffEditions(base, other).changed.map((c) => c.path)).toEqual(expected);
      expect(editionValues(other).get(`windows.${window}`)).toBe(String(base.windows[window] + by));
    },
  );
});
