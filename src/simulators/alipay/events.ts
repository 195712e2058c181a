import type { ClockId } from '../support/agenda';
import type { TransferEvent } from './transferState';

/** Everything that ever happens at the simulated Alipay; amounts are decimal strings of fen. */
export type AlipayEvent =
  | ({ readonly type: 'seller' } & SellerTerms)
  | ({ readonly type: 'ordered' } & OrderTerms & { readonly atMs: number })
  /** Somebody scanned the code: only now is there a trade. */
  | { readonly type: 'scanned'; readonly sellerId: string; readonly outTradeNo: string; readonly tradeNo: string; readonly atMs: number }
  | { readonly type: 'closed'; readonly sellerId: string; readonly outTradeNo: string }
  | {
      readonly type: 'paid';
      readonly sellerId: string;
      readonly outTradeNo: string;
      readonly buyerId: string;
      readonly atMs: number;
      /** Null when a fault withholds the notice for ever. */
      readonly noticeId: string | null;
    }
  | ({ readonly type: 'refund-asked' } & RefundTerms & { readonly atMs: number; readonly dueMs: number })
  | { readonly type: 'refunded'; readonly sellerId: string; readonly outRequestNo: string; readonly atMs: number; readonly noticeId: string }
  /** One delivery of a notice; `nextMs` null: it was answered `success`, or it was the last. */
  | { readonly type: 'notify-tried'; readonly noticeId: string; readonly nextMs: number | null }
  | ({ readonly type: 'swept'; readonly throughDay: string } & Sweep)
  | { readonly type: 'sweep-booked'; readonly reference: string }
  | ({ readonly type: 'bill-fault' } & BillFault)
  | ({ readonly type: 'call-fault' } & CallFault)
  | { readonly type: 'call-fault-used'; readonly sellerId: string; readonly id: string }
  | TransferEvent;

/** What is wrong with the bill of a day: lines that are missing, of another amount, or of no order. Numbers are ours: of the order, or of the refund. */
export interface BillFault {
  readonly sellerId: string;
  readonly day: string;
  readonly omit: readonly string[];
  readonly alter: Readonly<Record<string, string>>;
  readonly add: readonly { readonly outTradeNo: string; readonly fen: string }[];
}

/**
 * What befalls the next calls about one id (out_request_no, else out_trade_no or out_biz_no): `drop-before` nothing is done and nobody answers; `answer-lost` done, nobody
 * answers; `500-after-commit`; `unavailable` 20000, done nevertheless; `unknown-code`; `bad-signature` of the answer; `not-found` though it is there;
 * `not-enough` the balance is short, nothing is done.
 */
export const CALL_FAULTS = [
  'drop-before',
  'answer-lost',
  '500-after-commit',
  'unavailable',
  'unknown-code',
  'bad-signature',
  'not-found',
  'not-enough',
] as const;

export interface CallFault {
  readonly sellerId: string;
  readonly id: string;
  readonly name: (typeof CALL_FAULTS)[number];
  readonly times: number;
}

/** A seller (PID) that an application acts for; its token is `sandbox-<sellerId>`. */
export interface SellerTerms {
  readonly sellerId: string;
  readonly clockId: ClockId;
  readonly settlementAccountNumber: string;
  readonly settlementBankCode: string;
}

export interface OrderTerms {
  readonly sellerId: string;
  readonly appId: string;
  readonly outTradeNo: string;
  readonly subject: string;
  readonly totalFen: string;
  readonly notifyUrl: string;
}

export interface RefundTerms {
  readonly sellerId: string;
  readonly outTradeNo: string;
  readonly outRequestNo: string;
  readonly refundFen: string;
  readonly reason: string;
}

/** Money on its way between a seller's Alipay balance and its bank account; negative when refunds exceeded captures. */
export interface Sweep {
  readonly sellerId: string;
  readonly reference: string;
  readonly netFen: string;
  readonly day: string;
  readonly atMs: number;
}
