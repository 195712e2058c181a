import type { BillLine } from '../../src/adapters/donation/port';
import type { BankEntry } from '../../src/adapters/payment/port';

// A month of a custody account and of a channel, made from a seed. It keeps its own truth of what each line is, and shares no rule with the product.

/** What a line of the bank is in truth; null: of nothing that the books know. */
export type Counterpart =
  | { readonly kind: 'payout' | 'return' | 'surplus'; readonly ids: readonly string[] }
  | { readonly kind: 'channel' | 'interest'; readonly ids: readonly [] }
  | null;

interface BankTruth {
  readonly line: BankEntry;
  readonly is: Counterpart;
}

interface BillTruth {
  readonly line: BillLine;
  /** Of a gift that was paid so; `differs`: of one that was paid otherwise; `noise`: of nothing, or once too often. */
  readonly is: 'gift' | 'differs' | 'noise';
}

export interface Month {
  readonly bank: readonly BankTruth[];
  /** By day: every line of the statement in the bank's order, some of them told again. */
  readonly statements: ReadonlyMap<string, readonly BankEntry[]>;
  readonly bills: ReadonlyMap<string, readonly BillTruth[]>;
  /** Gifts of which the books heard, or that the bill is to tell of. */
  readonly gifts: readonly MonthGift[];
  /** Gifts that were paid and that the bill leaves out. */
  readonly omitted: readonly string[];
  /** Payouts that come back after their release ended. */
  readonly late: readonly string[];
  readonly interestFen: bigint;
}

interface MonthGift {
  readonly id: string;
  readonly amountFen: bigint;
  readonly paidAt: string;
  readonly isHeard: boolean;
}

