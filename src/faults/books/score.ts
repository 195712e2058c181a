import type { Acknowledged } from '../journal';
import type { OurBooks } from './ours';
import type { OutsideBooks } from './outside';

/** The figures that must all be zero: differences, so plain numbers hold them. */
export interface Score {
  readonly fen_lost: number;
  readonly fen_created: number;
  readonly double_payments: number;
  readonly over_cap_fen: number;
  readonly unapproved_payments: number;
  readonly callbacks_dropped: number;
}

/** Differences by name; those of one sign never make up for those of the other. */
class Tally {
  lostFen = 0n;
  createdFen = 0n;
  readonly named: string[] = [];

  /** @param ours what our books say of it. @param theirs what is so */
  compare(name: string, ours: bigint, theirs: bigint): void {
    if (ours === theirs) return;
    this.named.push(`${name}: ${ours} fen in our books, ${theirs} outside`);
    if (ours < theirs) this.lostFen += theirs - ours;
    else this.createdFen += ours - theirs;
  }
}

export interface Judged {
  readonly score: Score;
  /** Each difference in words, for whoever has to find it. */
  readonly named: readonly string[];
}

/**
 * Compares the books of the house with those of bank and channel, and with what clients were told. Knows nothing of the house but its tables.
 * @param acknowledged every answer of success that a client got
 */
export function judge(ours: OurBooks, outside: OutsideBooks, acknowledged: readonly Acknowledged[]): Judged {
  const tally = new Tally();
  money(tally, ours, outside);
  acknowledgedGifts(tally, ours, acknowledged);
  const doubles = doublePayments(ours, outside);
  const unapproved = unapprovedPayments(ours, outside);
  const dropped = droppedCallbacks(ours, outside);
  const overCapFen = ours.caps.reduce((sum, { askFen, creditedFen }) => sum + (creditedFen > askFen ? creditedFen - askFen : 0n), 0n);
  return {
    score: {
      fen_lost: Number(tally.lostFen),
      fen_created: Number(tally.createdFen),
      double_payments: doubles.length,
      over_cap_fen: Number(overCapFen),
      unapproved_payments: unapproved.length,
      callbacks_dropped: dropped.length,
    },
    named: [...tally.named, ...doubles, ...unapproved, ...dropped],
  };
}

/** @returns every acknowledgement that is not to be found, by name. Gifts are counted in fen besides. */
export function missing(ours: Pick<OurBooks, 'known'>, acknowledged: readonly Acknowledged[]): string[] {
  return acknowledged.map(nameOf).filter((name) => !ours.known.has(name));
}

function nameOf(entry: Acknowledged): string {
  switch (entry.what) {
    case 'gift':
      return `gift/${entry.id}`;
    case 'decision':
      return `decision/${entry.id}/${entry.decision}`;
    case 'signature':
      return `signature/${entry.digest}/${entry.checker}`;
    default:
      return `${entry.what}/${entry.id}`;
  }
}

/** Gift by gift, return by return, payout by payout, and the custody account as a whole. */
function money(tally: Tally, ours: OurBooks, outside: OutsideBooks): void {
  const gifts = new Map(ours.gifts.map((gift) => [gift.id, gift]));
  const captured = sumBy(outside.captured, ({ id }) => id);
  for (const [id, theirFen] of captured) tally.compare(`gift ${id}`, gifts.get(id)?.postedFen ?? 0n, theirFen);
  for (const { id, postedFen } of ours.gifts) if (!captured.has(id)) tally.compare(`gift ${id}`, postedFen, 0n);

  const returns = new Map(ours.returns.map((each) => [each.id, each]));
  const refunded = sumBy(outside.refunded, ({ id }) => id);
  // What left without being in our books is money that we believe to have: the other way round than a gift.
  for (const [id, theirFen] of refunded) tally.compare(`return ${id}`, -(returns.get(id)?.postedFen ?? 0n), -theirFen);
  for (const { id, postedFen } of ours.returns) if (!refunded.has(id)) tally.compare(`return ${id}`, -postedFen, 0n);

  const standing = sumBy(
    outside.lines
      .filter(({ endToEndId }) => endToEndId !== null)
      .map((line) => ({ ...line, amountFen: line.sign === 'DBIT' ? line.amountFen : -line.amountFen })),
    ({ endToEndId }) => endToEndId!,
  );
  const payouts = new Map(ours.payouts.map((payout) => [payout.id, payout]));
  for (const [id, theirFen] of standing) tally.compare(`payout ${id}`, -(payouts.get(id)?.postedFen ?? 0n), -theirFen);
  for (const { id, postedFen } of ours.payouts) if (!standing.has(id)) tally.compare(`payout ${id}`, -postedFen, 0n);

  const custody = sumBy(
    outside.lines.map((line) => ({ ...line, amountFen: line.sign === 'CRDT' ? line.amountFen : -line.amountFen })),
    ({ account }) => account,
  );
  for (const { account, custodyFen } of ours.tenants) tally.compare(`custody of ${account}`, custodyFen, custody.get(account) ?? 0n);
  for (const { id, creditedFen, raisedFen, heldFen } of ours.caps) {
    tally.compare(`raised by ${id}`, raisedFen, creditedFen);
    tally.compare(`accounts of ${id}`, heldFen, creditedFen);
  }
  tally.compare('the sum of all accounts', ours.ledger.sumFen, 0n);
  tally.compare('stored balances against their transfers', ours.ledger.driftFen, 0n);
}

