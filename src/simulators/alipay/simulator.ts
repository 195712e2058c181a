import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Agenda, type ClockId } from '../support/agenda';
import type { Clocked, Clocks } from '../support/clocks';
import { HttpError } from '../support/http';
import { Journal } from '../support/journal';
import { parallel } from '../support/parallel';
import type { Poster } from '../support/poster';
import { Settlement } from '../support/settlement';
import type { SettlementBank } from '../support/settlementBank';
import { MINUTE_MS } from '../support/time';
import type { AlipayEvent, CallFault, SellerTerms, Sweep } from './events';
import type { GatewayKeys } from './keys';
import { type Forgery, noticeForm } from './notices';
import { sellerSettling } from './settlement';
import { addressOf, AlipayState, FIRST_GAP_MS, key, type Notice } from './state';
import { transferDue, transferForm } from './transfers';

const NOTICE_TIMEOUT_MS = 5_000;
/** The gateway's own table: eight deliveries, with these minutes between them (some 25 hours). */
const GAPS_MS = [FIRST_GAP_MS, ...[10, 10, 60, 120, 360, 900].map((minutes) => minutes * MINUTE_MS)];
export const NOTICE_CONCURRENCY = 32;
/** How long the query does not know of a refund; the documentation asks for ten seconds of patience. */
const REFUND_MS = { business: 10_000, wall: 300 };

export interface AlipayParts {
  readonly stateDir: string;
  readonly keys: GatewayKeys;
  readonly clocks: Clocks;
  readonly bank: SettlementBank;
  readonly poster: Poster;
  readonly onWallChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** The simulated Alipay: journal, due events and notices. The router and the sandbox controls call it. */
export class AlipaySimulator implements Clocked {
  private readonly settlement: Settlement<Sweep>;
  private readonly inFlight = new Map<string, Promise<boolean>>();
  private stopped = false;

  private constructor(
    private readonly parts: AlipayParts,
    readonly state: AlipayState,
    readonly agenda: Agenda,
    readonly journal: Journal<AlipayEvent>,
  ) {
    this.settlement = new Settlement(sellerSettling(state, journal), agenda, parts.bank);
  }

  /** Opens the journal; what was not delivered and not booked is taken up where it was left. */
  static async open(parts: AlipayParts): Promise<AlipaySimulator> {
    const agenda = new Agenda(parts.onWallChange);
    const state = new AlipayState(agenda);
    const journal = await Journal.open<AlipayEvent>(path.join(parts.stateDir, 'alipay.jsonl'), (event) => state.apply(event));
    const simulator = new AlipaySimulator(parts, state, agenda, journal);
    await simulator.settlement.bookPending();
    return simulator;
  }

  get keys(): GatewayKeys {
    return this.parts.keys;
  }

  /** The seller's business time. */
  nowMs(sellerId: string): number {
    return this.parts.clocks.nowMs(this.state.seller(sellerId).terms.clockId);
  }

  /** When a refund that is asked for now can be seen to have succeeded. */
  refundDueMs(sellerId: string, nowMs: number): number {
    return nowMs + (this.state.seller(sellerId).terms.clockId === null ? REFUND_MS.wall : REFUND_MS.business);
  }

  /** Creates a seller, or changes where its money is settled to; its clock is for ever. @throws {HttpError} */
  async registerSeller(terms: SellerTerms): Promise<void> {
    this.parts.clocks.nowMs(terms.clockId);
    const known = this.state.sellers.get(terms.sellerId)?.terms;
    if (known !== undefined && known.clockId !== terms.clockId)
      throw new HttpError(409, 'seller_differs', `seller ${terms.sellerId} exists with another clock`);
    const account = this.parts.bank.find(terms.settlementAccountNumber);
    if (account === undefined) throw new HttpError(404, 'no_account', `bank account ${terms.settlementAccountNumber} is not registered`);
    if (account.clockId !== terms.clockId) throw new HttpError(409, 'clock_differs', 'the settlement account lives on another clock');
    if (account.bankCode !== terms.settlementBankCode) throw new HttpError(409, 'bank_differs', 'the settlement account is at another bank');
    await this.journal.record({ type: 'seller', ...terms });
  }

