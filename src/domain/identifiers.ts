/** Offline checks of identifiers: form and check digit only. Whether a number belongs to somebody is the identity service's to say. */

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const ID_CHECKS = '10X98765432';
/** Province codes of GB/T 2260, with Taiwan, Hong Kong and Macao (81–83 are also residence permits). */
const PROVINCES = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;

/** @returns whether the text is a citizen number of GB 11643-1999: 18 characters, region, real date of birth not in the future, check character in capitals. */
export function isIdCard(text: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(text) || !PROVINCES.test(text)) return false;
  const [year, month, day] = [Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  if (born.getUTCFullYear() !== year || born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return false;
  if (year < 1880 || born.getTime() > Date.now()) return false;
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return ID_CHECKS[sum % 11] === text[17];
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** @returns whether the text is a unified social credit code of GB 32100-2015: 18 characters of its alphabet, weights 3^i mod 31. */
export function isUscc(text: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(text)) return false;
  let weight = 1;
  let sum = 0;
  for (const character of text.slice(0, 17)) {
    sum += USCC_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return USCC_ALPHABET[(31 - (sum % 31)) % 31] === text[17];
}

/** @returns the USCC's check character for its first 17. Used to make synthetic institutions. @throws {RangeError} for other lengths. */
export function usccCheckCharacter(first17: string): string {
  const found = [...USCC_ALPHABET].find((character) => isUscc(first17 + character));
  if (!found) throw new RangeError('A unified social credit code has 17 characters of its alphabet before the check character');
  return found;
}

/** @returns whether the text is a 12-digit CNAPS number (行号): ISO 7064 MOD 11,10. */
export function isCnapsNumber(text: string): boolean {
  if (!/^[0-9]{12}$/.test(text)) return false;
  let p = 10;
  for (const digit of text.slice(0, 11)) p = (((p + Number(digit)) % 10 || 10) * 2) % 11;
  return (11 - p) % 10 === Number(text[11]);
}
