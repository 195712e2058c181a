import { seeded } from '../play/gifts';

/** How many of 200 gifts in a row were of that many yuan: one running campaign, counted in October 2024. Source: docs/decisions/0030-demonstration.md. */
const SIZES: readonly (readonly [yuan: number, times: number])[] = [
  [1, 28],
  [2, 7],
  [3, 4],
  [5, 9],
  [10, 49],
  [20, 65],
  [30, 2],
  [50, 20],
  [66, 1],
  [100, 9],
  [200, 3],
  [500, 3],
];
const TIMES = SIZES.reduce((sum, [, times]) => sum + times, 0);
/** The first who give are close to the family and give several times as much as the others. */
const CLOSE = 8;
const CLOSE_TIMES = 10n;
/** The few large gifts: log-normal around ¥20, at most ¥10,000. */
const TAIL_SHARE = 0.03;
const TAIL_SIGMA = 1.2;
const TAIL_MOST_YUAN = 10_000;
/** Givers of a campaign: log-normal, its mean about 430 and its median well below. */
const GIVERS_MEDIAN = 250;
const GIVERS_SIGMA = 1.04;
const GIVERS_LEAST = 12;
const GIVERS_MOST = 1_600;

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

function yuan(next: () => number): number {
  if (next() < TAIL_SHARE) return Math.min(TAIL_MOST_YUAN, Math.max(1, Math.round(20 * Math.exp(TAIL_SIGMA * normal(next)))));
  let place = next() * TIMES;
  for (const [size, times] of SIZES) {
    place -= times;
    if (place < 0) return size;
  }
  return SIZES[0]![0];
}

/** @returns how many give to the campaign of that seed, the same each time. */
export function drawGivers(seed: number): number {
  const next = seeded(seed);
  return Math.round(Math.min(GIVERS_MOST, Math.max(GIVERS_LEAST, GIVERS_MEDIAN * Math.exp(GIVERS_SIGMA * normal(next)))));
}

/** @returns the sizes of `count` gifts in fen, in the order in which they are given; the same for the same seed. */
export function drawSizes(count: number, seed: number): bigint[] {
  const next = seeded(seed + 1);
  return Array.from({ length: count }, (_, nth) => BigInt(yuan(next)) * 100n * (nth < CLOSE ? CLOSE_TIMES : 1n));
}
