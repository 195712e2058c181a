import type {
  BankAccount,
  BankEntry,
  BankLink,
  BankNotice,
  BankStatement,
  NameCheck,
  PaymentFiles,
  PaymentOrder,
  QueryOutcome,
  SubmitOutcome,
} from '../../adapters/payment/port';
import { currentTask, point } from '../gate';
import type { Sky } from './weather';

/** One line of the bank's own books about a custody account. */
export type BankLine = BankEntry & { readonly step: number };

interface Order {
  readonly order: PaymentOrder;
  state: 'taken' | 'booked' | 'refused' | 'returned';
  bookedFen: bigint;
  reference: string | null;
  bookedAt: string | null;
  returned: BankLine | null;
  hiddenFor: number;
}

/** How an order first arrived. `beganAt`: the step in which the worker that sent it began. */
export interface Arrival {
  readonly order: PaymentOrder;
  readonly step: number;
  readonly beganAt: number;
}

/** What the bank needs of the simulation around it. */
export interface Surroundings {
  readonly sky: Sky;
  readonly step: () => number;
  readonly nowMs: () => number;
}

const BANKS_WORD = 'simulated';

/** A bank with one custody account and books of its own. It moves money once per order id, whatever it is asked and whatever it answers. */
export class SimulatedBank implements BankLink {
  readonly lines: BankLine[] = [];
  readonly arrivals: Arrival[] = [];
  readonly orders = new Map<string, Order>();
  #balanceFen = 0n;
  #references = 0;

  constructor(
    readonly accountNumber: string,
    private readonly around: Surroundings,
  ) {}

  get balanceFen(): bigint {
    return this.#balanceFen;
  }

  submit(order: PaymentOrder): Promise<SubmitOutcome> {
    return point(null, async () => this.#hears(order));
  }

  query(payoutId: string): Promise<QueryOutcome> {
    return point(null, async () => this.#tells(payoutId));
  }

  /** A file has one answer: what is lost of it is lost of all its orders. */
  readonly files: PaymentFiles = {
    most: 4,
    submit: (_fileId, orders) =>
      point(null, async () => {
        const outcomes = new Map(orders.map((order) => [order.payoutId, this.#hears(order)]));
        const lost = [...outcomes.values()].find(({ kind }) => kind === 'UNKNOWN');
        return lost ? new Map(orders.map(({ payoutId }) => [payoutId, lost])) : outcomes;
      }),
    query: (_fileId, _account, payoutIds) =>
      point(null, async () => {
        const told = payoutIds.map((id): [string, QueryOutcome] => [id, this.#tells(id)]);
        return new Map(told.map(([id, outcome]) => [id, outcome.kind === 'NOT_FOUND' ? { kind: 'UNKNOWN', reason: 'not in the report' } : outcome]));
      }),
  };

  #hears(order: PaymentOrder): SubmitOutcome {
    const { sky } = this.around;
    if (sky.strikes('never-arrived')) return { kind: 'UNKNOWN', reason: 'the connection broke' };
    const known = this.orders.get(order.payoutId);
    if (known) return known.state === 'refused' ? this.#refusal() : { kind: 'ACCEPTED', reference: `A${order.payoutId}` };
    this.arrivals.push({ order, step: this.around.step(), beganAt: currentTask()?.beganAt ?? this.around.step() });
    const taken: Order = { order, state: 'taken', bookedFen: 0n, reference: null, bookedAt: null, returned: null, hiddenFor: 0 };
    this.orders.set(order.payoutId, taken);
    if (sky.strikes('refused') || order.amountFen > this.#balanceFen) {
      taken.state = 'refused';
      return this.#refusal();
    }
    if (sky.strikes('slow')) return { kind: 'ACCEPTED', reference: `A${order.payoutId}` };
    this.#book(taken, sky.strikes('other-amount') ? order.amountFen - 1n : order.amountFen);
    if (sky.strikes('hidden')) taken.hiddenFor = 2;
    else if (!sky.strikes('answer-lost')) return { kind: 'ACCEPTED', reference: `A${order.payoutId}` };
    return { kind: 'UNKNOWN', reason: 'the answer was lost' };
  }

  #tells(payoutId: string): QueryOutcome {
    if (this.around.sky.strikes('never-arrived', 'answer-lost')) return { kind: 'UNKNOWN', reason: 'the answer was lost' };
    const known = this.orders.get(payoutId);
    if (!known || known.hiddenFor > 0) {
      if (known) known.hiddenFor -= 1;
      return { kind: 'NOT_FOUND' };
    }
    if (known.state === 'taken') return { kind: 'PENDING', code: 'PDNG' };
    if (known.state === 'refused') return { kind: 'FAILED', code: 'AC04', text: BANKS_WORD };
    if (known.returned)
      return {
        kind: 'RETURNED',
        reference: known.returned.reference,
        bookedAt: known.returned.bookedAt,
        amountFen: known.returned.amountFen,
        code: 'AC04',
        text: BANKS_WORD,
      };
    return { kind: 'SUCCEEDED', reference: known.reference!, bookedAt: known.bookedAt!, amountFen: known.bookedFen };
  }

  async checkAccountName(_account: BankAccount): Promise<NameCheck> {
    return point<NameCheck>(null, async () => 'match');
  }

  parseNotice(): Promise<BankNotice> {
    throw new Error('The simulation hands notices over as they are parsed');
  }

  statement(): Promise<BankStatement> {
    throw new Error('The simulation hands lines over as they are parsed');
  }

  /** Books what was only taken. @returns the line, or null where nothing waits. */
  works(payoutId: string): BankLine | null {
    const waiting = this.orders.get(payoutId);
    if (waiting?.state !== 'taken') return null;
    return this.#book(waiting, waiting.order.amountFen);
  }

  /** Sends money of a booked payment back; a second time, or a part, where it misbehaves. */
  bounces(payoutId: string, amountFen: bigint): BankLine {
    const order = this.orders.get(payoutId)!;
    const line = this.#line('CRDT', amountFen, payoutId, 'AC04');
    order.state = 'returned';
    order.returned ??= line;
    return line;
  }

  /** Money that somebody else moves on the account. */
  moves(sign: 'CRDT' | 'DBIT', amountFen: bigint, endToEndId: string | null = null, remittance: string | null = null): BankLine {
    return this.#line(sign, amountFen, endToEndId, null, remittance);
  }

  #book(order: Order, amountFen: bigint): BankLine {
    const line = this.#line('DBIT', amountFen, order.order.payoutId, null);
    Object.assign(order, { state: 'booked', bookedFen: amountFen, reference: line.reference, bookedAt: line.bookedAt });
    return line;
  }

  #refusal(): SubmitOutcome {
    return { kind: 'REJECTED', code: 'AC04', text: BANKS_WORD, final: true };
  }

  #line(sign: 'CRDT' | 'DBIT', amountFen: bigint, endToEndId: string | null, returnCode: string | null, remittance: string | null = null): BankLine {
    this.#balanceFen += sign === 'CRDT' ? amountFen : -amountFen;
    const line: BankLine = {
      accountNumber: this.accountNumber,
      reference: `L${(this.#references += 1)}`,
      amountFen,
      sign,
      status: 'BOOK',
      bookedAt: new Date(this.around.nowMs()).toISOString(),
      endToEndId,
      returnCode,
      returnText: null,
      counterparty: null,
      remittance,
      step: this.around.step(),
    };
    this.lines.push(line);
    return line;
  }
}