export interface Known {
  readonly account: string;
  readonly merchantId: string;
  /** The first day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly payouts: readonly { readonly payoutId: string; readonly netFen: bigint }[];
  readonly orders: readonly { readonly id: string; readonly amountFen: bigint }[];
  /** What hospitals announced to send back. */
  readonly announced: readonly { readonly reference: string; readonly payoutId: string; readonly amountFen: bigint }[];
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** mulberry32. @returns numbers from 0 to below 1, the same for the same seed. */
export function dice(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Makes the month: 30 % of the payouts bounce, some late; lines come twice, under unknown ids, in parts and many in one. */
export function monthOf(seed: number, known: Known): Month {
  const roll = dice(seed);
  const pick = (n: number): number => Math.floor(roll() * n);
  const code = (n: number): string => Array.from({ length: n }, () => SIGNS[pick(32)]).join('');
  const dayOf = (n: number): string => new Date(Date.parse(`${known.from}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
  const bank: BankTruth[] = [];
  let interestFen = 0n;

  const add = (day: number, sign: 'CRDT' | 'DBIT', amountFen: bigint, is: Counterpart, over: Partial<BankEntry> = {}): void => {
    const plain = { status: 'BOOK', endToEndId: null, returnCode: null, returnText: null, counterparty: null, remittance: '转账' } as const;
    const line: BankEntry = {
      ...plain,
      accountNumber: known.account,
      reference: `BK${String(bank.length + 1).padStart(6, '0')}`,
      sign,
      amountFen,
      // Within the day in Shanghai as in London.
      bookedAt: `${dayOf(day)}T${String(10 + (bank.length % 5)).padStart(2, '0')}:00:00+08:00`,
      ...over,
    };
    bank.push({ line, is });
  };

  // Payouts: the last two leave in one debit without their ids; the others under their own, some told of twice by the bank under two numbers.
  const [single, pair] = [known.payouts.slice(0, -2), known.payouts.slice(-2)];
  single.forEach(({ payoutId, netFen }, i) => {
    add(i % 10, 'DBIT', netFen, { kind: 'payout', ids: [payoutId] }, { endToEndId: payoutId });
    if (roll() < 0.1) add((i % 10) + 1, 'DBIT', netFen, null, { endToEndId: payoutId });
  });
  const pairFen = pair.reduce((sum, { netFen }) => sum + netFen, 0n);
  add(9, 'DBIT', pairFen, { kind: 'payout', ids: pair.map(({ payoutId }) => payoutId) }, { remittance: '批量代付' });

  // Bounces: the first of them after its release ended, the second in part; one comes back twice.
  const sent = new Set(known.announced.map(({ payoutId }) => payoutId));
  const bounced = single.filter(({ payoutId }) => !sent.has(payoutId)).slice(0, Math.round(known.payouts.length * 0.3));
  bounced.forEach(({ payoutId, netFen }, i) => {
    const day = 12 + pick(15);
    const returned = { endToEndId: payoutId, returnCode: ['AC04', 'AC01', 'BE01'][pick(3)]!, returnText: '退票' };
    const amountFen = i === 1 ? netFen - BigInt(1 + pick(500)) : netFen;
    add(day, 'CRDT', amountFen, { kind: 'return', ids: [payoutId] }, returned);
    if (i === 2) add(day + 1, 'CRDT', netFen, null, returned);
  });

  // What hospitals send back as they said, and once otherwise.
  known.announced.forEach(({ reference, payoutId, amountFen }, i) => {
    if (i === 0) add(14, 'CRDT', amountFen + 1n, null, { remittance: `结余 ${reference}` });
    add(16 + i, 'CRDT', amountFen, { kind: 'surplus', ids: [payoutId] }, { remittance: `退回结余${reference}` });
  });

  // Strangers: ids of nobody, words of nobody, words that look like something else.
  for (let i = 0; i < 4; i += 1) {
    add(pick(DAYS), 'CRDT', BigInt(1 + pick(90_000)), null, { endToEndId: code(26) });
    add(pick(DAYS), 'DBIT', BigInt(1 + pick(90_000)), null, { endToEndId: code(26) });
  }
  add(pick(DAYS), 'CRDT', 50_000n, null, { remittance: '张三还款' });
  add(pick(DAYS), 'CRDT', 7_700n, null, { remittance: `结余 SR${code(12)}` });
  add(pick(DAYS), 'CRDT', 8_800n, null, { remittance: '结息退款', transactionCode: 'PMNT/RCDT/DMCT' });
  add(pick(DAYS), 'DBIT', 1_000n, null, { remittance: '账户管理费' });
  for (const over of [{ transactionCode: 'ACMT/MCOP/INTR', remittance: null }, { remittance: '结息' }]) {
    const fen = BigInt(100 + pick(10_000));
    interestFen += fen;
    add(20, 'CRDT', fen, { kind: 'interest', ids: [] }, over);
  }

  // Gifts: some callbacks are lost; the channel settles each day on the next, now and then in two lines: many gifts to one line.
  const gifts: MonthGift[] = [];
  const bills = new Map<string, BillTruth[]>();
  const omitted: string[] = [];
  known.orders.forEach(({ id, amountFen }, i) => {
    const day = dayOf(i % DAYS);
    const at = `${day}T12:${String(i % 60).padStart(2, '0')}:00+08:00`;
    const isHeard = roll() > 0.15;
    gifts.push({ id, amountFen, paidAt: at, isHeard });
    const line: BillLine = { kind: 'paid', orderId: id, transactionId: `T${id}`, refundId: null, amountFen, feeFen: 0n, at };
    const bill = bills.get(day) ?? [];
    bills.set(day, bill);
    const fate = roll();
    if (isHeard && fate < 0.01) omitted.push(id);
    else if (isHeard && fate < 0.02) bill.push({ line: { ...line, amountFen: amountFen + 1n }, is: 'differs' });
    else bill.push({ line, is: 'gift' });
    if (fate > 0.97) bill.push({ line, is: 'noise' });
    if (fate > 0.94 && fate <= 0.97) bill.push({ line: { ...line, orderId: code(26), transactionId: `T${code(26)}` }, is: 'noise' });
    if (fate > 0.92 && fate <= 0.94) bill.push({ line: { ...line, kind: 'refund', refundId: `R${code(25)}`, amountFen: 1n }, is: 'noise' });
  });
  for (let day = 0; day < DAYS; day += 1) {
    const sumFen = gifts.reduce((sum, gift, i) => (i % DAYS === day ? sum + gift.amountFen : sum), 0n);
    if (sumFen === 0n) continue;
    const words = { remittance: `财付通结算 ${known.merchantId} ${dayOf(day)}` };
    const firstFen = day % 4 === 0 && sumFen > 1n ? sumFen / 3n + 1n : sumFen;
    add(day + 1, 'CRDT', firstFen, { kind: 'channel', ids: [] }, words);
    if (firstFen < sumFen) add(day + 1, 'CRDT', sumFen - firstFen, { kind: 'channel', ids: [] }, words);
  }

  const statements = new Map<string, BankEntry[]>();
  for (const { line } of bank) {
    const day = line.bookedAt.slice(0, 10);
    statements.set(day, [...(statements.get(day) ?? []), line, ...(roll() < 0.1 ? [line] : [])]);
  }
  return { bank, statements, bills, gifts, omitted, late: bounced.slice(0, 1).map(({ payoutId }) => payoutId), interestFen };
}
