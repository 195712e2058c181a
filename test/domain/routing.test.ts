import fc from 'fast-check';
import { isWorkingDay } from '../../src/domain/calendar';
import { opensAtMs, type RouteFacts, routeOf, sayRoute, USUAL_LIMITS } from '../../src/domain/routing';

const at = (time: string): number => Date.parse(`${time}:00+08:00`);
/** A Wednesday at noon. */
const NOON = at('2021-03-03T12:00');
const NIGHT = at('2021-03-03T22:00');
const facts = (over: Partial<RouteFacts> = {}): RouteFacts => ({
  ...{ amountFen: 5_000_000n, payeeKind: 'institution', urgent: false, fromBank: '102100099996', toBank: '105100000017' },
  ...{ bulkTodayFen: 0n, nowMs: NOON, windowSpeed: 1, ...over },
});
const LIMITS = { ...USUAL_LIMITS, bulkToPersonFen: 2_000_000n, bulkPerDayFen: 8_000_000n };

test.each([
  ['at the limit', {}, 'beps', 'within-limit'],
  ['a fen above it', { amountFen: 5_000_001n }, 'hvps', 'above-limit'],
  ["a person's limit is another", { payeeKind: 'parent', amountFen: 2_000_001n }, 'hvps', 'above-limit'],
  ['a person within it', { payeeKind: 'parent', amountFen: 2_000_000n }, 'beps', 'within-limit'],
  ["the day's last fen", { bulkTodayFen: 3_000_000n }, 'beps', 'within-limit'],
  ['a fen more than the day holds', { bulkTodayFen: 3_000_001n }, 'hvps', 'day-is-full'],
  ['urgent while the high-value system is open', { urgent: true, amountFen: 1n }, 'hvps', 'urgent'],
  ['urgent at night and within the limit: the way that is open', { urgent: true, nowMs: NIGHT }, 'beps', 'within-limit'],
  ['within one bank, at any hour and amount', { toBank: '102100000030', amountFen: 10n ** 12n, nowMs: NIGHT, urgent: true }, 'book', 'same-bank'],
] as const)('%s', (_what, over, clearing, reason) => {
  expect(routeOf(facts(over), LIMITS)).toEqual({ clearing, reason, opensAtMs: null });
  expect(sayRoute(reason)).toEqual({ zh: expect.any(String), en: expect.any(String) });
});

test.each([
  ['a minute before it opens', '2021-03-03T08:29', '2021-03-03T08:30'],
  ['as it opens', '2021-03-03T08:30', null],
  ['its last minute', '2021-03-03T16:59', null],
  ['as it closes', '2021-03-03T17:00', '2021-03-04T08:30'],
  ['a Friday evening: Monday', '2021-03-05T17:30', '2021-03-08T08:30'],
  ['a Sunday', '2021-03-07T10:00', '2021-03-08T08:30'],
  ['a Sunday that makes up for a holiday is open', '2021-02-07T10:00', null],
  ['the Spring Festival: the day after it', '2021-02-11T09:00', '2021-02-18T08:30'],
])('the high-value system, %s', (_what, now, opens) => {
  expect(opensAtMs('hvps', USUAL_LIMITS, at(now), 1)).toBe(opens === null ? null : at(opens));
  expect(routeOf(facts({ amountFen: 5_000_001n, nowMs: at(now) }), USUAL_LIMITS).opensAtMs).toBe(opens === null ? null : at(opens));
});

test('every payment has one way; nothing above a limit goes by the bulk system, and what waits is open when it says', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 10n }),
      fc.bigInt({ min: 0n, max: 10n ** 7n }),
      fc.boolean(),
      fc.integer({ min: at('2021-01-01T00:00'), max: at('2025-12-20T00:00') }),
      (amountFen, bulkTodayFen, urgent, nowMs) => {
        const route = routeOf(facts({ amountFen, bulkTodayFen, urgent, nowMs }), LIMITS);
        if (route.clearing === 'beps')
          return amountFen <= LIMITS.bulkToInstitutionFen && bulkTodayFen + amountFen <= LIMITS.bulkPerDayFen && route.opensAtMs === null;
        if (route.opensAtMs === null) return true;
        return route.opensAtMs > nowMs && isWorkingDay(route.opensAtMs) && opensAtMs(route.clearing, LIMITS, route.opensAtMs, 1) === null;
      },
    ),
  );
});

test('on real timers that run faster no day has hours', () => {
  expect(routeOf(facts({ amountFen: 5_000_001n, nowMs: NIGHT, windowSpeed: 1_000 }), LIMITS)).toMatchObject({ clearing: 'hvps', opensAtMs: null });
});
