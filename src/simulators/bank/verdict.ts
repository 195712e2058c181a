import { chinaDay } from '../support/time';
import type { Instruction } from './events';
import type { BankState } from './state';

export interface Rejection {
  readonly code: string;
  readonly text: string;
}

/** Why the bank will not carry out this order, or null. Reason codes of ISO 20022 (ExternalStatusReason1Code). */
export function objection(state: BankState, order: Instruction): Rejection | null {
  const debtor = state.accounts.get(order.debtorAccount);
  if (debtor === undefined || debtor.terms.kind !== 'custody') return { code: 'AC02', text: '付款账号不存在' };
  if (debtor.status === 'closed') return { code: 'AC05', text: '付款账户已销户' };
  if (debtor.terms.bankCode !== order.debtorBank) return { code: 'RC01', text: '付款行号错误' };
  const creditor = state.accounts.get(order.creditorAccount);
  if (creditor === undefined) return { code: 'AC01', text: '收款账号不存在' };
  if (creditor.status === 'closed') return { code: 'AC04', text: '收款账户已销户' };
  if (creditor.terms.bankCode !== order.creditorBank) return { code: 'RC01', text: '收款行号错误' };
  if (creditor.terms.name !== order.creditorName) return { code: 'BE01', text: '户名与账号不符' };
  const availableFen = debtor.balanceFen - debtor.reservedFen;
  if (availableFen < BigInt(order.amountFen)) return { code: 'AM04', text: '账户余额不足' };
  return null;
}

/** An order for a later day waits for that day. */
export function waitsUntilDay(order: Instruction, nowMs: number): string | null {
  return order.executionDate > chinaDay(nowMs) ? order.executionDate : null;
}

/** Whether a repeated EndToEndId asks for the same thing; dates and message ids may differ, money and parties may not. */
export function sameOrder(a: Instruction, b: Instruction): boolean {
  return (
    a.amountFen === b.amountFen &&
    a.debtorAccount === b.debtorAccount &&
    a.debtorBank === b.debtorBank &&
    a.creditorAccount === b.creditorAccount &&
    a.creditorBank === b.creditorBank &&
    a.creditorName === b.creditorName &&
    a.remittance === b.remittance &&
    a.uetr === b.uetr
  );
}
