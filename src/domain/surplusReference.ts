const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SIGNS = 12;

/** A reference within a bank's words; letters, digits or anything else may stand around it. */
export const SURPLUS_REFERENCE = /(?<![0-9A-Z])SR[0-9A-HJKMNP-TV-Z]{12}(?![0-9A-Z])/g;

/**
 * @param random at least 12 random bytes. @returns what a hospital writes on a transfer by which it sends money back, `SR` and 60 random bits in Crockford's alphabet:
 * nobody writes it by chance, and every bank's form takes it.
 */
export function surplusReference(random: Uint8Array): string {
  if (random.length < SIGNS) throw new RangeError(`A reference takes ${SIGNS} random bytes`);
  return `SR${Array.from(random.subarray(0, SIGNS), (byte) => ALPHABET[byte & 31]).join('')}`;
}
