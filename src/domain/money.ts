/** Money is integer fen (1/100 yuan) in a bigint, never a float. The brand keeps a plain number or bigint from passing for money. */
export type Fen = bigint & { readonly __unit: 'fen' };

/** The largest amount taken from outside: 15 digits, far above any campaign and well inside a Postgres bigint. */
const FEN_PATTERN = /^(0|[1-9][0-9]{0,14})$/;

/** @param value integer fen. @returns the same as money. @throws {RangeError} below zero. */
export function fen(value: bigint): Fen {
  if (value < 0n) throw new RangeError(`An amount in fen is never negative: ${value}`);
  return value as Fen;
}

/** @param text a decimal string of integer fen, as it travels on the wire. @throws {RangeError} anything else: signs, exponents, full-width digits, fractions. */
export function parseFen(text: string): Fen {
  if (!FEN_PATTERN.test(text))
    throw new RangeError('An amount is a decimal string of integer fen, without sign, point, exponent or leading zero, of at most 15 digits');
  return BigInt(text) as Fen;
}

/** Yuan as people write them: whole or with one or two decimals, thousands in threes. */
const YUAN_PATTERN = /^(0|[1-9][0-9]{0,12}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?$/;

/**
 * @param text an amount in yuan as a person types it; full-width digits and marks, a ¥ before and a 元 after are understood.
 * @returns the amount in fen, exactly. @throws {RangeError} for anything else: parts of a fen, signs, exponents, zeros in front.
 */
export function parseYuan(text: string): Fen {
  const plain = text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\uffe5', '¥')
    .trim()
    .replace(/^¥\s*/, '')
    .replace(/\s*元$/, '');
  const match = YUAN_PATTERN.exec(plain);
  if (!match) throw new RangeError('An amount in yuan has digits and at most two decimals, without sign or exponent');
  return (BigInt(match[1]!.replaceAll(',', '')) * 100n + BigInt((match[2] ?? '').padEnd(2, '0'))) as Fen;
}

/** @returns the amount in yuan with separators, for people: 3500000n → `¥35,000.00`. */
export function formatYuan(amountFen: bigint): string {
  const sign = amountFen < 0n ? '-' : '';
  const abs = amountFen < 0n ? -amountFen : amountFen;
  const yuan = (abs / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${sign}¥${yuan}.${(abs % 100n).toString().padStart(2, '0')}`;
}

/** @returns amountFen × basisPoints / 10,000, rounded down to the fen. */
export function shareOf(amountFen: bigint, basisPoints: number): bigint {
  return (amountFen * BigInt(basisPoints)) / 10_000n;
}
