import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Agenda, type ClockId } from '../support/agenda';
import type { Clocked, Clocks } from '../support/clocks';
import { HttpError } from '../support/http';
import { Journal } from '../support/journal';
import { Outbox, type Delivery } from '../support/outbox';
import { parallel } from '../support/parallel';
import { Settlement } from '../support/settlement';
import type { Poster } from '../support/poster';
import type { SettlementBank } from '../support/settlementBank';
import { MINUTE_MS } from '../support/time';
import type { MerchantTerms, WechatEvent, Sweep } from './events';
import type { PlatformKeys } from './keys';
import type { Quota } from './quota';
import { signCallback, type Forgery } from './notices';
import { merchantSettling } from './settlement';
import { key, WechatState, type Notice } from './state';
import type { TransferFaultName } from './transferEvents';
import { transferDue } from './transfers';

/** An API that does not answer a callback within this time has not received it (APIv3). */
const CALLBACK_TIMEOUT_MS = 5_000;
const SECOND = 1_000;
/** The gateway's own retry table for payment and refund callbacks. */
const WALL_RETRIES_MS = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600].map((s) => s * SECOND);
export const CALLBACK_CONCURRENCY = 32;
/** How long a refund stays PROCESSING. */
const REFUND_MS = { business: MINUTE_MS, wall: 300 };

export interface WechatParts {
  readonly stateDir: string;
  readonly keys: PlatformKeys;
  readonly clocks: Clocks;
  readonly bank: SettlementBank;
  readonly poster: Poster;
  /** Refunds a second that are taken; the rest is answered with 429. Null: no limit. */
  readonly refundQuota: Quota | null;
  readonly onWallChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** The simulated WeChat Pay: journal, due events and callbacks. The router and the sandbox controls call it. */
export class WechatSimulator implements Clocked {
  readonly outbox: Outbox;
  private readonly settlement: Settlement<Sweep>;

  private constructor(
    private readonly parts: WechatParts,
    readonly state: WechatState,
    readonly agenda: Agenda,
    readonly journal: Journal<WechatEvent>,
  ) {
    const retries = { quickPausesMs: [0, 100, 400], wallPausesMs: WALL_RETRIES_MS };
    this.outbox = new Outbox({ ...retries, concurrency: CALLBACK_CONCURRENCY, onError: parts.onError });
    this.settlement = new Settlement(merchantSettling(state, journal), agenda, parts.bank);
  }

  /** Opens the journal; undelivered callbacks and unbooked settlements are taken up where they were left. */
  static async open(parts: WechatParts): Promise<WechatSimulator> {
    const agenda = new Agenda(parts.onWallChange);
    const state = new WechatState(agenda);
    const journal = await Journal.open<WechatEvent>(path.join(parts.stateDir, 'wechat.jsonl'), (event) => state.apply(event));
    const simulator = new WechatSimulator(parts, state, agenda, journal);
    for (const [noticeId, notice] of state.notices) simulator.outbox.hold(simulator.delivery(noticeId, notice));
    await simulator.settlement.bookPending();
    return simulator;
  }

  get keys(): PlatformKeys {
    return this.parts.keys;
  }

  /** Whether one more refund may be asked for in this second. */
  takesRefund(): boolean {
    return this.parts.refundQuota?.take(Date.now()) ?? true;
  }

  /** The merchant's business time. */
  nowMs(mchid: string): number {
    return this.parts.clocks.nowMs(this.state.merchant(mchid).terms.clockId);
  }

  /** When a refund that is asked for now will have succeeded. */
  refundDueMs(mchid: string, nowMs: number): number {
    return nowMs + (this.state.merchant(mchid).terms.clockId === null ? REFUND_MS.wall : REFUND_MS.business);
  }

