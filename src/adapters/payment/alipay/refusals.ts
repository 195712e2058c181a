import { type Failure, GATEWAY_REFUSALS } from '../../donation/alipay/errors';

/** What a transfer's refusal says; `final`: this request did nothing and never will. */
export type TransferRefusal =
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string; readonly final: boolean }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** The receiver cannot be paid so: another account, or another name. */
const RECEIVERS = [
  'PAYEE_NOT_EXIST',
  'PAYEE_USER_INFO_ERROR',
  'PAYEE_ACC_OCUPIED',
  'PAYEE_CARD_INFO_ERROR',
  'CARD_BIN_ERROR',
  'PERMIT_NON_BANK_LIMIT_PAYEE',
  'PERM_AML_NOT_REALNAME_REV',
];
/** A limit of a transfer, a day or a month. */
const LIMIT = /^EXCEED_LIMIT_[A-Z_]+$/;
/** Nothing was done, and the same request may be served later: the balance is short, or money cannot leave it now; Alipay's risk control looks first. */
const LATER = new Set([
  ...['PAYER_BALANCE_NOT_ENOUGH', 'BALANCE_IS_NOT_ENOUGH', 'INST_PAY_UNABLE', 'MONEY_PAY_CLOSED'],
  'SECURITY_CHECK_FAILED',
  'PERMIT_CHECK_PERM_LIMITED',
  'PERMIT_PAYER_LOWEST_FORBIDDEN',
  'PERMIT_PAYER_FORBIDDEN',
]);
const FOR_GOOD = new Set(RECEIVERS);
const ABSENT = 'ORDER_NOT_EXIST';

/**
 * Reads a verified answer that is not a success, by its codes. SYSTEM_ERROR, RESOURCE_LIMIT_EXCEED, PAYMENT_INFO_INCONSISTENCY (a transfer of other fields is there) and
 * every code that is not named here leave the outcome unknown.
 */
export function refusalOf({ code, subCode, text }: Failure): TransferRefusal {
  if (code === '40004') {
    if (subCode === ABSENT) return { kind: 'NOT_FOUND' };
    if (FOR_GOOD.has(subCode) || LIMIT.test(subCode)) return { kind: 'REJECTED', code: subCode, text, final: true };
    if (LATER.has(subCode)) return { kind: 'REJECTED', code: subCode, text, final: false };
  }
  // Our own request or permission: somebody has to put it right, and then the same number goes on.
  if (GATEWAY_REFUSALS.has(code)) return { kind: 'REJECTED', code: subCode || code, text, final: false };
  return { kind: 'UNKNOWN', reason: `${code} ${subCode}: ${text}` };
}
