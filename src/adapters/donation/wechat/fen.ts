import { z } from 'zod';

/** An amount on the wire: a JSON integer of fen. Anything else (fraction, text, unsafe integer, negative) does not parse. */
export const fenOnWire = z
  .int()
  .nonnegative()
  .transform((value) => BigInt(value));

/** Our fen as the JSON number the API wants. @throws {RangeError} zero, negative, or beyond a safe integer. */
export function wireAmount(amountFen: bigint): number {
  if (amountFen <= 0n || amountFen > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`not an amount: ${amountFen} fen`);
  return Number(amountFen);
}
