import { MessageError } from '../../errors';

/**
 * Reads an amount of the wire as fen. Only plain ASCII digits with at most two decimals count: no sign, exponent, separator or
 * full-width digit, although the schema's decimal type would let some of them through.
 * @throws {MessageError} any other form, or a currency that is not CNY.
 */
export function readFen(text: string, currency: string | undefined): bigint {
  if (currency !== 'CNY') throw new MessageError(`currency ${currency ?? 'missing'} is not CNY`);
  const match = /^(\d{1,16})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) throw new MessageError(`not an amount: ${text.slice(0, 40)}`);
  return BigInt(match[1] ?? '') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
}

/** Fen as `yuan.dd`. @throws {RangeError} zero or negative. */
export function yuan(amountFen: bigint): string {
  if (amountFen <= 0n) throw new RangeError(`not an amount to pay: ${amountFen} fen`);
  return `${amountFen / 100n}.${String(amountFen % 100n).padStart(2, '0')}`;
}
