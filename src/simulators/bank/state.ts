import type { Agenda, ClockId } from '../support/agenda';
import type { AccountChanges, AccountTerms, BankEvent, Collection, Fault, Instruction, RecallRequest, RecallScript } from './events';

export interface Account {
  terms: AccountTerms;
  status: 'open' | 'closed';
  readonly openedAtMs: number;
  readonly entries: Entry[];
  balanceFen: bigint;
  /** Accepted but not yet booked. */
  reservedFen: bigint;
  /** How many distinct orders were received from it. */
  received: number;
}

/** One line of an account. */
export interface Entry {
  readonly key: string;
  readonly accountNumber: string;
  readonly reference: string;
  readonly endToEndId: string | null;
  readonly uetr: string | null;
  readonly amountFen: bigint;
  readonly sign: 'CRDT' | 'DBIT';
  readonly kind: 'payout' | 'return' | 'collection';
  readonly atMs: number;
  readonly counterpartyAccount: string;
  readonly counterpartyName: string;
  readonly remittance: string;
  readonly returnCode: string | null;
  readonly returnText: string | null;
}

export interface Payment {
  readonly order: Instruction;
  readonly fault: Fault | undefined;
  readonly receivedAtMs: number;
  status: 'DROPPED' | 'PDNG' | 'ACSC' | 'RJCT';
  reason?: { readonly code: string; readonly text: string };
  reference?: string;
  bookedAtMs?: number;
  returned: boolean;
  lookupsLeft: number;
}

/** A request to give a payment back, and where it stands. */
export interface Recall {
  readonly request: RecallRequest;
  readonly uetr: string | null;
  standing: 'pending' | 'accepted' | 'refused';
  code: string | null;
}

/** The memory of the simulated bank: what follows from its journal. */
export class BankState {
  readonly accounts = new Map<string, Account>();
  readonly payments = new Map<string, Payment>();
  /** The orders of each file (MsgId), by their EndToEndIds. */
  readonly files = new Map<string, string[]>();
  readonly faults = new Map<string, Fault>();
  readonly recalls = new Map<string, Recall>();
  readonly recallScripts = new Map<string, RecallScript>();
  /** Lines that no receiver has acknowledged, by entry key. */
  readonly toPush = new Map<string, Entry>();
  private readonly collected = new Set<string>();
  private references = 0;

  constructor(private readonly agenda: Agenda) {}

  apply(event: BankEvent): void {
    switch (event.type) {
      case 'account':
        return this.openAccount(event);
      case 'account-changed':
        return this.changeAccount(event.accountNumber, event.changes);
      case 'fault':
        this.faults.set(faultKey(event.accountNumber, event.nth), event.fault);
        return;
      case 'received':
        return this.receive(event.order, event.ordinal, event.atMs);
      case 'accepted':
        return this.accept(event.endToEndId, event.dueMs);
      case 'rejected':
        return this.reject(event);
      case 'booked':
        return this.book(event);
      case 'returned':
        return this.giveBack(event);
      case 'recall-script':
        this.recallScripts.set(event.endToEndId, event);
        return;
      case 'recall-received':
        return this.receiveRecall(event.request, event.dueMs);
      case 'recall-refused':
        return this.refuseRecall(event.recallId, event.code);
      case 'recall-accepted':
        return this.acceptRecall(event.recallId, event.dueMs);
      case 'collected':
        return this.collect(event);
      case 'looked-up':
        this.payment(event.endToEndId).lookupsLeft -= 1;
        return;
      case 'pushed':
        this.toPush.delete(event.entry);
    }
  }

  /** @throws when there is no such account. */
  account(accountNumber: string): Account {
    const account = this.accounts.get(accountNumber);
    if (account === undefined) throw new Error(`the bank knows no account ${accountNumber}`);
    return account;
  }

