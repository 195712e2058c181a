import type {
  Bill,
  BillLine,
  CloseOutcome,
  DonationChannel,
  DonationNotice,
  GiftOrder,
  OrderOutcome,
  PaymentState,
  RefundOrder,
  RefundOutcome,
  RefundRef,
} from '../../adapters/donation/port';
import { point } from '../gate';
import type { Surroundings } from './bank';

const DAY_MS = 86_400_000;
/** The civil day in Shanghai, which has had one offset since 1991. */
const shanghaiDayOf = (at: string): string => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);

/** A payment that a donor made. */
export interface Payment {
  readonly orderId: string;
  readonly transactionId: string;
  readonly amountFen: bigint;
  readonly paidAt: string;
}

interface Refund {
  readonly order: RefundOrder;
  state: 'processing' | 'done' | 'abnormal';
  at: string;
  hiddenFor: number;
}

/** A donation channel with books of its own: it gives back once per refund number, and never more than was paid. */
export class SimulatedChannel implements DonationChannel {
  readonly orders = new Map<string, GiftOrder>();
  readonly payments = new Map<string, Payment>();
  readonly refunds = new Map<string, Refund>();
  /** What the channel holds for the platform: paid in, less given back and swept away, fen. */
  balanceFen = 0n;

  constructor(
    readonly merchantId: string,
    private readonly around: Surroundings,
  ) {}

  createOrder(order: GiftOrder): Promise<OrderOutcome> {
    return point(null, async () => {
      if (this.around.sky.strikes('never-arrived')) return { kind: 'UNKNOWN', reason: 'the connection broke' };
      if (this.around.sky.strikes('refused')) return { kind: 'REJECTED', code: 'PARAM_ERROR', text: 'simulated' };
      this.orders.set(order.orderId, order);
      if (this.around.sky.strikes('answer-lost')) return { kind: 'UNKNOWN', reason: 'the answer was lost' };
      return { kind: 'CREATED', codeUrl: `weixin://pay/${order.orderId}` };
    });
  }

  queryOrder(_merchantId: string, orderId: string): Promise<PaymentState> {
    return point(null, async () => {
      if (this.around.sky.strikes('never-arrived', 'answer-lost')) return { kind: 'UNKNOWN', reason: 'the answer was lost' };
      const paid = this.payments.get(orderId);
      if (paid) return { kind: 'PAID', ...paid };
      return this.orders.has(orderId) ? { kind: 'NOT_PAID' } : { kind: 'NOT_FOUND' };
    });
  }

  refund(order: RefundOrder): Promise<RefundOutcome> {
    return point(null, async () => {
      const { sky } = this.around;
      if (sky.strikes('never-arrived')) return { kind: 'UNKNOWN', reason: 'the connection broke' };
      const known = this.refunds.get(order.refundId);
      if (known) return this.#outcome(known);
      const paid = this.payments.get(order.orderId);
      if (!paid || order.totalFen !== paid.amountFen || this.refundedFen(order.orderId) + order.refundFen > paid.amountFen)
        return { kind: 'REJECTED', code: 'NOT_ENOUGH', text: 'simulated' };
      const made: Refund = { order, state: 'processing', at: new Date(this.around.nowMs()).toISOString(), hiddenFor: 0 };
      this.refunds.set(order.refundId, made);
      if (sky.strikes('refused')) made.state = 'abnormal';
      else if (!sky.strikes('slow')) this.gives(order.refundId);
      if (sky.strikes('hidden')) made.hiddenFor = 2;
      else if (!sky.strikes('answer-lost')) return this.#outcome(made);
      return { kind: 'UNKNOWN', reason: 'the answer was lost' };
    });
  }

  queryRefund({ refundId }: RefundRef): Promise<RefundOutcome> {
    return point(null, async () => {
      if (this.around.sky.strikes('never-arrived', 'answer-lost')) return { kind: 'UNKNOWN', reason: 'the answer was lost' };
      const known = this.refunds.get(refundId);
      if (!known || known.hiddenFor > 0) {
        if (known) known.hiddenFor -= 1;
        return { kind: 'NOT_FOUND' };
      }
      return this.#outcome(known);
    });
  }

