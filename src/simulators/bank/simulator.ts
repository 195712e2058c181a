import path from 'node:path';
import { Agenda, type ClockId } from '../support/agenda';
import type { Clocked, Clocks } from '../support/clocks';
import { HttpError } from '../support/http';
import { Journal } from '../support/journal';
import type { Poster } from '../support/poster';
import type { CmbKeys } from '../cmb/keys';
import type { AccountTerms, BankEvent, Collection, Fault } from './events';
import type { BankKeys } from './keys';
import { Orders } from './orders';
import { Pushes } from './pushes';
import { Recalls } from './recalls';
import { Nonces } from './seal';
import { BankState, type Account } from './state';

export interface BankParts {
  readonly stateDir: string;
  readonly keys: BankKeys;
  /** Of the direct link; null: it answers nobody. */
  readonly cmbKeys: CmbKeys | null;
  readonly clocks: Clocks;
  readonly poster: Poster;
  readonly onWallChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** The simulated bank: accounts, orders, due events and pushes. The router and the sandbox controls call it. */
export class BankSimulator implements Clocked {
  readonly nonces = new Nonces();
  readonly orders: Orders;
  readonly recalls: Recalls;
  readonly pushes: Pushes;

  private constructor(
    private readonly parts: BankParts,
    readonly state: BankState,
    readonly agenda: Agenda,
    readonly journal: Journal<BankEvent>,
  ) {
    this.orders = new Orders(state, journal);
    this.recalls = new Recalls(state, journal);
    this.pushes = new Pushes(state, journal, parts, parts.poster, parts.onError);
  }

  static async open(parts: BankParts): Promise<BankSimulator> {
    const agenda = new Agenda(parts.onWallChange);
    const state = new BankState(agenda);
    const journal = await Journal.open<BankEvent>(path.join(parts.stateDir, 'bank.jsonl'), (event) => state.apply(event));
    return new BankSimulator(parts, state, agenda, journal);
  }

  get keys(): BankKeys {
    return this.parts.keys;
  }

  get cmbKeys(): CmbKeys | null {
    return this.parts.cmbKeys;
  }

  /** The business time of an account. */
  nowMs(account: Account): number {
    return this.parts.clocks.nowMs(account.terms.clockId);
  }

  /** Opens an account, or moves its notifyUrl when everything else is the same. @throws {HttpError} */
  async registerAccount(terms: AccountTerms): Promise<Account> {
    const nowMs = this.parts.clocks.nowMs(terms.clockId);
    const known = this.state.accounts.get(terms.accountNumber);
    if (known === undefined) {
      await this.journal.record({ type: 'account', ...terms, openedAtMs: nowMs });
    } else {
      const { name, bankCode, kind, clockId, notifyUrl, link } = known.terms;
      if (bankCode !== terms.bankCode || kind !== terms.kind || clockId !== terms.clockId || name !== terms.name || link !== terms.link) {
        throw new HttpError(409, 'account_differs', `account ${terms.accountNumber} exists with another name, bank, kind, clock or link`);
      }
      if (notifyUrl !== terms.notifyUrl) {
        await this.journal.record({ type: 'account-changed', accountNumber: terms.accountNumber, changes: { notifyUrl: terms.notifyUrl } });
      }
    }
    return this.state.account(terms.accountNumber);
  }

  /** Sets the fault of the nth order of an account. @throws {HttpError} when that order was already received. */
  async setFault(accountNumber: string, nth: number, fault: Fault): Promise<void> {
    const account = this.state.accounts.get(accountNumber);
    if (account === undefined) throw new HttpError(404, 'no_account', `account ${accountNumber} is not registered`);
    if (nth <= account.received) throw new HttpError(409, 'too_late', `account ${accountNumber} has already sent ${account.received} orders`);
    await this.journal.record({ type: 'fault', accountNumber, nth, fault });
  }

  find(accountNumber: string): AccountTerms | undefined {
    return this.state.accounts.get(accountNumber)?.terms;
  }

  balanceFen(accountNumber: string): bigint {
    const { balanceFen, reservedFen } = this.state.account(accountNumber);
    return balanceFen - reservedFen;
  }

  /** Books money that comes or goes without an order, once per reference, and pushes it. */
  async collect(booking: Omit<Collection, 'amountFen'> & { readonly amountFen: bigint }): Promise<void> {
    if (!this.state.wasCollected(booking.accountNumber, booking.reference)) {
      await this.journal.record({ type: 'collected', ...booking, amountFen: String(booking.amountFen) });
    }
    await this.pushes.sendNew();
  }

  async runDue(clockId: ClockId, atMs: number): Promise<void> {
    const nowMs = this.parts.clocks.nowMs(clockId);
    for (const key of this.agenda.dueKeys(clockId, atMs)) {
      const [what, id] = key.split('/') as [string, string];
      if (what === 'book') this.orders.bookWaiting(id, nowMs);
      else if (what === 'recall') this.recalls.decide(id, nowMs);
      else if (what === 'recall-return') this.recalls.giveBack(id, nowMs);
      else this.orders.bounce(id, nowMs);
    }
    await this.journal.settled();
    await this.pushes.sendNew();
  }

  retry(clockId: ClockId): Promise<void> {
    return this.pushes.retry(clockId);
  }

  idle(clockId: ClockId): Promise<void> {
    return this.pushes.idle(clockId);
  }

  undelivered(clockId: ClockId): number {
    return this.pushes.undelivered(clockId);
  }

  /** Ends the pushes; the journal stays open for what is still being booked. */
  stop(): Promise<void> {
    return this.pushes.close();
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}
