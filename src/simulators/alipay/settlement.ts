import type { Agenda } from '../support/agenda';
import type { Journal } from '../support/journal';
import type { SettlementBank } from '../support/settlementBank';
import { chinaDay, chinaTime, dayAfter, MINUTE_MS } from '../support/time';
import type { AlipayEvent, Sweep } from './events';
import type { AlipayState } from './state';

const ALIPAY = { counterpartyName: '支付宝（中国）网络技术有限公司', counterpartyAccount: '215500690' };

/**
 * The seller's balance goes to its bank account each day at 10:00 (自动提现): what came in before today, less what was given back. When more was given back
 * the difference is collected from that account, and waits a day when the account cannot pay it.
 */
export class Settlement {
  constructor(
    private readonly state: AlipayState,
    private readonly agenda: Agenda,
    private readonly journal: Journal<AlipayEvent>,
    private readonly bank: SettlementBank,
  ) {}

  /** Settles what moved before today (on the wall clock: until now). */
  async sweep(sellerId: string, nowMs: number): Promise<void> {
    const seller = this.state.seller(sellerId);
    const { clockId, settlementAccountNumber } = seller.terms;
    const today = chinaDay(nowMs);
    const throughDay = clockId === null ? today : dayAfter(today, -1);
    const net = [...seller.unswept].filter(([day]) => day <= throughDay).reduce((sum, [, fen]) => sum + fen, 0n);
    if (net < 0n && this.bank.balanceFen(settlementAccountNumber) < -net) {
      const againMs = clockId === null ? nowMs + MINUTE_MS : chinaTime(dayAfter(today), 10);
      return this.agenda.put(clockId, `sweep/${sellerId}`, againMs);
    }
    const reference = `ALS${throughDay.replaceAll('-', '')}${String(this.state.sweepCount + 1).padStart(8, '0')}`;
    await this.journal.record({ type: 'swept', sellerId, reference, netFen: String(net), day: throughDay, throughDay, atMs: nowMs });
    await this.bookPending();
  }

  /** Carries swept money into the bank's ledger. Two journals share no transaction: the reference makes it happen once. */
  async bookPending(): Promise<void> {
    for (const sweep of [...this.state.sweepsToBook.values()]) {
      await this.bank.collect(this.booking(sweep));
      await this.journal.record({ type: 'sweep-booked', reference: sweep.reference });
    }
  }

  private booking(sweep: Sweep): Parameters<SettlementBank['collect']>[0] {
    const net = BigInt(sweep.netFen);
    return {
      accountNumber: this.state.seller(sweep.sellerId).terms.settlementAccountNumber,
      reference: sweep.reference,
      amountFen: net < 0n ? -net : net,
      sign: net < 0n ? 'DBIT' : 'CRDT',
      ...ALIPAY,
      remittance: `ALIPAY SETTLE ${sweep.sellerId} ${sweep.day}`,
      atMs: sweep.atMs,
    };
  }
}