  payment(endToEndId: string): Payment {
    const payment = this.payments.get(endToEndId);
    if (payment === undefined) throw new Error(`the bank knows no order ${endToEndId}`);
    return payment;
  }

  recall(recallId: string): Recall {
    const recall = this.recalls.get(recallId);
    if (recall === undefined) throw new Error(`the bank knows no recall ${recallId}`);
    return recall;
  }

  /** Whether another request for this payment was accepted. */
  isGivenBack(endToEndId: string): boolean {
    return [...this.recalls.values()].some(({ request, standing }) => request.endToEndId === endToEndId && standing === 'accepted');
  }

  /** The bank's own number of the next line (AcctSvcrRef). */
  nextReference(): string {
    return `BK${String(this.references + 1).padStart(12, '0')}`;
  }

  wasCollected(accountNumber: string, reference: string): boolean {
    return this.collected.has(`${accountNumber}/${reference}`);
  }

  private openAccount({ type: _type, openedAtMs, ...terms }: Extract<BankEvent, { type: 'account' }>): void {
    const account = { terms, status: 'open' as const, openedAtMs, entries: [], balanceFen: 0n, reservedFen: 0n, received: 0 };
    this.accounts.set(terms.accountNumber, account);
  }

  private changeAccount(accountNumber: string, { status, ...changes }: AccountChanges): void {
    const account = this.account(accountNumber);
    account.terms = { ...account.terms, ...changes };
    account.status = status ?? account.status;
  }

  private receive(order: Instruction, ordinal: number, atMs: number): void {
    const fault = this.faults.get(faultKey(order.debtorAccount, ordinal));
    const lookupsLeft = fault?.name === 'not-found-then-found' ? (fault.params.lookups ?? 1) : 0;
    this.payments.set(order.endToEndId, { order, fault, receivedAtMs: atMs, status: 'DROPPED', returned: false, lookupsLeft });
    this.files.set(order.messageId, [...(this.files.get(order.messageId) ?? []), order.endToEndId]);
    this.account(order.debtorAccount).received = ordinal;
  }

  private accept(endToEndId: string, dueMs: number | null): void {
    const payment = this.payment(endToEndId);
    const account = this.account(payment.order.debtorAccount);
    payment.status = 'PDNG';
    account.reservedFen += BigInt(payment.order.amountFen);
    if (dueMs !== null) this.agenda.put(account.terms.clockId, `book/${endToEndId}`, dueMs);
  }

  private reject(event: Extract<BankEvent, { type: 'rejected' }>): void {
    const payment = this.payment(event.endToEndId);
    this.release(payment);
    payment.status = 'RJCT';
    payment.reason = { code: event.code, text: event.text };
  }

  private book(event: Extract<BankEvent, { type: 'booked' }>): void {
    const payment = this.payment(event.endToEndId);
    this.release(payment);
    payment.status = 'ACSC';
    payment.reference = event.reference;
    payment.bookedAtMs = event.atMs;
    this.bothSides(payment, event.reference, event.atMs, 'payout', null, event.push);
    const { clockId } = this.account(payment.order.debtorAccount).terms;
    if (event.bounceDueMs !== null) this.agenda.put(clockId, `bounce/${event.endToEndId}`, event.bounceDueMs);
  }

  private giveBack(event: Extract<BankEvent, { type: 'returned' }>): void {
    const payment = this.payment(event.endToEndId);
    payment.returned = true;
    this.agenda.drop(this.clockOf(payment), `bounce/${event.endToEndId}`);
    if (event.recallId !== undefined) {
      this.account(payment.order.creditorAccount).reservedFen -= BigInt(payment.order.amountFen);
      this.agenda.drop(this.clockOf(payment), `recall-return/${event.recallId}`);
    }
    this.bothSides(payment, event.reference, event.atMs, 'return', event, true);
  }