/** A gift that was acknowledged is there, once, with its amount. */
function acknowledgedGifts(tally: Tally, ours: OurBooks, acknowledged: readonly Acknowledged[]): void {
  const amounts = sumBy(ours.gifts, ({ id }) => id);
  for (const entry of acknowledged) {
    if (entry.what === 'gift') tally.compare(`acknowledged gift ${entry.id}`, amounts.get(entry.id) ?? 0n, BigInt(entry.amountFen));
  }
}

/** More than one debit that stands for one payout, or for one release. */
function doublePayments(ours: OurBooks, { lines }: OutsideBooks): string[] {
  const releases = new Map(ours.payouts.map(({ id, release_id }) => [id, release_id]));
  const doubles = (what: string, of: (endToEndId: string) => string): string[] => {
    const standing = new Map<string, number>();
    for (const { endToEndId, sign } of lines) {
      if (endToEndId !== null) standing.set(of(endToEndId), (standing.get(of(endToEndId)) ?? 0) + (sign === 'DBIT' ? 1 : -1));
    }
    return [...standing].filter(([, count]) => count > 1).map(([id, count]) => `${what} ${id} was paid ${count} times`);
  };
  const byPayout = doubles('payout', (id) => id);
  return byPayout.length > 0 ? byPayout : doubles('release', (id) => releases.get(id) ?? id);
}

/** Debits at the bank whose amount two others than the maker did not sign for before it was sent. */
function unapprovedPayments(ours: OurBooks, { lines }: OutsideBooks): string[] {
  const payouts = new Map(ours.payouts.map((payout) => [payout.id, payout]));
  return lines
    .filter(({ kind, sign }) => kind === 'payout' && sign === 'DBIT')
    .filter(({ endToEndId, amountFen }) => {
      const payout = payouts.get(endToEndId!);
      return !payout || payout.netFen !== amountFen || payout.validSignatures < 2;
    })
    .map(({ endToEndId }) => `payment ${endToEndId} has not two valid approvals`);
}

/** What a provider told and nobody kept: neither in the books nor parked with an owner. */
function droppedCallbacks(ours: OurBooks, outside: OutsideBooks): string[] {
  const kept = new Set(ours.lines.map(({ account, reference, sign, amountFen }) => `${account}/${reference}/${sign}/${amountFen}`));
  const parked = new Set(ours.exceptions.flatMap((subject) => subject.split('/')));
  const posted = new Set(ours.gifts.filter(({ postedFen }) => postedFen > 0n).map(({ id }) => id));
  const returned = new Set(ours.returns.filter(({ postedFen }) => postedFen > 0n).map(({ id }) => id));
  const lines = outside.lines.filter(
    (line) => !kept.has(`${line.account}/${line.reference}/${line.sign}/${line.amountFen}`) && !parked.has(line.reference),
  );
  const moves = (of: OutsideBooks['captured'], ids: ReadonlySet<string>) => of.filter(({ id }) => !ids.has(id) && !parked.has(id));
  return [
    ...lines.map(({ reference }) => `the bank's line ${reference} was dropped`),
    ...moves(outside.captured, posted).map(({ id }) => `the payment of gift ${id} was dropped`),
    ...moves(outside.refunded, returned).map(({ id }) => `the news of return ${id} was dropped`),
  ];
}

function sumBy<T extends { readonly amountFen: bigint }>(of: readonly T[], key: (one: T) => string): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const one of of) sums.set(key(one), (sums.get(key(one)) ?? 0n) + one.amountFen);
  return sums;
}
