import type { BankEntry } from '../adapters/payment/port';
import type { PersonalData } from '../security/personalData';

/** What a line says in words names people: it is kept sealed. */
export function wordsOf(personalData: PersonalData, { counterparty, remittance, returnText }: BankEntry): Buffer {
  return personalData.sealForHouse(JSON.stringify({ counterparty, remittance, returnText }), 'bank-line.words');
}
