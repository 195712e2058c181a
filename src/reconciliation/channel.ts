import type { Bill, BillLine, ChannelName, DonationChannel } from '../adapters/donation/port';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, rows } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import type { ExceptionKind } from '../domain/moneyExceptions';
import type { Gifts } from '../gifts/gifts';
import { inParallel } from '../gifts/parallel';
import { openException } from '../records/exceptions';

/** A platform's account at one channel. */
export interface BilledTenant {
  readonly id: string;
  readonly channel: ChannelName;
  readonly merchantId: string;
  /** Business time now, epoch ms. */
  readonly nowMs: number;
}

/** What the bill of a day says of the books. Each line is matched, posted, or differs; `missing` is what the books have and the bill has not. */
export interface BillFindings {
  readonly lines: number;
  readonly matched: number;
  /** Gifts whose callback was lost: paid by the bill, posted now. */
  readonly posted: number;
  readonly differing: number;
  readonly missing: number;
}

interface BookedGift {
  readonly id: string;
  readonly status: string;
  readonly transaction_id: string | null;
  readonly amount_fen: bigint;
}
interface BookedReturn {
  readonly id: string;
  readonly gift_id: string;
  readonly amount_fen: bigint;
}
interface Difference {
  readonly kind: ExceptionKind;
  readonly subject: string;
  readonly data: Readonly<Record<string, string | null>>;
}

/** A channel that has made no bill by now has none to make, where the books know of nothing either. */
const QUIET_MS = 2 * DAY_MS;
const POSTING_CONCURRENCY = 64;
/** Differences are parked so many in a transaction: a restored house may lack a whole day. */
const PAGE = 500;

/**
 * Reads the channel's bill of a day against the books. A paid order whose callback was lost is posted; what the books do not know, know otherwise, or know alone
 * is parked once with an owner. A refund is in the bill when it was accepted, whatever became of it, so the books' own are not missed by it.
 * @param day `YYYY-MM-DD`, Asia/Shanghai. @returns what was found; a sentence where the channel gave no bill.
 */
export async function readChannelBill(
  db: Database,
  channel: DonationChannel,
  gifts: Gifts,
  tenant: BilledTenant,
  day: string,
): Promise<BillFindings | string> {
  const bill = await billOf(db, channel, tenant, day);
  if (bill.kind !== 'READY')
    return bill.kind === 'NOT_READY' ? `${tenant.channel} bill of ${day}: not made yet` : `${tenant.channel} bill of ${day}: ${bill.reason}`;
  const [paid, refunds] = [bill.lines.filter((line) => line.kind === 'paid'), bill.lines.filter((line) => line.kind === 'refund')];
  const differences: Difference[] = [];
  const [known, returns] = [await bookedGifts(db, tenant, paid), await bookedReturns(db, tenant, refunds)];
  let [matched, posted] = [0, 0];
  const seen = new Set<string>();
  await inParallel(paid, POSTING_CONCURRENCY, async (line) => {
    const gift = known.get(line.orderId);
    const differs = judgePaid(line, gift) ?? (seen.has(line.orderId) ? difference('bill-repeated', line) : null);
    seen.add(line.orderId);
    if (differs !== null) differences.push(differs);
    else if (gift!.status === 'paid') matched += 1;
    // Somebody may have heard of it since we looked: that is a match as well.
    else if ((await gifts.takeProven(tenant.channel, tenant.merchantId, line.orderId, { ...line, paidAt: line.at })) === 'posted') posted += 1;
    else matched += 1;
  });
  for (const line of refunds) {
    const booked = returns.get(line.refundId!);
    if (booked?.gift_id === line.orderId && booked.amount_fen === line.amountFen) matched += 1;
    else differences.push(difference(booked ? 'bill-refund-amount' : 'bill-refund-unknown', line));
  }
  const differing = differences.length;
  const missing = await missingFrom(db, tenant, day, seen);
  await park(db, tenant, [...differences, ...missing]);
  const found = { lines: bill.lines.length, matched, posted, differing, missing: missing.length };
  await keep(db, tenant, day, found, bill.lines);
  return found;
}

/** The channel's bill; empty where it has none long after the day and the books have nothing of it: Alipay says the same of a day without trades and of one that is not made yet. */
async function billOf(db: Database, channel: DonationChannel, tenant: BilledTenant, day: string): Promise<Bill> {
  const bill = await channel.fetchBill(tenant.merchantId, day);
  const dayEndMs = Date.parse(`${day}T00:00:00+08:00`) + DAY_MS;
  if (bill.kind !== 'NOT_READY' || tenant.nowMs - dayEndMs < QUIET_MS) return bill;
  const missing = await missingFrom(db, tenant, day, new Set());
  return missing.length === 0 ? { kind: 'READY', lines: [] } : bill;
}

