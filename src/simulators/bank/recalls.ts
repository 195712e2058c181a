import type { Journal } from '../support/journal';
import { MINUTE_MS } from '../support/time';
import type { BankEvent, RecallRequest } from './events';
import type { BankState, Payment, Recall } from './state';
import { yuanText } from './xml';

/** How a request to give a payment back is answered. */
export type RecallReception =
  | { readonly kind: 'standing'; readonly recall: Recall }
  | { readonly kind: 'connection-lost' }
  | { readonly kind: 'differs' };

/** When the payee's bank decides, and when it then books the money, unless the controls say otherwise. */
const DECIDES_MINUTES = 60;
const RETURNS_MINUTES = 10;

/** Requests to give a booked payment back: the payee's bank decides later, and its acceptance sets the payee's money aside until it goes back. */
export class Recalls {
  constructor(
    private readonly state: BankState,
    private readonly journal: Journal<BankEvent>,
  ) {}

  /** Takes a request in: a repeated id with the same fields is the same request. The caller awaits the journal before it answers. */
  receive(request: RecallRequest, nowMs: number): RecallReception {
    const known = this.state.recalls.get(request.recallId);
    if (known !== undefined) {
      const same = (Object.keys(request) as (keyof RecallRequest)[]).every((field) => known.request[field] === request[field]);
      return same ? { kind: 'standing', recall: known } : { kind: 'differs' };
    }
    const script = this.state.recallScripts.get(request.endToEndId);
    const minutes = script?.afterMinutes ?? DECIDES_MINUTES;
    this.put({ type: 'recall-received', request, dueMs: nowMs + minutes * MINUTE_MS });
    const objection = this.atOnce(request);
    if (objection !== null) this.put({ type: 'recall-refused', recallId: request.recallId, code: objection });
    else if (minutes === 0) this.decide(request.recallId, nowMs);
    return script?.answerLost ? { kind: 'connection-lost' } : { kind: 'standing', recall: this.state.recall(request.recallId) };
  }

  /** The payee's bank decides: it gives back what the payee has, unless its customer refuses. */
  decide(recallId: string, nowMs: number): void {
    const { request, standing } = this.state.recall(recallId);
    if (standing !== 'pending') return;
    const payment = this.state.payment(request.endToEndId);
    const script = this.state.recallScripts.get(request.endToEndId);
    const code = script?.refusal ?? this.cannot(payment);
    if (code !== null) return this.put({ type: 'recall-refused', recallId, code });
    this.put({ type: 'recall-accepted', recallId, dueMs: nowMs + (script?.returnsAfterMinutes ?? RETURNS_MINUTES) * MINUTE_MS });
  }

  /** The money that was set aside goes back. */
  giveBack(recallId: string, nowMs: number): void {
    const { endToEndId } = this.state.recall(recallId).request;
    this.put({ type: 'returned', endToEndId, reference: this.state.nextReference(), code: 'FOCR', text: '应撤销请求退回', atMs: nowMs, recallId });
  }

  /** What needs no asking of the payee (ExternalPaymentCancellationRejection1Code). */
  private atOnce({ endToEndId, accountNumber, amount }: RecallRequest): string | null {
    const payment = this.state.payments.get(endToEndId);
    if (payment?.status !== 'ACSC' || payment.order.debtorAccount !== accountNumber || yuanText(BigInt(payment.order.amountFen)) !== amount)
      return 'NOOR';
    return payment.returned || this.state.isGivenBack(endToEndId) ? 'ARDT' : null;
  }

  private cannot({ order, returned }: Payment): string | null {
    if (returned) return 'ARDT';
    const payee = this.state.account(order.creditorAccount);
    if (payee.status === 'closed') return 'AC04';
    return payee.balanceFen - payee.reservedFen < BigInt(order.amountFen) ? 'AM04' : null;
  }

  /** Memory changes at once; a failed write shows when the answer awaits the journal. */
  private put(event: BankEvent): void {
    this.journal.record(event).catch(() => undefined);
  }
}
