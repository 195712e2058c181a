import type { Agenda } from '../support/agenda';
import { chinaDay, chinaTime, dayAfter } from '../support/time';
import { type Transfer, TransferBook } from './transferState';
import type { BillFault, MerchantTerms, OrderTerms, RefundTerms, Sweep, WechatEvent } from './events';

export interface Merchant {
  terms: MerchantTerms;
  /** Captured minus refunded by China day, not yet swept. */
  readonly unswept: Map<string, bigint>;
}

export interface Order {
  readonly terms: OrderTerms;
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED';
  transactionId?: string;
  openid?: string;
  paidAtMs?: number;
  noticeId?: string | null;
  /** Refunded or being refunded. */
  refundFen: bigint;
}

export interface Refund {
  readonly terms: RefundTerms;
  readonly refundId: string;
  readonly atMs: number;
  succeededAtMs?: number;
  /** Whoever was to get it could not; the money is still the merchant's. */
  isAbnormal: boolean;
  /** Where it goes instead of the payer's own account. */
  card?: string;
}

export type Notice =
  | { readonly kind: 'paid'; readonly order: Order; readonly atMs: number }
  | { readonly kind: 'refund'; readonly refund: Refund; readonly hasFailed: boolean; readonly atMs: number }
  | { readonly kind: 'transfer'; readonly transfer: Transfer; readonly atMs: number };

const SETTLEMENT_HOUR = 10;
/** Merchants on the wall clock do not wait for tomorrow. */
const WALL_SETTLEMENT_MS = 2_000;

/** The memory of the simulated WeChat Pay: what follows from its journal. */
export class WechatState {
  readonly merchants = new Map<string, Merchant>();
  readonly orders = new Map<string, Order>();
  readonly refunds = new Map<string, Refund>();
  /** Callbacks that no receiver has acknowledged, by notice id. */
  readonly notices = new Map<string, Notice>();
  readonly sweepsToBook = new Map<string, Sweep>();
  /** Openids and cards that take no money. */
  readonly deadAccounts = new Set<string>();
  /** By merchant and day. */
  readonly billFaults = new Map<string, BillFault>();
  paidCount = 0;
  refundCount = 0;
  sweepCount = 0;

  readonly transferBook: TransferBook;

  constructor(private readonly agenda: Agenda) {
    this.transferBook = new TransferBook(agenda, (mchid) => this.merchant(mchid).terms.clockId);
  }

  apply(event: WechatEvent): void {
    switch (event.type) {
      case 'merchant':
        return this.setMerchant(event);
      case 'ordered':
        this.orders.set(key(event.mchid, event.outTradeNo), { terms: event, state: 'NOTPAY', refundFen: 0n });
        return;
      case 'closed':
        this.order(event.mchid, event.outTradeNo).state = 'CLOSED';
        return;
      case 'paid':
        return this.pay(event);
      case 'refund-asked':
        return this.askRefund(event);
      case 'refunded':
        return this.finishRefund(event);
      case 'account-died':
        this.deadAccounts.add(event.account);
        return;
      case 'refund-failed':
        return this.failRefund(event);
      case 'card-named': {
        const refund = must(this.refunds.get(key(event.mchid, event.outRefundNo)), `refund ${event.outRefundNo}`);
        Object.assign(refund, { isAbnormal: false, card: event.card });
        this.agenda.put(this.merchant(event.mchid).terms.clockId, `refund/${key(event.mchid, event.outRefundNo)}`, event.dueMs);
        return;
      }
      case 'notified':
        this.notices.delete(event.noticeId);
        return;
      case 'swept':
        return this.sweep(event);
      case 'sweep-booked':
        this.sweepsToBook.delete(event.reference);
        return;
      case 'bill-fault':
        this.billFaults.set(`${event.mchid}/${event.day}`, event);
        return;
      default: {
        const ended = this.transferBook.apply(event);
        if (ended === null || event.type !== 'transfer-moved') return;
        if (event.noticeId !== null) this.notices.set(event.noticeId, { kind: 'transfer', transfer: ended, atMs: event.atMs });
        // It is paid from what was collected and not swept yet, as a refund is.
        if (ended.state === 'SUCCESS') this.move(event.mchid, event.atMs, -BigInt(ended.terms.fen));
      }
    }
  }

