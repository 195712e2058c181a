import fc from 'fast-check';
import { addWorkingDays, DAY_MS, isWorkingDay, shanghaiDate } from '../../src/domain/calendar';
import { holds } from '../support/property';

const noon = (date: string): number => Date.parse(`${date}T12:00:00+08:00`);

// State Council holiday notices of 2019 (for 2020), 2022 (for 2023) and 2023 (for 2024).
const CLOSED = [
  '2020-10-01',
  '2020-10-02',
  '2020-10-03',
  '2020-10-04',
  '2020-10-05',
  '2020-10-06',
  '2020-10-07',
  '2020-10-08',
  '2023-01-27',
  '2024-02-10',
  '2024-02-12',
  '2024-10-07',
  '2020-10-11',
];
const OPEN = [
  '2020-09-27',
  '2020-10-09',
  '2020-10-10',
  '2023-01-28',
  '2023-01-29',
  '2024-02-04',
  '2024-02-18',
  '2024-09-29',
  '2024-10-12',
  '2020-09-30',
];

test.each(CLOSED)('%s is a day off', (date) => {
  expect(isWorkingDay(noon(date))).toBe(false);
});

test.each(OPEN)('%s is a working day, make-up weekends included', (date) => {
  expect(isWorkingDay(noon(date))).toBe(true);
});

test('a civil day in Shanghai begins at 16:00 UTC', () => {
  expect(shanghaiDate(Date.parse('2020-08-17T15:59:59.999Z'))).toBe('2020-08-17');
  expect(shanghaiDate(Date.parse('2020-08-17T16:00:00.000Z'))).toBe('2020-08-18');
});

test('RECEIPT: three working days across National Day 2020 end on 12 October, with the make-up Saturday counted', () => {
  // 30 September; 1–8 October off; the 9th, Saturday the 10th and Monday the 12th work.
  expect(new Date(addWorkingDays(noon('2020-09-30'), 3)).toISOString()).toBe('2020-10-12T04:00:00.000Z');
  expect(shanghaiDate(addWorkingDays(noon('2020-10-01'), 1))).toBe('2020-10-09');
});

test('the day itself does not count, and none is none', () => {
  expect(addWorkingDays(noon('2020-10-12'), 0)).toBe(noon('2020-10-12'));
  expect(shanghaiDate(addWorkingDays(noon('2020-10-12'), 1))).toBe('2020-10-13');
});

test('the answer is a working day at the same time of day, with exactly that many working days on the way', () => {
  const starts = fc.date({ min: new Date('2019-01-01'), max: new Date('2024-11-30'), noInvalidDate: true }).map((d) => d.getTime());
  holds(fc.tuple(starts, fc.integer({ min: 1, max: 15 })), ([fromMs, days]) => {
    const toMs = addWorkingDays(fromMs, days);
    expect((toMs - fromMs) % DAY_MS).toBe(0);
    const passed = Array.from({ length: (toMs - fromMs) / DAY_MS }, (_, i) => fromMs + (i + 1) * DAY_MS).filter(isWorkingDay);
    expect(passed).toHaveLength(days);
    expect(isWorkingDay(toMs)).toBe(true);
  });
});

test('a sandbox on real timers counts shrunken plain days', () => {
  expect(addWorkingDays(0, 3, 86_400)).toBe(3_000);
});