  private receiveRecall(request: RecallRequest, dueMs: number): void {
    const payment = this.payments.get(request.endToEndId);
    this.recalls.set(request.recallId, { request, uetr: payment?.order.uetr ?? null, standing: 'pending', code: null });
    if (payment !== undefined) this.agenda.put(this.clockOf(payment), `recall/${request.recallId}`, dueMs);
  }

  private refuseRecall(recallId: string, code: string): void {
    const recall = this.recall(recallId);
    recall.standing = 'refused';
    recall.code = code;
    const payment = this.payments.get(recall.request.endToEndId);
    if (payment !== undefined) this.agenda.drop(this.clockOf(payment), `recall/${recallId}`);
  }

  private acceptRecall(recallId: string, dueMs: number): void {
    const recall = this.recall(recallId);
    const payment = this.payment(recall.request.endToEndId);
    recall.standing = 'accepted';
    this.account(payment.order.creditorAccount).reservedFen += BigInt(payment.order.amountFen);
    this.agenda.drop(this.clockOf(payment), `recall/${recallId}`);
    this.agenda.put(this.clockOf(payment), `recall-return/${recallId}`, dueMs);
  }

  private clockOf(payment: Payment): ClockId {
    return this.account(payment.order.debtorAccount).terms.clockId;
  }

  private release(payment: Payment): void {
    if (payment.status !== 'PDNG') return;
    const account = this.account(payment.order.debtorAccount);
    account.reservedFen -= BigInt(payment.order.amountFen);
    this.agenda.drop(account.terms.clockId, `book/${payment.order.endToEndId}`);
  }

  /** A payout or its return, in the custody account and, mirrored, in the payee's. */
  private bothSides(
    payment: Payment,
    reference: string,
    atMs: number,
    kind: 'payout' | 'return',
    reason: { readonly code: string; readonly text: string } | null,
    push: boolean,
  ): void {
    const { order } = payment;
    const line = {
      reference,
      kind,
      atMs,
      endToEndId: order.endToEndId,
      uetr: order.uetr,
      amountFen: BigInt(order.amountFen),
      remittance: order.remittance,
      returnCode: reason?.code ?? null,
      returnText: reason?.text ?? null,
    };
    const [ours, theirs] = kind === 'payout' ? (['DBIT', 'CRDT'] as const) : (['CRDT', 'DBIT'] as const);
    const creditor = { counterpartyAccount: order.creditorAccount, counterpartyName: order.creditorName };
    const debtor = { counterpartyAccount: order.debtorAccount, counterpartyName: order.debtorName };
    this.enter({ ...line, ...creditor, accountNumber: order.debtorAccount, sign: ours }, push);
    this.enter({ ...line, ...debtor, accountNumber: order.creditorAccount, sign: theirs }, push);
    this.references += 1;
  }

  private collect(event: Collection): void {
    this.collected.add(`${event.accountNumber}/${event.reference}`);
    this.enter(
      { ...event, kind: 'collection', amountFen: BigInt(event.amountFen), endToEndId: null, uetr: null, returnCode: null, returnText: null },
      true,
    );
  }

  private enter(line: Omit<Entry, 'key'>, push: boolean): void {
    const { accountNumber, reference, sign, endToEndId, uetr, amountFen, kind, atMs, returnCode, returnText } = line;
    const { counterpartyAccount, counterpartyName, remittance } = line;
    const key = `${accountNumber}/${reference}/${sign}`;
    const entry: Entry = {
      key,
      accountNumber,
      reference,
      endToEndId,
      uetr,
      amountFen,
      sign,
      kind,
      atMs,
      counterpartyAccount,
      counterpartyName,
      remittance,
      returnCode,
      returnText,
    };
    const account = this.account(accountNumber);
    account.entries.push(entry);
    account.balanceFen += sign === 'CRDT' ? amountFen : -amountFen;
    if (push && account.terms.notifyUrl !== null) this.toPush.set(key, entry);
  }
}

function faultKey(accountNumber: string, nth: number): string {
  return `${accountNumber}#${nth}`;
}
