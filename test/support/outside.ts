import { MessageError, SignatureError, WireError } from '../../src/adapters/errors';
import type {
  Bill,
  CloseOutcome,
  DonationChannel,
  DonationNotice,
  DonorCard,
  GiftOrder,
  OrderOutcome,
  PaymentState,
  RefundOrder,
  RefundOutcome,
  RefundRef,
} from '../../src/adapters/donation/port';
import type {
  BankAccount,
  BankEntry,
  BankLink,
  BankNotice,
  Banks,
  BankStatement,
  NameCheck,
  PaymentFiles,
  PaymentOrder,
  QueryOutcome,
  RailName,
  RecallOrder,
  RecallOutcome,
  Recalls,
  SubmitOutcome,
  WalletNotice,
  WalletOrder,
  WalletRail,
  Wallets,
} from '../../src/adapters/payment/port';
import type { IdentityService, IdentityVerdict } from '../../src/adapters/verification/port';
import { SimulatorControls } from '../../src/sandbox/simulatorControls';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Stands for a provider's signature: what does not carry it is not from the provider. */
export const SIGNED = { 'x-fake-signature': 'good' } as const;

/** Reads what a fake provider pushed; amounts travel as decimal strings. */
function readNotice<T>(rawBody: Buffer, headers: Headers): T {
  if (headers['x-fake-signature'] !== 'good') throw new SignatureError('The signature does not hold');
  try {
    return JSON.parse(rawBody.toString('utf8'), (key, value: unknown) => (key.endsWith('Fen') ? BigInt(value as string) : value)) as T;
  } catch {
    throw new MessageError('The body is not the message it claims to be');
  }
}

/** A channel that takes every order and refunds at once, unless told otherwise. */
export class FakeChannel implements DonationChannel {
  readonly orders = new Map<string, GiftOrder>();
  readonly refunds = new Map<string, RefundOrder>();
  onOrder: (order: GiftOrder) => OrderOutcome = (order) => ({ kind: 'CREATED', codeUrl: `weixin://pay/${order.orderId}` });
  onQuery: (orderId: string) => PaymentState = () => ({ kind: 'NOT_PAID' });
  onRefund: (order: RefundOrder) => RefundOutcome = (order) => ({
    kind: 'SUCCEEDED',
    reference: `RF${order.refundId}`,
    refundedAt: '2021-03-01T04:00:00Z',
  });
  onQueryRefund: (refundId: string) => RefundOutcome = () => ({ kind: 'NOT_FOUND' });

  async createOrder(order: GiftOrder): Promise<OrderOutcome> {
    this.orders.set(order.orderId, order);
    return this.onOrder(order);
  }

  async queryOrder(_merchantId: string, orderId: string): Promise<PaymentState> {
    return this.onQuery(orderId);
  }

  async refund(order: RefundOrder): Promise<RefundOutcome> {
    this.refunds.set(order.refundId, order);
    return this.onRefund(order);
  }

  /** What the bill of a day says; a day without one is empty. By merchant and day. */
  readonly bills = new Map<string, Bill>();

  async closeOrder(): Promise<CloseOutcome> {
    return { kind: 'CLOSED' };
  }

  async fetchBill(merchantId: string, day: string): Promise<Bill> {
    return this.bills.get(`${merchantId}/${day}`) ?? { kind: 'READY', lines: [] };
  }

  async queryRefund({ refundId }: RefundRef): Promise<RefundOutcome> {
    return this.onQueryRefund(refundId);
  }

  /** The cards that it was asked to send failed refunds to. */
  readonly cards: DonorCard[] = [];
  onCard: (refundId: string) => RefundOutcome = () => ({ kind: 'PROCESSING' });

  readonly refundToCard = async ({ refundId }: RefundRef, card: DonorCard): Promise<RefundOutcome> => {
    this.cards.push(card);
    return this.onCard(refundId);
  };

  async parseNotice(rawBody: Buffer, headers: Headers): Promise<DonationNotice> {
    return readNotice(rawBody, headers);
  }
}

/** A bank that books a payout once per id, whatever it is asked; `script` says what it answers, one entry per question, then the truth. */
export class FakeBank implements BankLink {
  /** Every order that arrived, in order. */
  readonly received: PaymentOrder[] = [];
  /** What was booked: the money that left, by payout id. */
  readonly booked = new Map<string, PaymentOrder>();
  readonly submitScript: ((order: PaymentOrder, book: () => void) => SubmitOutcome | Promise<SubmitOutcome>)[] = [];
  readonly queryScript: ((payoutId: string) => QueryOutcome)[] = [];
  onNameCheck: (account: BankAccount) => NameCheck = () => 'match';

  async submit(order: PaymentOrder): Promise<SubmitOutcome> {
    this.received.push(order);
    const book = (): void => {
      if (!this.booked.has(order.payoutId)) this.booked.set(order.payoutId, order);
    };
    const scripted = this.submitScript.shift();
    if (scripted) return scripted(order, book);
    book();
    return { kind: 'ACCEPTED', reference: `B${order.payoutId}` };
  }

  async query(payoutId: string): Promise<QueryOutcome> {
    return this.queryScript.shift()?.(payoutId) ?? this.truth(payoutId);
  }

  /** Orders in a file hear what each would hear alone. */
  readonly files: PaymentFiles = {
    most: 500,
    submit: async (_fileId, orders) => {
      const outcomes = new Map<string, SubmitOutcome>();
      for (const order of orders) outcomes.set(order.payoutId, await this.submit(order));
      return outcomes;
    },
    query: async (_fileId, _account, payoutIds) => {
      const outcomes = new Map<string, QueryOutcome>();
      for (const id of payoutIds) outcomes.set(id, await this.query(id));
      return outcomes;
    },
  };

