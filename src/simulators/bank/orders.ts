import type { Journal } from '../support/journal';
import { chinaTime, DAY_MS, MINUTE_MS } from '../support/time';
import type { BankEvent, Fault, Instruction } from './events';
import { statusOf, type Status } from './pain002';
import type { BankState, Payment } from './state';
import { objection, sameOrder, waitsUntilDay } from './verdict';

/** How a received order is answered. */
export type Reception =
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'connection-lost' }
  | { readonly kind: 'server-error' };

const SLOW_MINUTES = 10;
const BOUNCE_DAYS = 2;
const RETURN_TEXTS: Readonly<Record<string, string>> = { AC04: '收款账户已销户', BE01: '户名与账号不符', AC01: '收款账号不存在' };

/** Takes orders in, books them, and gives them back. Every decision is in the journal before anyone hears of it. */
export class Orders {
  constructor(
    private readonly state: BankState,
    private readonly journal: Journal<BankEvent>,
  ) {}

  /**
   * Receives an order: a repeated EndToEndId with the same fields gets the same answer, with other fields AM05.
   * The caller awaits the journal before it answers. An account is served by its own link alone.
   */
  receive(order: Instruction, nowMs: number, link?: 'cmb'): Reception {
    const known = this.state.payments.get(order.endToEndId);
    if (known !== undefined && !sameOrder(known.order, order)) return rejected('AM05', '业务编号重复且内容不一致');
    if (known !== undefined && known.status !== 'DROPPED') return { kind: 'status', status: statusOf(known) };
    const debtor = this.state.accounts.get(order.debtorAccount);
    if (debtor === undefined || debtor.terms.link !== link) return rejected('AC02', '付款账号不存在');
    if (known === undefined) this.put({ type: 'received', order, ordinal: debtor.received + 1, atMs: nowMs });
    const payment = this.state.payment(order.endToEndId);
    if (known === undefined && payment.fault?.name === 'drop-before') return { kind: 'connection-lost' };
    this.decide(payment, nowMs);
    if (known === undefined && payment.status !== 'RJCT') return firstAnswer(payment);
    return { kind: 'status', status: statusOf(payment) };
  }

  /** A waiting order's time has come. */
  bookWaiting(endToEndId: string, nowMs: number): void {
    const payment = this.state.payment(endToEndId);
    const creditor = this.state.accounts.get(payment.order.creditorAccount);
    if (creditor?.status === 'open') this.book(payment, nowMs);
    else this.put({ type: 'rejected', endToEndId, code: 'AC04', text: '收款账户已销户' });
  }

  /** The payee's bank sends the money back. */
  bounce(endToEndId: string, nowMs: number): void {
    const code = this.state.payment(endToEndId).fault?.params.code ?? 'AC04';
    const text = RETURN_TEXTS[code] ?? '收款行退汇';
    this.put({ type: 'returned', endToEndId, reference: this.state.nextReference(), code, text, atMs: nowMs });
  }

  private decide(payment: Payment, nowMs: number): void {
    const { order, fault } = payment;
    const { endToEndId } = order;
    if (fault?.name === 'reject') {
      const code = fault.params.code ?? 'AC01';
      this.put({ type: 'rejected', endToEndId, code, text: RETURN_TEXTS[code] ?? '银行拒绝受理' });
      return;
    }
    const no = objection(this.state, order);
    const day = waitsUntilDay(order, nowMs);
    if (no !== null) this.put({ type: 'rejected', endToEndId, ...no });
    else if (fault?.name === 'stuck') this.put({ type: 'accepted', endToEndId, dueMs: null });
    else if (fault?.name === 'slow')
      this.put({ type: 'accepted', endToEndId, dueMs: nowMs + (fault.params.afterMinutes ?? SLOW_MINUTES) * MINUTE_MS });
    else if (day !== null) this.put({ type: 'accepted', endToEndId, dueMs: chinaTime(day, 8, 30) });
    else this.book(payment, nowMs);
  }

  private book(payment: Payment, nowMs: number): void {
    const { order, fault } = payment;
    const bounceDueMs = fault?.name === 'bounce' ? nowMs + bounceMs(fault) : null;
    const reference = this.state.nextReference();
    const push = fault?.params.noPush !== true;
    this.put({ type: 'booked', endToEndId: order.endToEndId, reference, atMs: nowMs, bounceDueMs, push });
  }

  /** Memory changes at once; a failed write shows when the answer awaits the journal. */
  private put(event: BankEvent): void {
    this.journal.record(event).catch(() => undefined);
  }
}

function firstAnswer(payment: Payment): Reception {
  switch (payment.fault?.name) {
    case 'answer-lost':
    case 'not-found-then-found':
      return { kind: 'connection-lost' };
    case '500-after-commit':
      return { kind: 'server-error' };
    default:
      return { kind: 'status', status: statusOf(payment) };
  }
}

function bounceMs({ params }: Fault): number {
  if (params.afterMinutes !== undefined) return params.afterMinutes * MINUTE_MS;
  return (params.afterDays ?? BOUNCE_DAYS) * DAY_MS;
}

function rejected(code: string, text: string): Reception {
  return { kind: 'status', status: { code: 'RJCT', reason: { code, text } } };
}
