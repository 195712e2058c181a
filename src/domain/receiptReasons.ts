import type { Sentence } from './sentence';

/** What a hospital may answer about a payment, short of having received all of it. */
export type Shortfall = 'part' | 'deny';

/** RECEIPT: why a hospital confirms a payment in part, or denies it. `other` is said in the note. The one table of its kind; the database holds the same codes. */
export const RECEIPT_REASONS = {
  'not-credited': { for: ['deny'], zh: '账上没有这笔款项', en: 'not on the hospital’s account' },
  'patient-unknown': { for: ['deny'], zh: '没有该住院号或患者', en: 'no such admission number or patient' },
  'patient-discharged': { for: ['deny'], zh: '患者已出院或转院', en: 'the patient was discharged or moved' },
  'account-not-ours': { for: ['deny'], zh: '收款账户不是本院账户', en: 'the account is not the hospital’s' },
  'less-credited': { for: ['part', 'deny'], zh: '实际到账少于付款金额', en: 'less was credited than was paid' },
  'bank-fee': { for: ['part'], zh: '银行扣收费用', en: 'a bank kept a fee' },
  'sent-back': { for: ['part'], zh: '其余款项已经或即将退回', en: 'the rest was or is being sent back' },
  'not-placed': { for: ['part'], zh: '其余款项尚未记入患者账户', en: 'the rest is not placed to the patient’s account yet' },
  other: { for: ['part', 'deny'], zh: '其他（见说明）', en: 'another reason, in the note' },
} as const satisfies Readonly<Record<string, Sentence & { readonly for: readonly Shortfall[] }>>;

/** A reason's code. */
export type ReceiptReason = keyof typeof RECEIPT_REASONS;

/** Every code, in the table's order. */
export const RECEIPT_REASON_CODES = Object.keys(RECEIPT_REASONS) as [ReceiptReason, ...ReceiptReason[]];

/** @returns whether a reason may stand beside an answer. */
export function reasonFits(reason: ReceiptReason, answer: Shortfall): boolean {
  return (RECEIPT_REASONS[reason].for as readonly Shortfall[]).includes(answer);
}
