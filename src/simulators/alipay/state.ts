import type { Agenda, ClockId } from '../support/agenda';
import { chinaDay, chinaTime, dayAfter, MINUTE_MS } from '../support/time';
import type { AlipayEvent, BillFault, CallFault, OrderTerms, RefundTerms, SellerTerms, Sweep } from './events';
import { type Transfer, TransferBook, type TransferEvent } from './transferState';

export interface Seller {
  terms: SellerTerms;
  /** Captured minus refunded by China day, not yet swept. */
  readonly unswept: Map<string, bigint>;
}

export interface Trade {
  readonly terms: OrderTerms;
  /** CODE: nobody has scanned the code, and for the gateway there is no trade. */
  state: 'CODE' | 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED';
  tradeNo: string;
  createdAtMs: number;
  paidAtMs?: number;
  buyerId?: string;
  noticeId?: string | null;
  /** Given back or being given back. */
  refundFen: bigint;
}

export interface Refund {
  readonly terms: RefundTerms;
  readonly atMs: number;
  succeededAtMs?: number;
}

/** A notice that was not answered `success`; `tries` deliveries were made. */
export type Notice = TradeNotice | TransferNotice;

export interface TradeNotice {
  readonly kind: 'paid' | 'refund';
  readonly trade: Trade;
  readonly refund: Refund | null;
  tries: number;
}

interface TransferNotice {
  readonly kind: 'transfer';
  readonly transfer: Transfer;
  tries: number;
}

/** Whose notice it is, and where it goes. */
export const addressOf = (notice: Notice): { readonly sellerId: string; readonly notifyUrl: string } =>
  notice.kind === 'transfer' ? notice.transfer.terms : notice.trade.terms;

/** The first gap of the gateway's table. */
export const FIRST_GAP_MS = 4 * MINUTE_MS;
const SETTLEMENT_HOUR = 10;
/** Sellers on the wall clock do not wait for tomorrow. */
const WALL_SETTLEMENT_MS = 2_000;

/** The memory of the simulated Alipay: what follows from its journal. */
export class AlipayState {
  readonly sellers = new Map<string, Seller>();
  readonly trades = new Map<string, Trade>();
  readonly refunds = new Map<string, Refund>();
  readonly notices = new Map<string, Notice>();
  readonly sweepsToBook = new Map<string, Sweep>();
  /** By seller and day. */
  readonly billFaults = new Map<string, BillFault>();
  /** What is left of them, by seller and id. */
  readonly callFaults = new Map<string, CallFault>();
  tradeCount = 0;
  sweepCount = 0;

  readonly transferBook: TransferBook;

  constructor(private readonly agenda: Agenda) {
    this.transferBook = new TransferBook(agenda, (sellerId) => this.seller(sellerId).terms.clockId);
  }

  apply(event: AlipayEvent): void {
    switch (event.type) {
      case 'seller':
        return this.setSeller(event);
      case 'ordered': {
        const trade: Trade = { terms: event, state: 'CODE', tradeNo: '', createdAtMs: event.atMs, refundFen: 0n };
        this.trades.set(key(event.sellerId, event.outTradeNo), trade);
        return;
      }
      case 'scanned':
        this.tradeCount += 1;
        Object.assign(this.trade(event.sellerId, event.outTradeNo), { state: 'WAIT_BUYER_PAY', tradeNo: event.tradeNo, createdAtMs: event.atMs });
        return;
      case 'closed':
        this.trade(event.sellerId, event.outTradeNo).state = 'TRADE_CLOSED';
        return;
      case 'paid':
        return this.pay(event);
      case 'refund-asked':
        return this.askRefund(event);
      case 'refunded':
        return this.finishRefund(event);
      case 'notify-tried':
        return this.tried(event.noticeId, event.nextMs);
      case 'swept':
        return this.sweep(event);
      case 'sweep-booked':
        this.sweepsToBook.delete(event.reference);
        return;
      case 'bill-fault':
        this.billFaults.set(`${event.sellerId}/${event.day}`, event);
        return;
      case 'call-fault':
        this.callFaults.set(key(event.sellerId, event.id), event);
        return;
      case 'call-fault-used':
        return this.useFault(key(event.sellerId, event.id));
      default:
        return this.transfer(event);
    }
  }

  /** @throws when there is no such order. */
  trade(sellerId: string, outTradeNo: string): Trade {
    return must(this.trades.get(key(sellerId, outTradeNo)), `order ${outTradeNo}`);
  }

  seller(sellerId: string): Seller {
    return must(this.sellers.get(sellerId), `seller ${sellerId}`);
  }

  clockOf(notice: Notice): ClockId {
    return this.seller(addressOf(notice).sellerId).terms.clockId;
  }

