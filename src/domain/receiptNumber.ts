const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SIGNS = 12;

/**
 * @param random at least 12 random bytes. @returns a complaint's receipt number, `TS-XXXX-XXXX-XXXX`: 60 random bits in Crockford's alphabet, which no
 * stranger guesses and anybody can read out on the telephone.
 */
export function receiptNumber(random: Uint8Array): string {
  if (random.length < SIGNS) throw new RangeError(`A receipt number takes ${SIGNS} random bytes`);
  const signs = Array.from(random.subarray(0, SIGNS), (byte) => ALPHABET[byte & 31]);
  return `TS-${signs.slice(0, 4).join('')}-${signs.slice(4, 8).join('')}-${signs.slice(8).join('')}`;
}

/** @returns a receipt number as people type it, in its one written form: case, spaces and the letters O, I and L are forgiven. */
export function plainReceiptNumber(text: string): string {
  const signs = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1').replace(/^TS/, '');
  return `TS-${signs.slice(0, 4)}-${signs.slice(4, 8)}-${signs.slice(8)}`;
}
