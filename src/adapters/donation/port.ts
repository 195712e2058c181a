/** The donation port: a channel through which gifts are collected and returned. Amounts are integer fen. */

/** The channels there are. An order keeps its own for ever: what was paid by one is asked about, closed and given back by the same. */
export const CHANNELS = ['wechat', 'alipay'] as const;
export type ChannelName = (typeof CHANNELS)[number];
export type Channels = Readonly<Record<ChannelName, DonationChannel>>;

/**
 * Where the giver pays, which decides how an order is made. `code`: a code is shown to be scanned, or opened by the channel's application. `browser`: the
 * browser of a telephone, which comes back to `backUrl`. `wechat`: a page inside of WeChat, which knows the giver's openid under our appid.
 */
export type GiverClient =
  | { readonly kind: 'code' }
  | { readonly kind: 'browser'; readonly backUrl: string }
  | { readonly kind: 'wechat'; readonly openid: string };
export type ClientKind = GiverClient['kind'];

export interface GiftOrder {
  readonly merchantId: string;
  /** Our order number, `[0-9A-Z]{26}`; the channel's idempotency key (out_trade_no). */
  readonly orderId: string;
  readonly amountFen: bigint;
  readonly description: string;
  readonly notifyUrl: string;
  /** Left out: a code. */
  readonly client?: GiverClient;
}

/** What a page inside of WeChat hands to `WeixinJSBridge` or `wx.requestPayment`, as it stands. */
export interface WechatPayRequest {
  readonly appId: string;
  readonly timeStamp: string;
  readonly nonceStr: string;
  readonly package: string;
  readonly signType: 'RSA';
  readonly paySign: string;
}

/** What the giver's client pays with: a code's content, the address of the channel's own page, or a signed request to WeChat. */
export type MeansToPay = { readonly codeUrl: string } | { readonly payUrl: string } | { readonly wechatPay: WechatPayRequest };

export type OrderOutcome =
  | ({ readonly kind: 'CREATED' } & MeansToPay)
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

export type PaymentState =
  | { readonly kind: 'NOT_PAID' }
  | { readonly kind: 'PAID'; readonly transactionId: string; readonly amountFen: bigint; readonly paidAt: string }
  | { readonly kind: 'CLOSED' }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** What names a refund at its channel, and its amount, which the answer must have as well. */
export interface RefundRef {
  readonly merchantId: string;
  readonly orderId: string;
  /** Our refund number; a retry keeps it, a new number pays twice (out_refund_no, out_request_no). */
  readonly refundId: string;
  readonly refundFen: bigint;
}

export interface RefundOrder extends RefundRef {
  readonly totalFen: bigint;
  readonly reason: string;
  readonly notifyUrl?: string;
}

export type RefundOutcome =
  | { readonly kind: 'PROCESSING' }
  | { readonly kind: 'SUCCEEDED'; readonly reference: string; readonly refundedAt: string | null }
  | { readonly kind: 'ABNORMAL'; readonly text: string }
  | { readonly kind: 'CLOSED'; readonly text: string }
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** Banks whose debit cards WeChat Pay pays a failed refund to (APIv3, “发起异常退款”). */
export const CARD_BANKS = [
  ...['CMB', 'COMM', 'ABC', 'CCB', 'ICBC', 'BOC', 'PAB', 'SPDB'],
  ...['CITIC', 'CEB', 'CMBC', 'CIB', 'GDB', 'PSBC', 'NBCB'],
] as const;

/** A donor's debit card. */
export interface DonorCard {
  readonly bank: string;
  readonly number: string;
  readonly holder: string;
}

/** A verified and decrypted callback. */
export type DonationNotice =
  | {
      readonly kind: 'paid';
      readonly noticeId: string;
      readonly merchantId: string;
      readonly orderId: string;
      readonly transactionId: string;
      readonly amountFen: bigint;
      readonly currency: string;
      /** The channel's own time of payment, RFC 3339. */
      readonly paidAt: string;
      readonly payerId: string;
    }
  | {
      readonly kind: 'refund';
      readonly noticeId: string;
      readonly merchantId: string;
      readonly orderId: string;
      readonly refundId: string;
      readonly refundFen: bigint;
      readonly outcome: RefundOutcome;
    }
  | {
      /** Something about the order, or about this refund of it, is other than before. The notice proves no more than that: a query says what. */
      readonly kind: 'changed';
      readonly noticeId: string;
      readonly merchantId: string;
      readonly orderId: string;
      readonly refundId: string | null;
    };

/** A line of the channel's bill of a day: a payment when it succeeded, a refund when it was accepted (its later fate is not in the bill). */
export interface BillLine {
  readonly kind: 'paid' | 'refund';
  readonly orderId: string;
  readonly transactionId: string;
  /** Our refund number; null for a payment. */
  readonly refundId: string | null;
  /** Paid or asked back, fen; what the channel keeps for it, fen. */
  readonly amountFen: bigint;
  readonly feeFen: bigint;
  /** The channel's own time, RFC 3339. */
  readonly at: string;
}

/** READY: whole, as its own counts and sums say. NOT_READY: the channel is still making it (WeChat Pay has it at 10:00 of the next day, Alipay at 09:00). */
export type Bill =
  | { readonly kind: 'READY'; readonly lines: readonly BillLine[] }
  | { readonly kind: 'NOT_READY' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

export type CloseOutcome =
  | { readonly kind: 'CLOSED' }
  | { readonly kind: 'PAID' }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

export interface DonationChannel {
  /** Makes an order, or makes it ready to be paid once more: the same number with the same fields. @throws {RangeError} an amount that is none, an account that is not ours, or a client in which this channel cannot be paid. */
  createOrder(order: GiftOrder): Promise<OrderOutcome>;
  queryOrder(merchantId: string, orderId: string): Promise<PaymentState>;
  refund(order: RefundOrder): Promise<RefundOutcome>;
  queryRefund(ref: RefundRef): Promise<RefundOutcome>;
  /**
   * Sends a refund that is ABNORMAL to a card of the donor's, under the same number; in any other state it is left as it is, and that state is answered. Absent
   * where the channel has no such way. REJECTED: not to this card.
   */
  readonly refundToCard?: (ref: RefundRef, card: DonorCard) => Promise<RefundOutcome>;
  /** Ends an order that nobody paid: its code takes no money any more. PAID says that somebody was quicker. */
  closeOrder(merchantId: string, orderId: string): Promise<CloseOutcome>;
  /** @param day `YYYY-MM-DD`, Asia/Shanghai. */
  fetchBill(merchantId: string, day: string): Promise<Bill>;
  /** @throws {SignatureError} unsigned, wrong key, altered, or too old where the channel says how old; {MessageError} when it does not decrypt or parse. */
  parseNotice(rawBody: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>): Promise<DonationNotice>;
}
