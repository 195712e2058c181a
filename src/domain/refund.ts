/** What one gift gets of an amount that is shared out, in fen. */
export interface Share {
  readonly giftId: string;
  readonly amountFen: bigint;
}

/**
 * Shares an amount over what is left of each gift, pro rata by largest remainder: each share is rounded down, and the lost fen go one each to the
 * largest remainders, then by gift id. Exact to the fen, and no gift gets more than is left of it (SURPLUS). The database function `begin_refund` does
 * the same over rows; a test holds the two against each other.
 * @param left what is left of each gift, fen. @param amountFen at most their sum. @returns the shares above zero.
 * @throws {RangeError} when the amount is more than is left.
 */
export function proRata(left: readonly Share[], amountFen: bigint): Share[] {
  const wholeFen = left.reduce((sum, { amountFen: fen }) => sum + fen, 0n);
  if (amountFen < 0n || amountFen > wholeFen) throw new RangeError(`${amountFen} fen cannot be shared out of ${wholeFen} fen`);
  if (wholeFen === 0n) return [];
  const shares = left.map(({ giftId, amountFen: fen }) => ({
    giftId,
    downFen: (fen * amountFen) / wholeFen,
    rest: (fen * amountFen) % wholeFen,
  }));
  const lostFen = amountFen - shares.reduce((sum, { downFen }) => sum + downFen, 0n);
  const byRemainder = [...shares].sort((a, b) => (a.rest === b.rest ? (a.giftId < b.giftId ? -1 : 1) : a.rest > b.rest ? -1 : 1));
  const lucky = new Set(byRemainder.slice(0, Number(lostFen)).map(({ giftId }) => giftId));
  return shares
    .map(({ giftId, downFen }) => ({ giftId, amountFen: downFen + (lucky.has(giftId) ? 1n : 0n) }))
    .filter((share) => share.amountFen > 0n);
}

/** REFUND: one donor's part of what is unspent. @returns fen, rounded down. */
export function unspentShare(leftOfGiftFen: bigint, leftOfAllFen: bigint, unspentFen: bigint): bigint {
  return leftOfAllFen === 0n ? 0n : (leftOfGiftFen * unspentFen) / leftOfAllFen;
}
