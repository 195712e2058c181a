import { timingSafeEqual } from 'node:crypto';
import type { PersonalData } from '../security/personalData';

export type KeyedPage = 'gift-page' | 'sponsor-page';

/** @returns the key in the address of a page without log-in: who holds it may see the page and act on it. 24 hex digits. */
export function pageKey(personalData: PersonalData, page: KeyedPage, id: string): string {
  return personalData.lookup(page, id).toString('hex').slice(0, 24);
}

/** @returns whether a key opens the page of this id; the time that it takes says nothing. */
export function opensPage(personalData: PersonalData, page: KeyedPage, id: string, key: string): boolean {
  const held = Buffer.from(pageKey(personalData, page, id));
  const given = Buffer.from(key);
  return given.length === held.length && timingSafeEqual(held, given);
}
