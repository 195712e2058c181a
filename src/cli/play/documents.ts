import { randomBytes, randomInt } from 'node:crypto';

/** A document as the API takes it: its hash and measure. The content is nobody's and is not sent. */
export type DocumentRef = { sha256: string; mediaType: string; byteLength: number };

/** @returns a new document that no play ever had before. */
export function newDocument(): DocumentRef {
  return { sha256: randomBytes(32).toString('hex'), mediaType: 'application/pdf', byteLength: randomInt(20_000, 900_000) };
}

/** What is published of each item. */
export type Published = Readonly<Record<string, string>>;

const items: Published = {
  identity: 'Names and numbers of patient and sponsor were checked.',
  relation: 'How sponsor and patient are related, with the household register.',
  diagnosis: 'Acute lymphoblastic leukaemia, diagnosed by the treating hospital.',
  hospital: 'The treating hospital and its ward.',
  'treatment-plan': 'Chemotherapy in four courses.',
  'cost-plan': 'Cost so far and the cost expected until the end of treatment.',
  income: 'The yearly income of the household.',
  houses: 'One flat, where the family lives.',
  cars: 'No car.',
  insurance: 'Residents’ medical insurance; no commercial insurance.',
  'social-aid': 'Temporary assistance of the county, once.',
  'other-raises': 'No other raise.',
  'use-of-funds': 'All of it for the treatment; what is left goes back.',
  payee: 'Who receives the money, and on which account.',
};

/** @returns the publications for the items named by a case; `all` means every item that a case can name. @param said their texts, where not the play's own */
export function publications(published: 'all' | readonly string[], said: Published = items): { item: string; text: string }[] {
  const named = published === 'all' ? Object.keys(items) : published;
  return named.map((item) => ({ item, text: said[item] ?? item }));
}
