/** A small repeatable source of numbers in [0, 1): mulberry32, seeded by any integer. Never for secrets or identities. */
export function seeded(seed: number): () => number {
  // A seed beyond 32 bits keeps its high half, so that distinct seeds draw distinct gifts.
  let state = (seed >>> 0) + Math.imul(Math.floor(seed / 0x1_0000_0000) >>> 0, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * Draws the sizes of gifts: many small, some large (Pareto weights, cut at a thousand times the smallest).
 * @param count how many, not above totalFen
 * @param totalFen what they sum to, exactly
 * @param seed the same seed draws the same sizes
 * @returns `count` sizes in fen, each at least 1
 */
export function drawGifts(count: number, totalFen: bigint, seed: number): bigint[] {
  if (BigInt(count) > totalFen || (count === 0 && totalFen > 0n)) throw new RangeError(`${count} gifts cannot sum to ${totalFen} fen`);
  const next = seeded(seed);
  const weights = Array.from({ length: count }, () => BigInt(Math.round(1_000 * Math.min(1_000, (1 - next()) ** -0.9))));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
  const spreadFen = totalFen - BigInt(count);
  const sizes = weights.map((weight) => 1n + (spreadFen * weight) / weightSum);
  // Rounding down leaves fewer fen than there are gifts: one more for each of the first.
  const restFen = totalFen - sizes.reduce((sum, size) => sum + size, 0n);
  return sizes.map((size, index) => (BigInt(index) < restFen ? size + 1n : size));
}
