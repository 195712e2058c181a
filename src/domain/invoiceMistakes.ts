import type { Sentence } from './sentence';

/** Why a hospital takes an invoice back. Codes and no words of its own: who reads them need not be who may read what was bought. The database holds the same codes. */
export const INVOICE_MISTAKES = {
  'wrong-amount': { zh: '金额有误', en: 'its amount is wrong' },
  'wrong-lines': { zh: '明细有误', en: 'its lines are wrong' },
  'wrong-payment': { zh: '登记到了别的款项', en: 'it was filed for another payment' },
  'wrong-patient': { zh: '不是该患者的票据', en: 'it is another patient’s' },
  cancelled: { zh: '票据已作废或冲红', en: 'the invoice itself was cancelled' },
  'not-ours': { zh: '不是本院开具', en: 'the hospital did not issue it' },
} as const satisfies Readonly<Record<string, Sentence>>;

/** A reason's code. */
export type InvoiceMistake = keyof typeof INVOICE_MISTAKES;

/** Every code, in the table's order. */
export const INVOICE_MISTAKE_CODES = Object.keys(INVOICE_MISTAKES) as [InvoiceMistake, ...InvoiceMistake[]];