/** @returns what is wrong with a paid line; null when the books know the order, or may post it. */
function judgePaid(line: BillLine, gift: BookedGift | undefined): Difference | null {
  if (!gift) return difference('bill-unknown', line);
  if (gift.amount_fen !== line.amountFen) return difference('bill-amount', line);
  return gift.status === 'paid' && gift.transaction_id !== line.transactionId ? difference('bill-second-payment', line) : null;
}

function difference(kind: ExceptionKind, { orderId, transactionId, refundId, amountFen, at }: BillLine): Difference {
  return {
    kind,
    subject: `${refundId ?? orderId}/${transactionId}`,
    data: { orderId, transactionId, refundId, amountFen: amountFen.toString(), at },
  };
}

async function bookedGifts(db: Database, { id, channel }: BilledTenant, lines: readonly BillLine[]): Promise<Map<string, BookedGift>> {
  const found = await rows<BookedGift>(
    db,
    'select id, status, transaction_id, amount_fen from gift where tenant_id = ? and channel = ? and id = any(?)',
    [id, channel, lines.map((line) => line.orderId)] as never,
  );
  return new Map(found.map((gift) => [gift.id, gift]));
}

async function bookedReturns(db: Database, { id, channel }: BilledTenant, lines: readonly BillLine[]): Promise<Map<string, BookedReturn>> {
  const found = await rows<BookedReturn>(
    db,
    'select r.id, r.gift_id, r.amount_fen from gift_return r join gift g on g.id = r.gift_id where g.tenant_id = ? and g.channel = ? and r.id = any(?)',
    [id, channel, lines.map((line) => line.refundId)] as never,
  );
  return new Map(found.map((each) => [each.id, each]));
}

/** Gifts of the channel that the books have as paid on that day and the bill does not tell of. */
async function missingFrom(db: Database, { id: tenantId, channel }: BilledTenant, day: string, told: ReadonlySet<string>): Promise<Difference[]> {
  const fromMs = Date.parse(`${day}T00:00:00+08:00`);
  const booked = await rows<{ id: string; transaction_id: string; amount_fen: bigint }>(
    db,
    `select id, transaction_id, amount_fen from gift where tenant_id = ? and channel = ? and status = 'paid' and paid_at >= ? and paid_at < ? order by id`,
    [tenantId, channel, new Date(fromMs), new Date(fromMs + DAY_MS)] as never,
  );
  return booked
    .filter(({ id }) => !told.has(id))
    .map(({ id, transaction_id: transactionId, amount_fen: amountFen }) => ({
      kind: 'bill-missing' as const,
      subject: `${id}/${transactionId}`,
      data: { orderId: id, transactionId, amountFen: amountFen.toString(), day },
    }));
}

async function park(db: Database, tenant: BilledTenant, differences: readonly Difference[]): Promise<void> {
  for (let at = 0; at < differences.length; at += PAGE)
    await inTransaction(db, async (tx) => {
      for (const each of differences.slice(at, at + PAGE))
        await openException(tx, { ...each, tenantId: tenant.id, actor: 'channel', businessAt: new Date(tenant.nowMs) });
    });
}

async function keep(db: Database, { id, channel, nowMs }: BilledTenant, day: string, found: BillFindings, lines: readonly BillLine[]): Promise<void> {
  const sum = (of: (line: BillLine) => bigint): bigint => lines.reduce((fen, line) => fen + of(line), 0n);
  const [paidFen, refundedFen] = (['paid', 'refund'] as const).map((kind) => sum((line) => (line.kind === kind ? line.amountFen : 0n)));
  const columns = { ...found, paid_fen: paidFen, refunded_fen: refundedFen, fee_fen: sum((line) => line.feeFen), read_at: new Date(nowMs) };
  await inTransaction(db, async (tx) => {
    await tx('channel_bill')
      .insert({ tenant_id: id, channel, day, ...columns })
      .onConflict(['tenant_id', 'channel', 'day'])
      .merge();
    const data = { day, channel, ...found, paidFen, refundedFen };
    await audit(tx, { action: 'bill.read', subject: `tenant/${id}`, actor: 'channel', tenantId: id, businessAt: new Date(nowMs), data });
  });
}

/** @returns the platform's accounts, one a channel that it has one at. */
export async function merchantsOf(db: Database, tenantId: string): Promise<{ channel: ChannelName; merchantId: string }[]> {
  const tenant = (await row<{ wechat: string; alipay: string | null }>(
    db,
    'select merchant_id as wechat, alipay_seller_id as alipay from tenant where id = ?',
    [tenantId],
  ))!;
  const wechat = { channel: 'wechat', merchantId: tenant.wechat } as const;
  return tenant.alipay === null ? [wechat] : [wechat, { channel: 'alipay', merchantId: tenant.alipay }];
}
