/** ISO/IEC 7064: the check character systems that identifiers rest on, by their recursive definitions. */

const DIGITS = '0123456789';

/** A pure system with one check character: one modulus, one radix. */
interface PureSystem {
  readonly modulus: number;
  readonly radix: number;
  /** Characters in order of value; only the check may be one beyond the body's. */
  readonly alphabet: string;
}

export const MOD_11_2: PureSystem = { modulus: 11, radix: 2, alphabet: `${DIGITS}X` };
export const MOD_37_2: PureSystem = { modulus: 37, radix: 2, alphabet: `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ*` };

/** @returns the check character of a pure system for `body`. @throws {RangeError} for a character outside the alphabet. */
export function pureCheck(system: PureSystem, body: string): string {
  const { modulus, radix, alphabet } = system;
  const sum = [...body].reduce((p, character) => ((p + valueOf(alphabet, character)) * radix) % modulus, 0);
  return alphabet[(modulus + 1 - sum) % modulus]!;
}

/** MOD 97-10 over digits and letters (A = 10 … Z = 35), as LEI and many bank references use it. @returns two digits. @throws {RangeError} for other characters. */
export function mod9710Check(body: string): string {
  const digits = [...body].map((character) => String(valueOf(`${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`, character))).join('');
  const remainder = [...`${digits}00`].reduce((r, digit) => (r * 10 + Number(digit)) % 97, 0);
  return String(98 - remainder).padStart(2, '0');
}

/** A hybrid system MOD n+1,n over an alphabet of n characters. */
export const MOD_11_10 = DIGITS;
export const MOD_37_36 = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** @param alphabet `MOD_11_10` or `MOD_37_36`. @returns the check character for `body`. @throws {RangeError} for a character outside the alphabet. */
export function hybridCheck(alphabet: string, body: string): string {
  const n = alphabet.length;
  const p = [...body].reduce((sum, character) => (((sum + valueOf(alphabet, character)) % n || n) * 2) % (n + 1), n);
  return alphabet[(n + 1 - p) % n]!;
}

/** Luhn (ISO/IEC 7812-1). @returns the check digit for a body of digits. @throws {RangeError} for other characters. */
export function luhnCheck(body: string): string {
  const sum = [...body].reverse().reduce((total, character, index) => {
    const value = valueOf(DIGITS, character) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

function valueOf(alphabet: string, character: string): number {
  const value = alphabet.indexOf(character);
  if (value < 0) throw new RangeError(`${character} is not in the alphabet ${alphabet}`);
  return value;
}
