import { startTime } from '../../../src/cli/play/startTime';

test.each([
  // A Friday, a Tuesday and a Thursday: the first working day after each.
  ['convention-1.0', '2018-10-22T09:00:00+08:00'],
  ['convention-2.0', '2020-08-19T09:00:00+08:00'],
  ['measures-2024', '2024-09-06T09:00:00+08:00'],
] as const)('%s starts at %s', (edition, expected) => {
  expect(startTime(edition)).toBe(expected);
});
