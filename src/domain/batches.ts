import { shareOf } from './money';
import type { Sentence } from './sentence';

/** Why an amount cannot be split so. */
export class BadBatches extends RangeError {
  override readonly name = 'BadBatches';

  constructor(readonly said: Sentence) {
    super(said.en);
  }
}

/**
 * BATCH: splits an amount by declared basis points. Each batch is rounded down to the fen, the last takes the rest, so the sum is exact.
 * @param totalFen what is to be released. @param basisPoints shares that sum to 10,000.
 * @throws {BadBatches} when they do not, or when a batch would be empty.
 */
export function splitIntoBatches(totalFen: bigint, basisPoints: readonly number[]): bigint[] {
  const sum = basisPoints.reduce((total, bp) => total + bp, 0);
  if (sum !== 10_000) throw new BadBatches({ zh: `各批合计 ${sum} 个基点，须为 10,000`, en: `Batches sum to ${sum} basis points, not to 10,000` });
  const amounts = basisPoints.slice(0, -1).map((bp) => shareOf(totalFen, bp));
  amounts.push(totalFen - amounts.reduce((total, amount) => total + amount, 0n));
  if (amounts.some((amount) => amount <= 0n))
    throw new BadBatches({ zh: '有一批金额为零：总额太小，不能这样划分', en: 'A batch comes to nothing: the amount is too small for this split' });
  return amounts;
}
