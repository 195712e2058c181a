import type { BankEntry } from '../adapters/payment/port';
import type { PersonalData } from '../security/personalData';

const PURPOSE = 'bank-line.words';

/** What a line says in words names people: it is kept sealed. */
export function wordsOf(personalData: PersonalData, { counterparty, remittance, returnText }: BankEntry): Buffer {
  return personalData.sealForHouse(JSON.stringify({ counterparty, remittance, returnText }), PURPOSE);
}

/** @returns what a line that was kept says for its receiver; null where its bank gave no words, or they are kept no longer. */
export function remittanceOf(personalData: PersonalData, sealed: Buffer | null): string | null {
  return sealed === null ? null : (JSON.parse(personalData.openForHouse(sealed, PURPOSE)) as { readonly remittance: string | null }).remittance;
}
