import type { Language } from '../language';
import { approvalsText } from './approvals';
import { campaignText } from './campaign';
import { complaintText } from './complaints';
import { disclosureText } from './disclosures';
import { frontText } from './front';
import { giftText } from './gifts';
import { hospitalText } from './hospital';
import { problemText } from './problems';
import { shellText } from './shell';
import { sponsorText } from './sponsor';
import { words } from './words';

/** Every text of every page, once. */
export const CATALOGUE = {
  ...shellText,
  ...words,
  ...frontText,
  ...approvalsText,
  ...hospitalText,
  ...campaignText,
  ...complaintText,
  ...disclosureText,
  ...giftText,
  ...sponsorText,
  ...problemText,
};
export type TextKey = keyof typeof CATALOGUE;
export type Translate = (key: TextKey, places?: Readonly<Record<string, string | number>>) => string;

/** @returns the texts of one language. An unfilled place stays visible as `{name}`. */
export function texts(lang: Language): Translate {
  return (key, places = {}) => CATALOGUE[key][lang].replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place));
}