  /** Enters the seller's next settlement into the agenda. */
  planSweep(seller: Seller, nowMs: number): void {
    const { clockId, sellerId } = seller.terms;
    const days = [...seller.unswept.keys()].sort();
    if (days[0] === undefined) return this.agenda.drop(clockId, `sweep/${sellerId}`);
    const dueMs = clockId === null ? nowMs + WALL_SETTLEMENT_MS : chinaTime(dayAfter(days[0]), SETTLEMENT_HOUR);
    this.agenda.put(clockId, `sweep/${sellerId}`, dueMs);
  }

  private setSeller(event: SellerTerms): void {
    const known = this.sellers.get(event.sellerId);
    if (known === undefined) this.sellers.set(event.sellerId, { terms: event, unswept: new Map() });
    else known.terms = event;
  }

  private pay(event: Extract<AlipayEvent, { type: 'paid' }>): void {
    const trade = this.trade(event.sellerId, event.outTradeNo);
    trade.state = 'TRADE_SUCCESS';
    trade.buyerId = event.buyerId;
    trade.paidAtMs = event.atMs;
    trade.noticeId = event.noticeId;
    if (event.noticeId !== null) this.announce(event.noticeId, { kind: 'paid', trade, refund: null, tries: 0 }, event.atMs);
    this.move(event.sellerId, event.atMs, BigInt(trade.terms.totalFen));
  }

  private askRefund(event: Extract<AlipayEvent, { type: 'refund-asked' }>): void {
    this.refunds.set(key(event.sellerId, event.outRequestNo), { terms: event, atMs: event.atMs });
    const trade = this.trade(event.sellerId, event.outTradeNo);
    trade.refundFen += BigInt(event.refundFen);
    if (trade.refundFen === BigInt(trade.terms.totalFen)) trade.state = 'TRADE_CLOSED';
    this.agenda.put(this.seller(event.sellerId).terms.clockId, `refund/${key(event.sellerId, event.outRequestNo)}`, event.dueMs);
  }

  private finishRefund(event: Extract<AlipayEvent, { type: 'refunded' }>): void {
    const refundKey = key(event.sellerId, event.outRequestNo);
    const refund = must(this.refunds.get(refundKey), `refund ${event.outRequestNo}`);
    refund.succeededAtMs = event.atMs;
    this.agenda.drop(this.seller(event.sellerId).terms.clockId, `refund/${refundKey}`);
    const trade = this.trade(event.sellerId, refund.terms.outTradeNo);
    this.announce(event.noticeId, { kind: 'refund', trade, refund, tries: 0 }, event.atMs);
    this.move(event.sellerId, event.atMs, -BigInt(refund.terms.refundFen));
  }

  /** It is paid from what was collected and not swept yet, as a refund is; what comes back comes there. */
  private transfer(event: TransferEvent): void {
    const moved = this.transferBook.apply(event);
    if (moved === null || event.type !== 'transfer-moved') return;
    this.announce(event.noticeId, { kind: 'transfer', transfer: moved, tries: 0 }, event.atMs);
    const fen = BigInt(moved.terms.fen);
    if (event.status === 'SUCCESS') this.move(event.sellerId, event.atMs, -fen);
    if (event.status === 'REFUND') this.move(event.sellerId, event.atMs, fen);
  }

  private announce(noticeId: string, notice: Notice, atMs: number): void {
    this.notices.set(noticeId, notice);
    // It is delivered at once by whoever made it; this is for the case that nobody did.
    this.agenda.put(this.clockOf(notice), `notify/${noticeId}`, atMs + FIRST_GAP_MS);
  }

  private tried(noticeId: string, nextMs: number | null): void {
    const notice = must(this.notices.get(noticeId), `notice ${noticeId}`);
    notice.tries += 1;
    if (nextMs !== null) return this.agenda.put(this.clockOf(notice), `notify/${noticeId}`, nextMs);
    this.agenda.drop(this.clockOf(notice), `notify/${noticeId}`);
    this.notices.delete(noticeId);
  }

  private sweep(event: Extract<AlipayEvent, { type: 'swept' }>): void {
    const seller = this.seller(event.sellerId);
    for (const day of [...seller.unswept.keys()]) if (day <= event.throughDay) seller.unswept.delete(day);
    this.sweepCount += 1;
    if (event.netFen !== '0') this.sweepsToBook.set(event.reference, event);
    this.planSweep(seller, event.atMs);
  }

  private useFault(faultKey: string): void {
    const fault = must(this.callFaults.get(faultKey), `fault ${faultKey}`);
    if (fault.times > 1) this.callFaults.set(faultKey, { ...fault, times: fault.times - 1 });
    else this.callFaults.delete(faultKey);
  }

  private move(sellerId: string, atMs: number, fen: bigint): void {
    const seller = this.seller(sellerId);
    const day = chinaDay(atMs);
    seller.unswept.set(day, (seller.unswept.get(day) ?? 0n) + fen);
    this.planSweep(seller, atMs);
  }
}

/** Numbers of different sellers never meet. */
export function key(sellerId: string, number: string): string {
  return `${sellerId}/${number}`;
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the simulator knows no ${what}`);
  return value;
}
