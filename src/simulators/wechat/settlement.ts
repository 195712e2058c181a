import type { Agenda } from '../support/agenda';
import type { Journal } from '../support/journal';
import type { SettlementBank } from '../support/settlementBank';
import { chinaDay, chinaTime, dayAfter, MINUTE_MS } from '../support/time';
import type { Sweep, WechatEvent } from './events';
import type { WechatState } from './state';

const TENPAY = { counterpartyName: '财付通支付科技有限公司', counterpartyAccount: '243300133' };

/** How long a settlement waits for callbacks before it looks again. */
const WALL_PATIENCE_MS = 1_000;

/**
 * The daily settlement (T+1, 10:00): captured minus refunded goes to the merchant's bank account. When refunds exceeded
 * captures the difference is collected from that account, and waits a day when the account cannot pay it.
 */
export class Settlement {
  constructor(
    private readonly state: WechatState,
    private readonly agenda: Agenda,
    private readonly journal: Journal<WechatEvent>,
    private readonly bank: SettlementBank,
  ) {}

  /** Settles what the merchant captured before today (on the wall clock: until now). */
  async sweep(mchid: string, nowMs: number): Promise<void> {
    const merchant = this.state.merchant(mchid);
    const { clockId, settlementAccountNumber } = merchant.terms;
    const today = chinaDay(nowMs);
    const throughDay = clockId === null ? today : dayAfter(today, -1);
    if (clockId === null && this.hasFreshCallbacks(mchid, nowMs)) return this.agenda.put(clockId, `sweep/${mchid}`, nowMs + WALL_PATIENCE_MS);
    const days = [...merchant.unswept].filter(([day]) => day <= throughDay);
    const net = days.reduce((sum, [, fen]) => sum + fen, 0n);
    if (net < 0n && this.bank.balanceFen(settlementAccountNumber) < -net) {
      const againMs = clockId === null ? nowMs + MINUTE_MS : chinaTime(dayAfter(today), 10);
      return this.agenda.put(clockId, `sweep/${mchid}`, againMs);
    }
    const reference = `WXS${throughDay.replaceAll('-', '')}${String(this.state.sweepCount + 1).padStart(8, '0')}`;
    await this.journal.record({ type: 'swept', mchid, reference, netFen: String(net), day: throughDay, throughDay, atMs: nowMs });
    await this.bookPending();
  }

  /** Carries swept money into the bank's ledger. Two journals share no transaction: the reference makes it happen once. */
  async bookPending(): Promise<void> {
    for (const sweep of [...this.state.sweepsToBook.values()]) {
      await this.bank.collect(this.booking(sweep));
      await this.journal.record({ type: 'sweep-booked', reference: sweep.reference });
    }
  }

  /** A day of the gateway is two seconds on the wall, its callbacks take as long as ever: a settlement does not overtake those that are on their way. */
  private hasFreshCallbacks(mchid: string, nowMs: number): boolean {
    for (const notice of this.state.notices.values())
      if (notice.kind === 'paid' && notice.order.terms.mchid === mchid && nowMs - notice.atMs < MINUTE_MS) return true;
    return false;
  }

  private booking(sweep: Sweep): Parameters<SettlementBank['collect']>[0] {
    const net = BigInt(sweep.netFen);
    return {
      accountNumber: this.state.merchant(sweep.mchid).terms.settlementAccountNumber,
      reference: sweep.reference,
      amountFen: net < 0n ? -net : net,
      sign: net < 0n ? 'DBIT' : 'CRDT',
      ...TENPAY,
      remittance: `WXPAY SETTLE ${sweep.mchid} ${sweep.day}`,
      atMs: sweep.atMs,
    };
  }
}
