import fc from 'fast-check';
import { splitIntoBatches } from '../../src/domain/batches';

import { holds } from '../support/property';

/** Basis points of 1 to 12 batches that sum to 10,000. */
const shares = fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 11 }).map((cuts) => {
  const edges = [0, ...cuts.sort((a, b) => a - b), 10_000];
  return edges.slice(1).map((edge, i) => edge - edges[i]!);
});

test('BATCH: an odd fen goes to the last batch', () => {
  expect(splitIntoBatches(101n, [5_000, 5_000])).toEqual([50n, 51n]);
  expect(splitIntoBatches(10_001n, [3_333, 3_333, 3_334])).toEqual([3_333n, 3_333n, 3_335n]);
});

test('BATCH: whatever the split, the batches sum exactly, each but the last rounded down and the last taking the rest', () => {
  holds(fc.tuple(fc.bigInt(1n, 999_999_999_999_999n), shares), ([totalFen, bps]) => {
    const floors = bps.map((bp) => (totalFen * BigInt(bp)) / 10_000n);
    const rest = totalFen - floors.slice(0, -1).reduce((a, b) => a + b, 0n);
    if (floors.slice(0, -1).some((f) => f === 0n) || rest === 0n) {
      expect(() => splitIntoBatches(totalFen, bps)).toThrow(RangeError);
      return;
    }
    const amounts = splitIntoBatches(totalFen, bps);
    expect(amounts.reduce((a, b) => a + b, 0n)).toBe(totalFen);
    expect(amounts.slice(0, -1)).toEqual(floors.slice(0, -1));
    // The rest is its own share and at most one fen more for each batch before it.
    expect(amounts.at(-1)! - floors.at(-1)! <= BigInt(bps.length - 1)).toBe(true);
    expect(amounts.at(-1)! >= floors.at(-1)!).toBe(true);
  });
});

test.each([
  ['fewer than 10,000 basis points', [5_000, 4_999]],
  ['more than 10,000 basis points', [5_000, 5_001]],
  ['no batches', []],
])('%s are no split', (_what, bps) => {
  expect(() => splitIntoBatches(100n, bps)).toThrow(/basis points/);
});

test('a batch that would come to nothing is refused', () => {
  expect(() => splitIntoBatches(1n, [5_000, 5_000])).toThrow(/nothing/);
  expect(splitIntoBatches(2n, [5_000, 5_000])).toEqual([1n, 1n]);
});
