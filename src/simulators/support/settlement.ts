import type { Agenda, ClockId } from './agenda';
import type { SettlementBank } from './settlementBank';
import { chinaDay, chinaTime, dayAfter, MINUTE_MS } from './time';

/** How long a settlement waits for callbacks before it looks again. */
const WALL_PATIENCE_MS = 1_000;

/** Money on its way between a payee of the channel and its bank account; negative when refunds exceeded captures. */
interface Swept {
  readonly reference: string;
  readonly netFen: string;
  readonly day: string;
  readonly atMs: number;
}

interface Payee {
  readonly terms: { readonly clockId: ClockId; readonly settlementAccountNumber: string };
  /** Captured minus refunded by China day, not yet swept. */
  readonly unswept: ReadonlyMap<string, bigint>;
}

/** What a settlement must be told of the channel whose money it moves. */
export interface Settling<S extends Swept> {
  readonly counterparty: { readonly counterpartyName: string; readonly counterpartyAccount: string };
  /** References begin with it. */
  readonly prefix: string;
  /** Remittances begin with it. */
  readonly words: string;
  readonly state: { readonly sweepCount: number; readonly sweepsToBook: ReadonlyMap<string, S> };
  payee(id: string): Payee;
  payeeOf(sweep: S): string;
  /** When each payment of the payee happened whose callback nobody has taken yet, epoch ms. */
  untold(id: string): Iterable<number>;
  recordSwept(id: string, swept: Swept & { readonly throughDay: string }): Promise<void>;
  recordBooked(reference: string): Promise<void>;
}

/**
 * A channel's daily settlement (T+1, 10:00): captured minus refunded goes to the payee's bank account. When refunds exceeded captures the difference is
 * collected from that account, and waits a day when the account cannot pay it.
 */
export class Settlement<S extends Swept> {
  constructor(
    private readonly channel: Settling<S>,
    private readonly agenda: Agenda,
    private readonly bank: SettlementBank,
  ) {}

  /** Settles what moved before today (on the wall clock: until now). */
  async sweep(id: string, nowMs: number): Promise<void> {
    const { channel } = this;
    const { terms, unswept } = channel.payee(id);
    const { clockId, settlementAccountNumber } = terms;
    const today = chinaDay(nowMs);
    const throughDay = clockId === null ? today : dayAfter(today, -1);
    if (clockId === null && this.hasFreshCallbacks(id, nowMs)) return this.agenda.put(clockId, `sweep/${id}`, nowMs + WALL_PATIENCE_MS);
    const net = [...unswept].filter(([day]) => day <= throughDay).reduce((sum, [, fen]) => sum + fen, 0n);
    if (net < 0n && this.bank.balanceFen(settlementAccountNumber) < -net) {
      const againMs = clockId === null ? nowMs + MINUTE_MS : chinaTime(dayAfter(today), 10);
      return this.agenda.put(clockId, `sweep/${id}`, againMs);
    }
    const reference = `${channel.prefix}${throughDay.replaceAll('-', '')}${String(channel.state.sweepCount + 1).padStart(8, '0')}`;
    await channel.recordSwept(id, { reference, netFen: String(net), day: throughDay, throughDay, atMs: nowMs });
    await this.bookPending();
  }

  /** Carries swept money into the bank's ledger. Two journals share no transaction: the reference makes it happen once. */
  async bookPending(): Promise<void> {
    for (const sweep of [...this.channel.state.sweepsToBook.values()]) {
      await this.bank.collect(this.booking(sweep));
      await this.channel.recordBooked(sweep.reference);
    }
  }

  /** A day of the channel is two seconds on the wall, its callbacks take as long as ever: a settlement does not overtake those that are on their way. */
  private hasFreshCallbacks(id: string, nowMs: number): boolean {
    for (const atMs of this.channel.untold(id)) if (nowMs - atMs < MINUTE_MS) return true;
    return false;
  }

  private booking(sweep: S): Parameters<SettlementBank['collect']>[0] {
    const { channel } = this;
    const [net, id] = [BigInt(sweep.netFen), channel.payeeOf(sweep)];
    return {
      accountNumber: channel.payee(id).terms.settlementAccountNumber,
      reference: sweep.reference,
      amountFen: net < 0n ? -net : net,
      sign: net < 0n ? 'DBIT' : 'CRDT',
      ...channel.counterparty,
      remittance: `${channel.words} ${id} ${sweep.day}`,
      atMs: sweep.atMs,
    };
  }
}