  /** @throws when there is no such order. */
  order(mchid: string, outTradeNo: string): Order {
    return must(this.orders.get(key(mchid, outTradeNo)), `order ${outTradeNo}`);
  }

  merchant(mchid: string): Merchant {
    return must(this.merchants.get(mchid), `merchant ${mchid}`);
  }

  /** Enters the merchant's next settlement into the agenda. */
  planSweep(merchant: Merchant, nowMs: number): void {
    const { clockId, mchid } = merchant.terms;
    const days = [...merchant.unswept.keys()].sort();
    if (days[0] === undefined) return this.agenda.drop(clockId, `sweep/${mchid}`);
    const dueMs = clockId === null ? nowMs + WALL_SETTLEMENT_MS : chinaTime(dayAfter(days[0]), SETTLEMENT_HOUR);
    this.agenda.put(clockId, `sweep/${mchid}`, dueMs);
  }

  private setMerchant(event: MerchantTerms): void {
    const known = this.merchants.get(event.mchid);
    if (known === undefined) this.merchants.set(event.mchid, { terms: event, unswept: new Map() });
    else known.terms = event;
  }

  private pay(event: Extract<WechatEvent, { type: 'paid' }>): void {
    const order = this.order(event.mchid, event.outTradeNo);
    order.state = 'SUCCESS';
    order.transactionId = event.transactionId;
    order.openid = event.openid;
    order.paidAtMs = event.atMs;
    order.noticeId = event.noticeId;
    this.paidCount += 1;
    if (event.noticeId !== null) this.notices.set(event.noticeId, { kind: 'paid', order, atMs: event.atMs });
    this.move(event.mchid, event.atMs, BigInt(order.terms.totalFen));
  }

  private askRefund(event: Extract<WechatEvent, { type: 'refund-asked' }>): void {
    const refund: Refund = { terms: event, refundId: event.refundId, atMs: event.atMs, isAbnormal: false };
    this.refunds.set(key(event.mchid, event.outRefundNo), refund);
    const order = this.order(event.mchid, event.outTradeNo);
    order.refundFen += BigInt(event.refundFen);
    order.state = 'REFUND';
    this.refundCount += 1;
    this.agenda.put(this.merchant(event.mchid).terms.clockId, `refund/${key(event.mchid, event.outRefundNo)}`, event.dueMs);
  }

  private finishRefund(event: Extract<WechatEvent, { type: 'refunded' }>): void {
    const refundKey = key(event.mchid, event.outRefundNo);
    const refund = must(this.refunds.get(refundKey), `refund ${event.outRefundNo}`);
    refund.succeededAtMs = event.atMs;
    this.agenda.drop(this.merchant(event.mchid).terms.clockId, `refund/${refundKey}`);
    if (refund.terms.notifyUrl !== null) this.notices.set(event.noticeId, { kind: 'refund', refund, hasFailed: false, atMs: event.atMs });
    this.move(event.mchid, event.atMs, -BigInt(refund.terms.refundFen));
  }

  private failRefund(event: Extract<WechatEvent, { type: 'refund-failed' }>): void {
    const refundKey = key(event.mchid, event.outRefundNo);
    const refund = must(this.refunds.get(refundKey), `refund ${event.outRefundNo}`);
    refund.isAbnormal = true;
    this.agenda.drop(this.merchant(event.mchid).terms.clockId, `refund/${refundKey}`);
    if (refund.terms.notifyUrl !== null) this.notices.set(event.noticeId, { kind: 'refund', refund, hasFailed: true, atMs: event.atMs });
  }

  private sweep(event: Extract<WechatEvent, { type: 'swept' }>): void {
    const merchant = this.merchant(event.mchid);
    for (const day of [...merchant.unswept.keys()]) if (day <= event.throughDay) merchant.unswept.delete(day);
    this.sweepCount += 1;
    if (event.netFen !== '0') this.sweepsToBook.set(event.reference, event);
    this.planSweep(merchant, event.atMs);
  }

  private move(mchid: string, atMs: number, fen: bigint): void {
    const merchant = this.merchant(mchid);
    const day = chinaDay(atMs);
    merchant.unswept.set(day, (merchant.unswept.get(day) ?? 0n) + fen);
    this.planSweep(merchant, atMs);
  }
}

/** Numbers of different merchants never meet. */
export function key(mchid: string, number: string): string {
  return `${mchid}/${number}`;
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the simulator knows no ${what}`);
  return value;
}