  /** Every recall that arrived, in order. */
  readonly recalled: RecallOrder[] = [];
  readonly #recalls = new Set<string>();
  /** How it takes a recall, one entry per asking: `take` keeps it. */
  readonly recallScript: ((take: () => void) => RecallOutcome)[] = [];
  /** What it says of a recall that it has. */
  onRecall: (recallId: string) => RecallOutcome = () => ({ kind: 'PENDING' });
  readonly recalls: Recalls = {
    ask: async (recall) => {
      this.recalled.push(recall);
      const take = (): void => void this.#recalls.add(recall.recallId);
      const scripted = this.recallScript.shift();
      if (scripted) return scripted(take);
      take();
      return this.onRecall(recall.recallId);
    },
    query: async ({ recallId }) => (this.#recalls.has(recallId) ? this.onRecall(recallId) : { kind: 'NOT_FOUND' }),
  };

  truth(payoutId: string): QueryOutcome {
    const order = this.booked.get(payoutId);
    if (!order) return { kind: 'NOT_FOUND' };
    return { kind: 'SUCCEEDED', reference: `B${payoutId}`, bookedAt: '2021-03-05T02:00:00Z', amountFen: order.amountFen };
  }

  async checkAccountName(account: BankAccount): Promise<NameCheck> {
    return this.onNameCheck(account);
  }

  async parseNotice(rawBody: Buffer, headers: Headers): Promise<BankNotice> {
    return readNotice(rawBody, headers);
  }

  /** What the account's statements hold, whatever the day; null: the bank gives none now. */
  lines: readonly BankEntry[] | null = [];

  async statement(accountNumber: string, date: string): Promise<BankStatement> {
    if (this.lines === null) throw new WireError('no statement now');
    const entries = this.lines.filter((line) => line.accountNumber === accountNumber && line.bookedAt.startsWith(date));
    return { statementId: `S${date}`, sequence: null, accountNumber, openingFen: 0n, closingFen: 0n, entries };
  }
}

/** A channel that keeps one transfer per id, whatever it is asked; `script`s say what it answers, one entry per question, then the truth. Its receiver has to confirm. */
export class FakeWallet implements WalletRail {
  /** Every order that arrived, in order. */
  readonly received: WalletOrder[] = [];
  /** What became of each transfer that it took. */
  readonly standing = new Map<string, QueryOutcome>();
  readonly submitScript: ((take: () => SubmitOutcome) => SubmitOutcome)[] = [];
  readonly queryScript: (() => QueryOutcome)[] = [];
  readonly cancelled: string[] = [];
  /** Until when receivers may confirm. */
  expiresAt = '2021-03-06T04:00:00.000Z';

  async submit(order: WalletOrder): Promise<SubmitOutcome> {
    this.received.push(order);
    const take = (): SubmitOutcome => {
      if (!this.standing.has(order.payoutId)) this.standing.set(order.payoutId, { kind: 'ACTION_REQUIRED', expiresAt: this.expiresAt });
      return {
        kind: 'ACCEPTED',
        reference: `W${order.payoutId}`,
        confirmation: { mchId: order.merchantId, appId: 'wx1', package: `P${order.payoutId}` },
      };
    };
    return this.submitScript.shift()?.(take) ?? take();
  }

  async query(payoutId: string): Promise<QueryOutcome> {
    return this.queryScript.shift()?.() ?? this.standing.get(payoutId) ?? { kind: 'NOT_FOUND' };
  }

  /** The receiver confirmed. */
  paid(payoutId: string, amountFen: bigint): void {
    this.standing.set(payoutId, { kind: 'SUCCEEDED', reference: `W${payoutId}`, bookedAt: '2021-03-05T08:00:00Z', amountFen });
  }

  readonly cancel = async (payoutId: string): Promise<void> => {
    this.cancelled.push(payoutId);
    this.standing.set(payoutId, { kind: 'FAILED', code: 'MCH_CANCEL', text: '' });
  };

  readonly parseNotice = async (rawBody: Buffer, headers: Headers): Promise<WalletNotice> => readNotice(rawBody, headers);
}

/** The links as they stand when they are asked for: a test may put another bank behind a rail. */
export const banksOf = (links: Readonly<Record<RailName, BankLink>>, wallets?: Wallets): Banks => ({
  names: ['iso20022', 'cmb'],
  of: (rail) => links[rail],
  ...(wallets ? { wallets } : {}),
});

/** One bank behind every rail. */
export const oneBank = (bank: BankLink): Banks => banksOf({ iso20022: bank, cmb: bank });

/** Knows everybody under the name given, unless told otherwise. */
export class FakeIdentities implements IdentityService {
  readonly answers = new Map<string, IdentityVerdict>();

  /** Every question, by how many elements it had. */
  readonly asked: (readonly string[])[] = [];
  readonly cards = new Map<string, IdentityVerdict>();

  async checkThreeElements(name: string, idNumber: string, phone: string): Promise<IdentityVerdict> {
    this.asked.push([name, idNumber, phone]);
    return this.answers.get(idNumber) ?? 'match';
  }

  async checkFourElements(name: string, idNumber: string, card: string, phone: string): Promise<IdentityVerdict> {
    this.asked.push([name, idNumber, card, phone]);
    return this.cards.get(card) ?? 'match';
  }

  async checkTwoElements(name: string, idNumber: string): Promise<IdentityVerdict> {
    this.asked.push([name, idNumber]);
    return this.answers.get(idNumber) ?? 'match';
  }
}

/** Simulator controls that reach nothing. */
export class FakeControls extends SimulatorControls {
  constructor() {
    super('http://127.0.0.1:9', 'unused');
  }

  override async call<T>(): Promise<T> {
    return { paid: 0, acknowledged: 0, failed: [] } as T;
  }
}
