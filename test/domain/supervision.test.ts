import fc from 'fast-check';
import { addWorkingDays } from '../../src/domain/calendar';
import { editionOf } from '../../src/domain/convention/editions';
import { DUTY_STEPS, type DutyStep, nextStep } from '../../src/domain/supervision';

const { windows } = editionOf('convention-2.0');
/** Friday, 2021-03-05, 10:00 in Shanghai. */
const DUE_MS = Date.parse('2021-03-05T10:00:00+08:00');
const iso = (taken: DutyStep | null, speed = 1): string | null => {
  const next = nextStep({ dueAtMs: DUE_MS, taken }, windows, speed);
  return next && new Date(next.atMs).toISOString();
};

test('SUPERVISE: reminded 1, marked 3, held 7 working days after it was due, then nothing more', () => {
  expect(iso(null)).toBe('2021-03-08T02:00:00.000Z');
  expect(iso('reminded')).toBe('2021-03-10T02:00:00.000Z');
  expect(iso('marked')).toBe('2021-03-16T02:00:00.000Z');
  expect(iso('held')).toBeNull();
});

test('property: the steps come in order, each later than the one before, whatever the day and the speed', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('2018-10-19'), max: Date.parse('2026-01-01') }), fc.constantFrom(1, 60, 10_000), (dueAtMs, speed) => {
      let before = dueAtMs;
      for (const taken of [null, 'reminded', 'marked'] as const) {
        const next = nextStep({ dueAtMs, taken }, windows, speed)!;
        expect(next.step).toBe(DUTY_STEPS[taken === null ? 0 : DUTY_STEPS.indexOf(taken) + 1]);
        expect(next.atMs).toBeGreaterThan(before);
        before = next.atMs;
      }
      expect(before).toBe(addWorkingDays(dueAtMs, windows.dutyHeldWorkingDays, speed));
    }),
    { numRuns: 100 },
  );
});
