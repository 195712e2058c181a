import fc from 'fast-check';
import { drawGifts } from '../../../src/cli/play/gifts';

const sum = (sizes: readonly bigint[]) => sizes.reduce((total, size) => total + size, 0n);

test('any count and total: exactly so many gifts, each positive, that sum to exactly so much', () => {
  const countAndExtra = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.maxSafeInteger());
  fc.assert(
    fc.property(countAndExtra, ([count, extraFen, seed]) => {
      const totalFen = BigInt(count) + extraFen;
      const sizes = drawGifts(count, totalFen, seed);
      expect(sizes).toHaveLength(count);
      expect(sizes.every((size) => size >= 1n)).toBe(true);
      expect(sum(sizes)).toBe(totalFen);
      expect(drawGifts(count, totalFen, seed)).toEqual(sizes);
    }),
  );
});

test('another seed draws other sizes, also beyond 32 bits and below zero', () => {
  const drawn = [1, 2, -1, 1 + 2 ** 32].map((seed) => drawGifts(50, 1_000_000n, seed).join());
  expect(new Set(drawn).size).toBe(4);
});

test('many are small and some are large', () => {
  const sizes = drawGifts(5_200, 35_000_000n, 2).sort((one, other) => Number(one - other));
  const [median, largest] = [sizes[2_600] as bigint, sizes.at(-1) as bigint];
  expect(median).toBeLessThan(35_000_000n / 5_200n);
  expect(largest).toBeGreaterThan(median * 20n);
});

test('no gifts and no money are an empty draw; what cannot be is refused', () => {
  expect(drawGifts(0, 0n, 1)).toEqual([]);
  expect(() => drawGifts(0, 1n, 1)).toThrow(RangeError);
  expect(() => drawGifts(3, 2n, 1)).toThrow(RangeError);
});
