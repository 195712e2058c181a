import fc from 'fast-check';
import { EDITIONS, editionInForce, editionOf } from '../../../src/domain/convention/editions';
import { shanghaiDate } from '../../../src/domain/calendar';
import { holds } from '../../support/property';

test.each([
  ['2018-10-19', 'convention-1.0'],
  ['2020-08-17', 'convention-1.0'],
  ['2020-08-18', 'convention-2.0'],
  ['2024-09-04', 'convention-2.0'],
  ['2024-09-05', 'measures-2024'],
  ['2099-12-31', 'measures-2024'],
])('on %s %s is in force', (date, id) => {
  expect(editionInForce(date).id).toBe(id);
});

test('before 19 October 2018 none was', () => {
  expect(() => editionInForce('2018-10-18')).toThrow(/2018-10-18/);
});

test('an edition begins with the civil day in Shanghai, not in London', () => {
  expect(editionInForce(shanghaiDate(Date.parse('2020-08-17T15:59:59Z'))).id).toBe('convention-1.0');
  expect(editionInForce(shanghaiDate(Date.parse('2020-08-17T16:00:00Z'))).id).toBe('convention-2.0');
});

test('the edition in force is the last to have begun', () => {
  const days = fc
    .date({ min: new Date('2018-10-19T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10));
  holds(days, (date) => {
    const begun = EDITIONS.filter((e) => Date.parse(e.effectiveOn) <= Date.parse(date));
    expect(editionInForce(date)).toBe(begun.at(-1));
  });
});

test('Convention 1.0 lacks what only 2.0 brought, and has a cap instead of the certificate', () => {
  const { rules } = editionOf('convention-1.0');
  for (const rule of ['ASK-CERT', 'IDENTITY', 'PAYEE', 'ROUTE', 'BATCH'] as const) expect([rule, rules.has(rule)]).toEqual([rule, false]);
  for (const rule of ['ASK-CAP', 'PRE-AUDIT', 'PUBLICITY', 'DISBURSE-REVIEW', 'RECEIPT', 'FEES'] as const)
    expect([rule, rules.has(rule)]).toEqual([rule, true]);
});

test('the published numbers', () => {
  expect(editionOf('convention-2.0')).toMatchObject({
    capFen: 50_000_000n,
    route: { restrictedAboveFen: 30_000_000n, restrictedIfIncompleteAboveFen: 5_000_000n },
    batch: { minimumCount: 2, maximumBp: 5_000, evidenceBp: 8_000 },
    checkers: 2,
    windows: {
      certificatePublicityHours: 72,
      payoutPublicityHours: 24,
      urgentPublicityHours: 6,
      fundraisingDays: 30,
      receiptDueWorkingDays: 3,
      receiptEscalatedWorkingDays: 5,
      receiptHeldWorkingDays: 7,
    },
  });
  expect(editionOf('convention-2.0').rules.has('ASK-CAP')).toBe(false);
});

test('an unknown edition is an error that names the known ones', () => {
  expect(() => editionOf('convention-3.0')).toThrow(/convention-2\.0/);
});
