import { hybridCheck, luhnCheck, MOD_11_10, MOD_11_2, pureCheck } from './checkCharacters';

/** Offline checks of identifiers: form, region, date and check character only. Whether a number belongs to somebody is the identity service's to say. */

/** Province codes of GB/T 2260. A region's other digits change over the years and are not held against anybody (the standard's own example names a closed county). */
const PROVINCE = '(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])';
/** Citizens (Taiwan is 71 there); residence permits of Hong Kong, Macao and Taiwan residents: 810000, 820000, 830000. */
const CITIZEN = new RegExp(`^(?:${PROVINCE}[0-9]{4}|71[0-9]{4}|8[1-3]0000)`);
/** Foreign permanent resident's card, 2023 form: 9, province of first application, three digits of nationality (ISO 3166-1 numeric), then as GB 11643. */
const FOREIGN_RESIDENT = new RegExp(`^9${PROVINCE}[0-9]{3}`);

/**
 * @returns whether the text is a citizen number of GB 11643-1999, or the number of a residence permit or permanent resident's card that has its form:
 * 18 characters, region, real date of birth not in the future, check character in capitals. The 15-character card of 2017 has no published check rule and is not taken.
 */
export function isIdCard(text: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(text) || !(CITIZEN.test(text) || FOREIGN_RESIDENT.test(text))) return false;
  const born = realDate(text.slice(6, 14));
  if (born === null || born < Date.UTC(1880, 0, 1) || born > Date.now()) return false;
  return pureCheck(MOD_11_2, text.slice(0, 17)) === text[17];
}

/** @returns the date of birth in a number that `isIdCard` takes, as `YYYY-MM-DD`. */
export function birthDateOf(idNumber: string): string {
  return `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
}

/** @param date civil date, `YYYY-MM-DD`. @returns whether somebody with this number is not yet eighteen on that day (Civil Code 17); of age from the birthday itself. */
export function isMinorOn(idNumber: string, date: string): boolean {
  const eighteenth = `${Number(idNumber.slice(6, 10)) + 18}${birthDateOf(idNumber).slice(4)}`;
  return date < eighteenth;
}

/** @returns the 18-character form of a 15-digit citizen number of GB 11643-1989 (its people were born in the 20th century); null when it is none. */
export function upgradedIdCard(text: string): string | null {
  if (!/^[0-9]{15}$/.test(text)) return null;
  const first17 = `${text.slice(0, 6)}19${text.slice(6)}`;
  const upgraded = first17 + pureCheck(MOD_11_2, first17);
  return isIdCard(upgraded) ? upgraded : null;
}

/** @param text `YYYYMMDD`. @returns the day's start in UTC, epoch ms; null when the calendar has no such day. */
function realDate(text: string): number | null {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
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

const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;

/** @returns whether the text is an organisation code of GB 11714-1997 (characters 9 to 17 of a USCC): nine characters, weights mod 11, 10 written X and 11 as 0. */
export function isOrganisationCode(text: string): boolean {
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(text)) return false;
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, i) => total + weight * Number.parseInt(text[i]!, 36), 0);
  return '0X987654321'[sum % 11] === text[8];
}

/** @returns whether the text is a 12-digit CNAPS number (行号): ISO 7064 MOD 11,10. */
export function isCnapsNumber(text: string): boolean {
  return /^[0-9]{12}$/.test(text) && hybridCheck(MOD_11_10, text.slice(0, 11)) === text[11];
}

/** @returns whether digits end in their Luhn check digit. */
export function isLuhn(text: string): boolean {
  return /^[0-9]{2,}$/.test(text) && luhnCheck(text.slice(0, -1)) === text.at(-1);
}

/** @returns whether an account number has the form of a person's bank card (16 to 19 digits, Luhn). Never asked of corporate accounts, which have no check digit. */
export function isBankCard(text: string): boolean {
  return /^[0-9]{16,19}$/.test(text) && isLuhn(text);
}
