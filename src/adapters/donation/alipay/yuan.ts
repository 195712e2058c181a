import { z } from 'zod';

/** An amount on the wire: a string of yuan with at most two decimals. A JSON number, a sign, an exponent or a third decimal does not parse. */
export const yuanOnWire = z
  .string()
  .regex(/^\d{1,13}(\.\d{1,2})?$/)
  .transform(fenOf);

/** Our fen as the yuan string the API wants. @throws {RangeError} zero, negative, or above 100,000,000.00 (the API's own limit of an order). */
export function wireAmount(amountFen: bigint): string {
  if (amountFen <= 0n || amountFen > 10_000_000_000n) throw new RangeError(`not an amount: ${amountFen} fen`);
  return `${amountFen / 100n}.${String(amountFen % 100n).padStart(2, '0')}`;
}

function fenOf(text: string): bigint {
  const [yuan, cents = ''] = text.split('.');
  return BigInt(yuan! + cents.padEnd(2, '0'));
}