  /** The fault that befalls this call, used up by it. */
  async takeFault(sellerId: string, id: string): Promise<CallFault['name'] | null> {
    const fault = this.state.callFaults.get(key(sellerId, id));
    if (fault === undefined) return null;
    await this.journal.record({ type: 'call-fault-used', sellerId, id });
    return fault.name;
  }

  /** Sends one form, `copies` times at once. @returns whether every receiver answered exactly `success`. */
  async send(noticeId: string, notice: Notice, forgery?: Forgery, copies = 1): Promise<boolean> {
    const { sellerId, notifyUrl } = addressOf(notice);
    const nowMs = this.nowMs(sellerId);
    const form =
      notice.kind === 'transfer'
        ? await transferForm(this.parts.keys, noticeId, notice.transfer, nowMs)
        : await noticeForm(this.parts.keys, noticeId, notice, nowMs, forgery);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'User-Agent': 'Mozilla/4.0' };
    const answers = await Promise.all(Array.from({ length: copies }, () => this.parts.poster.ask(notifyUrl, headers, form, NOTICE_TIMEOUT_MS)));
    return answers.every(({ status, text }) => status === 200 && text === 'success');
  }

  /** One delivery of a notice, and the plan of the next. One that is on its way is not sent twice. @returns whether it was taken. */
  deliver(noticeId: string, copies = 1): Promise<boolean> {
    const running = this.inFlight.get(noticeId);
    if (running !== undefined) return running;
    const notice = this.state.notices.get(noticeId);
    if (notice === undefined || this.stopped) return Promise.resolve(notice === undefined);
    const delivery = this.deliverNow(noticeId, notice, copies).finally(() => this.inFlight.delete(noticeId));
    this.inFlight.set(noticeId, delivery);
    return delivery;
  }

  async runDue(clockId: ClockId, atMs: number): Promise<void> {
    const keys = this.agenda.dueKeys(clockId, atMs);
    const nowMs = this.parts.clocks.nowMs(clockId);
    const named = (prefix: string): string[] => keys.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
    await parallel(named('refund/'), NOTICE_CONCURRENCY, (refundKey) => this.finishRefund(refundKey, nowMs));
    for (const transferKey of named('transfer/')) await transferDue(this, transferKey);
    await parallel(named('notify/'), NOTICE_CONCURRENCY, (noticeId) => this.deliver(noticeId));
    for (const sellerId of named('sweep/')) await this.settlement.sweep(sellerId, nowMs);
  }

  /** The gateway keeps to its table, however often the clock is moved. */
  async retry(): Promise<void> {}

  async idle(clockId: ClockId): Promise<void> {
    const mine = [...this.inFlight].filter(([noticeId]) => this.clockOf(noticeId) === clockId).map(([, delivery]) => delivery);
    await Promise.all(mine);
  }

  undelivered(clockId: ClockId): number {
    return [...this.state.notices.keys()].filter((noticeId) => this.clockOf(noticeId) === clockId).length;
  }

  /** Ends the notices; the journal stays open for what is still being booked. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.inFlight.values());
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  private clockOf(noticeId: string): ClockId | undefined {
    const notice = this.state.notices.get(noticeId);
    return notice && this.state.clockOf(notice);
  }

  private async deliverNow(noticeId: string, notice: Notice, copies: number): Promise<boolean> {
    const taken =
      addressOf(notice).notifyUrl === '' || (await this.send(noticeId, notice, undefined, copies).catch((error: unknown) => this.failed(error)));
    const gapMs = GAPS_MS[notice.tries];
    const nextMs = taken || gapMs === undefined ? null : this.nowMs(addressOf(notice).sellerId) + gapMs;
    await this.journal.record({ type: 'notify-tried', noticeId, nextMs });
    return taken;
  }

  private failed(error: unknown): boolean {
    this.parts.onError(error);
    return false;
  }

  private async finishRefund(refundKey: string, nowMs: number): Promise<void> {
    const refund = this.state.refunds.get(refundKey);
    if (refund === undefined) throw new Error(`no refund ${refundKey}`);
    const noticeId = randomUUID();
    const { sellerId, outRequestNo } = refund.terms;
    await this.journal.record({ type: 'refunded', sellerId, outRequestNo, atMs: nowMs, noticeId });
    await this.deliver(noticeId);
  }
}