  closeOrder(_merchantId: string, orderId: string): Promise<CloseOutcome> {
    return point(null, async () => {
      if (this.around.sky.strikes('never-arrived')) return { kind: 'UNKNOWN', reason: 'the connection broke' };
      if (this.payments.has(orderId)) return { kind: 'PAID' };
      if (!this.orders.delete(orderId)) return { kind: 'NOT_FOUND' };
      return this.around.sky.strikes('answer-lost') ? { kind: 'UNKNOWN', reason: 'the answer was lost' } : { kind: 'CLOSED' };
    });
  }

  fetchBill(_merchantId: string, day: string): Promise<Bill> {
    return point(null, async () => {
      if (this.around.sky.strikes('never-arrived', 'answer-lost')) return { kind: 'UNKNOWN', reason: 'the answer was lost' };
      if (this.around.nowMs() < Date.parse(`${day}T10:00:00+08:00`) + DAY_MS) return { kind: 'NOT_READY' };
      const paid = [...this.payments.values()].map(
        ({ orderId, transactionId, amountFen, paidAt }): BillLine => ({
          kind: 'paid',
          orderId,
          transactionId,
          refundId: null,
          amountFen,
          feeFen: 0n,
          at: paidAt,
        }),
      );
      const refunds = [...this.refunds.values()].map(
        ({ order, at }): BillLine => ({
          kind: 'refund',
          orderId: order.orderId,
          transactionId: `T${order.orderId}`,
          refundId: order.refundId,
          amountFen: order.refundFen,
          feeFen: 0n,
          at,
        }),
      );
      return { kind: 'READY', lines: [...paid, ...refunds].filter(({ at }) => shanghaiDayOf(at) === day) };
    });
  }

  parseNotice(): Promise<DonationNotice> {
    throw new Error('The simulation hands notices over as they are parsed');
  }

  /** A donor pays an order that stands. */
  pays(orderId: string): Payment {
    const { amountFen } = this.orders.get(orderId)!;
    const payment = { orderId, transactionId: `T${orderId}`, amountFen, paidAt: new Date(this.around.nowMs()).toISOString() };
    this.payments.set(orderId, payment);
    this.balanceFen += amountFen;
    return payment;
  }

  /** A refund that is under way reaches the donor. */
  gives(refundId: string): void {
    const refund = this.refunds.get(refundId)!;
    if (refund.state !== 'processing') return;
    refund.state = 'done';
    this.balanceFen -= refund.order.refundFen;
  }

  /** @returns what went back, or is going back, of an order, fen. */
  refundedFen(orderId: string): bigint {
    return [...this.refunds.values()]
      .filter(({ order, state }) => order.orderId === orderId && state !== 'abnormal')
      .reduce((sum, { order }) => sum + order.refundFen, 0n);
  }

  /** What the channel says of a payment. */
  paidNotice({ orderId, transactionId, amountFen, paidAt }: Payment): Extract<DonationNotice, { kind: 'paid' }> {
    const noticeId = `N${transactionId}`;
    return {
      kind: 'paid',
      noticeId,
      merchantId: this.merchantId,
      orderId,
      transactionId,
      amountFen,
      currency: 'CNY',
      paidAt,
      payerId: `payer-of-${orderId}`,
    };
  }

  /** What the channel says of a refund. */
  refundNotice(refundId: string): Extract<DonationNotice, { kind: 'refund' }> {
    const known = this.refunds.get(refundId)!;
    const { orderId, refundFen } = known.order;
    return { kind: 'refund', noticeId: `N${refundId}`, merchantId: this.merchantId, orderId, refundId, refundFen, outcome: this.#outcome(known) };
  }

  #outcome({ state, order, at }: Refund): RefundOutcome {
    if (state === 'processing') return { kind: 'PROCESSING' };
    if (state === 'abnormal') return { kind: 'ABNORMAL', text: 'simulated' };
    return { kind: 'SUCCEEDED', reference: `F${order.refundId}`, refundedAt: at };
  }
}