  /** Creates a merchant, or changes where its money is settled to; appid and clock are for ever. @throws {HttpError} */
  async registerMerchant(terms: MerchantTerms): Promise<void> {
    this.parts.clocks.nowMs(terms.clockId);
    const known = this.state.merchants.get(terms.mchid)?.terms;
    if (known !== undefined && (known.appid !== terms.appid || known.clockId !== terms.clockId)) {
      throw new HttpError(409, 'merchant_differs', `merchant ${terms.mchid} exists with another appid or clock`);
    }
    const account = this.parts.bank.find(terms.settlementAccountNumber);
    if (account === undefined) throw new HttpError(404, 'no_account', `bank account ${terms.settlementAccountNumber} is not registered`);
    if (account.clockId !== terms.clockId) throw new HttpError(409, 'clock_differs', 'the settlement account lives on another clock');
    if (account.bankCode !== terms.settlementBankCode) throw new HttpError(409, 'bank_differs', 'the settlement account is at another bank');
    await this.journal.record({ type: 'merchant', ...terms });
  }

  /** Signs a callback and sends it, `copies` times at once. @returns the HTTP status, a failure before a success. */
  async send(noticeId: string, notice: Notice, forgery?: Forgery, copies = 1): Promise<number> {
    const callback = await signCallback(this.parts.keys, noticeId, notice, forgery);
    const { url, headers, body } = callback;
    const statuses = await Promise.all(Array.from({ length: copies }, () => this.parts.poster.post(url, headers, body, CALLBACK_TIMEOUT_MS)));
    return statuses.find((status) => status < 200 || status >= 300) ?? statuses[0] ?? 0;
  }

  /** The callback as the outbox keeps it until a receiver answers 2xx. */
  delivery(noticeId: string, notice: Notice, copies = 1): Delivery {
    const { mchid } = notice.kind === 'paid' ? notice.order.terms : notice.kind === 'refund' ? notice.refund.terms : notice.transfer.terms;
    return {
      id: noticeId,
      clockId: this.state.merchant(mchid).terms.clockId,
      send: () => this.send(noticeId, notice, undefined, copies),
      // Losing this line only repeats a callback, so nobody waits for its fsync.
      acknowledged: () => void this.journal.record({ type: 'notified', noticeId }).catch(() => undefined),
    };
  }

  /** Sends a callback that was just recorded, and goes on trying. */
  async postNotice(noticeId: string): Promise<void> {
    const notice = this.state.notices.get(noticeId);
    if (notice !== undefined) await this.outbox.post(this.delivery(noticeId, notice));
  }

  /** The fault that befalls this call, used up by it. */
  async takeTransferFault(mchid: string, outBillNo: string): Promise<TransferFaultName | null> {
    const fault = this.state.transferBook.faults.get(key(mchid, outBillNo));
    if (fault === undefined) return null;
    await this.journal.record({ type: 'transfer-fault-used', mchid, outBillNo });
    return fault.name;
  }

  async runDue(clockId: ClockId, atMs: number): Promise<void> {
    const keys = this.agenda.dueKeys(clockId, atMs);
    const nowMs = this.parts.clocks.nowMs(clockId);
    const refunds = keys.filter((each) => each.startsWith('refund/')).map((each) => each.slice('refund/'.length));
    await parallel(refunds, CALLBACK_CONCURRENCY, (refundKey) => this.finishRefund(refundKey, nowMs));
    for (const each of keys) if (each.startsWith('transfer/')) await transferDue(this, each.slice('transfer/'.length));
    for (const each of keys) if (each.startsWith('sweep/')) await this.settlement.sweep(each.slice('sweep/'.length), nowMs);
  }

  retry(clockId: ClockId): Promise<void> {
    return this.outbox.retry(clockId);
  }

  idle(clockId: ClockId): Promise<void> {
    return this.outbox.idle(clockId);
  }

  undelivered(clockId: ClockId): number {
    return this.outbox.pendingCount(clockId);
  }

  /** Ends the callbacks; the journal stays open for what is still being booked. */
  stop(): Promise<void> {
    return this.outbox.close();
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  private async finishRefund(refundKey: string, nowMs: number): Promise<void> {
    const refund = this.state.refunds.get(refundKey);
    if (refund === undefined) throw new Error(`no refund ${refundKey}`);
    const noticeId = randomUUID();
    const { mchid, outRefundNo } = refund.terms;
    const openid = this.state.order(mchid, refund.terms.outTradeNo).openid ?? '';
    const type = this.state.deadAccounts.has(refund.card ?? openid) ? 'refund-failed' : 'refunded';
    await this.journal.record({ type, mchid, outRefundNo, atMs: nowMs, noticeId });
    await this.postNotice(noticeId);
  }
}
