import type { ClockId } from '../support/agenda';
import type { TransferEvent } from './transferEvents';

/** Everything that ever happens at the simulated WeChat Pay; amounts are decimal strings of fen. */
export type WechatEvent =
  | ({ readonly type: 'merchant' } & MerchantTerms)
  | ({ readonly type: 'ordered' } & OrderTerms & { readonly atMs: number })
  | { readonly type: 'closed'; readonly mchid: string; readonly outTradeNo: string }
  | {
      readonly type: 'paid';
      readonly mchid: string;
      readonly outTradeNo: string;
      readonly transactionId: string;
      readonly openid: string;
      readonly atMs: number;
      /** Null when a fault withholds the callback for ever. */
      readonly noticeId: string | null;
    }
  | ({ readonly type: 'refund-asked' } & RefundTerms & { readonly refundId: string; readonly atMs: number; readonly dueMs: number })
  | { readonly type: 'refunded'; readonly mchid: string; readonly outRefundNo: string; readonly atMs: number; readonly noticeId: string }
  /** An openid, or a card's number, that takes no money from now on. */
  | { readonly type: 'account-died'; readonly account: string }
  | { readonly type: 'refund-failed'; readonly mchid: string; readonly outRefundNo: string; readonly atMs: number; readonly noticeId: string }
  | {
      readonly type: 'card-named';
      readonly mchid: string;
      readonly outRefundNo: string;
      readonly card: string;
      readonly atMs: number;
      readonly dueMs: number;
    }
  | { readonly type: 'notified'; readonly noticeId: string }
  | ({ readonly type: 'swept'; readonly throughDay: string } & Sweep)
  | { readonly type: 'sweep-booked'; readonly reference: string }
  | ({ readonly type: 'bill-fault' } & BillFault)
  | TransferEvent;

/** What is wrong with the bill of a day: lines that are missing, of another amount, or of no order. Numbers are ours: of the order, or of the refund. */
export interface BillFault {
  readonly mchid: string;
  readonly day: string;
  readonly omit: readonly string[];
  readonly alter: Readonly<Record<string, string>>;
  readonly add: readonly { readonly outTradeNo: string; readonly fen: string }[];
}

export interface MerchantTerms {
  readonly mchid: string;
  readonly appid: string;
  readonly clockId: ClockId;
  readonly settlementAccountNumber: string;
  readonly settlementBankCode: string;
}

export interface OrderTerms {
  readonly mchid: string;
  readonly outTradeNo: string;
  readonly appid: string;
  readonly description: string;
  readonly totalFen: string;
  readonly notifyUrl: string;
  /** Of an order inside of WeChat (JSAPI): who alone may pay it. */
  readonly openid?: string;
}

export interface RefundTerms {
  readonly mchid: string;
  readonly outRefundNo: string;
  readonly outTradeNo: string;
  readonly refundFen: string;
  readonly totalFen: string;
  readonly reason: string;
  readonly notifyUrl: string | null;
}

/** Money on its way between a merchant and its settlement account; negative when refunds exceeded captures. */
export interface Sweep {
  readonly mchid: string;
  readonly reference: string;
  readonly netFen: string;
  readonly day: string;
  readonly atMs: number;
}
