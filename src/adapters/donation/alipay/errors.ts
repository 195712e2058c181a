import type { Answer } from './transport';

/** The call itself was served (what it says of money stands in its own fields). */
export const SERVED = '10000';
/** The business refused; `sub_code` says why. */
const BUSINESS = '40004';

/** Gateway codes by which this request did nothing: authorisation, a parameter missing or wrong, a condition, a permission. 20000 and 40005 (too often) say nothing. */
export const GATEWAY_REFUSALS = new Set(['20001', '40001', '40002', '40003', '40006']);

/**
 * Business codes that say: this request did nothing and will do nothing as it stands. Every other one leaves the outcome unknown. Left out on purpose are
 * ACQ.TRADE_HAS_SUCCESS, ACQ.CONTEXT_INCONSISTENT, ACQ.DISCORDANT_REPEAT_REQUEST and the wrong states: something exists, and only a query tells what.
 */
const REFUSALS = new Set([
  'ACQ.INVALID_PARAMETER',
  'ACQ.ACCESS_FORBIDDEN',
  'ACQ.PARTNER_ERROR',
  'ACQ.EXIST_FORBIDDEN_WORD',
  'ACQ.TOTAL_FEE_EXCEED',
  'ACQ.BEYOND_PAY_RESTRICTION',
  'ACQ.BEYOND_PER_RECEIPT_RESTRICTION',
  'ACQ.MERCHANT_STATUS_NOT_NORMAL',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH',
  'ACQ.TRADE_NOT_ALLOW_REFUND',
  'ACQ.NOT_ALLOW_PARTIAL_REFUND',
]);

/** The documentation has it with and without its prefix. */
const ABSENCES = new Set(['ACQ.TRADE_NOT_EXIST', 'TRADE_NOT_EXIST']);

export type Failure = Extract<Answer, { kind: 'answer' }>;

export type Refusal =
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** Reads a verified answer that is not a success. Branches on the codes only; the words are for people. */
export function readRefusal({ code, subCode, text }: Failure): Refusal {
  if (code === BUSINESS && ABSENCES.has(subCode)) return { kind: 'NOT_FOUND' };
  if (GATEWAY_REFUSALS.has(code) || (code === BUSINESS && REFUSALS.has(subCode))) return { kind: 'REJECTED', code: subCode || code, text };
  return { kind: 'UNKNOWN', reason: `${code} ${subCode}: ${text}` };
}
