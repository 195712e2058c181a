import type { Channels } from '../adapters/donation/port';
import type { Banks, RailName } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { CustodyNotices } from '../custody/notices';
import { businessNow } from '../database/clock';
import { type Database, inTransaction, row, rows, type Transaction } from '../database/connect';
import { DAY_MS, shanghaiDate } from '../domain/calendar';
import { Gifts } from '../gifts/gifts';
import { DomainError } from '../domain/errors';
import { RESTORED } from '../records/releases';
import { liftRestoredHold } from '../records/restoredHold';
import { settleException } from '../records/settlements';
import { SimulatorControls } from '../sandbox/simulatorControls';
import type { PersonalData } from '../security/personalData';
import { type AskedTenant, askBank } from './bank';
import { merchantsOf, readChannelBill } from './channel';

export interface Outside {
  readonly banks: Banks;
  readonly channels: Channels;
  /** Where the channels' callbacks go: an order that is asked about is never made anew. */
  readonly callbacksUrl: string;
  /** The sandbox's, whose clocks may be ahead of a restored database; null on real providers. */
  readonly simulators: { readonly url: string; readonly token: string } | null;
}

interface Difference {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly campaignId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Reconciled {
  readonly since: string;
  readonly bankLines: number;
  readonly giftsFound: number;
  readonly payoutsRecovered: readonly string[];
  /** Money events that were parked by this run or before, and that nobody has settled. */
  readonly differences: readonly Difference[];
  readonly unasked: readonly string[];
  readonly released: number;
  /** Campaigns that stay held: something about them is open, or the bank did not answer for their platform. */
  readonly held: number;
}

/** @returns when the backup was taken that this database was last restored from; null where it never was. */
export async function restoredAsOf(db: Database): Promise<Date | null> {
  const restored = await row<{ at: string }>(
    db,
    `select data->>'takenAt' as at from audit.event where action = 'house.restored' order by seq desc limit 1`,
  );
  return restored && new Date(restored.at);
}

/**
 * Asks bank and channel what moved since a moment that the books may not know of, takes in what has an id of ours, parks the rest with an owner, and releases
 * the campaigns about which nothing is open. Safe at any time and as often as wanted.
 * @param since wall time; a platform on a test clock is asked from that clock's restored time on.
 */
export async function reconcile(db: Database, outside: Outside, personalData: PersonalData, since: Date): Promise<Reconciled> {
  const tenants = await rows<{ id: string; account: string; rail: RailName; clock_id: string | null }>(
    db,
    'select id, custody_account_number as account, custody_rail as rail, clock_id from tenant order by id',
  );
  const simulators = outside.simulators && new SimulatorControls(outside.simulators.url, outside.simulators.token);
  const custody = new CustodyNotices(db, personalData);
  const gifts = new Gifts(db, outside.channels, personalData, outside.callbacksUrl);
  const [unasked, recovered, closed]: [string[], string[], Set<string>] = [[], [], new Set()];
  let bankLines = 0;
  const paidBefore = await paidGifts(db);
  for (const tenant of tenants) {
    const sinceMs = tenant.clock_id === null ? since.getTime() : (await heldSince(db, tenant.id)).getTime();
    if (tenant.clock_id !== null && simulators !== null) await catchUp(db, simulators, tenant.clock_id);
    const asked: AskedTenant = { id: tenant.id, account: tenant.account, rail: tenant.rail, nowMs: (await businessNow(db, tenant.id)).getTime() };
    const found = await askBank(db, outside.banks, custody, asked, sinceMs);
    for (const { id } of await openRaises(db, tenant.id)) await gifts.collectLateOrders(id);
    unasked.push(...(await readBills(db, outside.channels, gifts, asked, sinceMs)));
    bankLines += found.lines;
    recovered.push(...found.recovered);
    unasked.push(...found.unasked.map((each) => `${tenant.id}: ${each}`));
    if (found.unasked.length > 0 || found.unplaced > 0) closed.add(tenant.id);
  }
  const giftsFound = (await paidGifts(db)) - paidBefore;
  return inTransaction(db, async (tx) => {
    const released = await releaseSettled(tx, closed);
    const differences = await openDifferences(tx);
    const held = (await row<{ n: number }>(tx, `select count(*)::int as n from hold where rule = '${RESTORED}' and lifted_at is null`))!.n;
    const data = { since: since.toISOString(), bankLines, giftsFound, recovered: recovered.length, unasked: unasked.length, released, held };
    await audit(tx, { action: 'house.reconciled', subject: 'house', actor: 'operator', data });
    return { since: since.toISOString(), bankLines, giftsFound, payoutsRecovered: recovered, differences, unasked, released, held };
  });
}

/** Each channel's bills of each whole day since. Today's is not made yet: its open orders were asked about one by one. @returns the days without an answer. */
async function readBills(
  db: Database,
  channels: Channels,
  gifts: Gifts,
  tenant: { readonly id: string; readonly nowMs: number },
  sinceMs: number,
): Promise<string[]> {
  const unread: string[] = [];
  const merchants = await merchantsOf(db, tenant.id);
  for (let dayMs = sinceMs; shanghaiDate(dayMs) < shanghaiDate(tenant.nowMs); dayMs += DAY_MS) {
    for (const at of merchants) {
      const found = await readChannelBill(db, channels[at.channel], gifts, { ...tenant, ...at }, shanghaiDate(dayMs));
      if (typeof found === 'string') unread.push(`${tenant.id}: ${found}`);
    }
  }
  return unread;
}

/** On a test clock, when its first held campaign was restored; business time now, where none is held. */
async function heldSince(db: Database, tenantId: string): Promise<Date> {
  const held = await row<{ at: Date | null }>(
    db,
    `select min(h.placed_at) as at from hold h join campaign c on c.id = h.campaign_id where c.tenant_id = ? and h.rule = '${RESTORED}' and h.lifted_at is null`,
    [tenantId],
  );
  return held?.at ?? businessNow(db, tenantId);
}

/** A test clock never goes back: the restored one is brought to where the simulated world stands. */
async function catchUp(db: Database, simulators: SimulatorControls, clockId: string): Promise<void> {
  const theirs = await simulators.call<{ now: string }>('GET', `/clocks/${clockId}`);
  await db('test_clock')
    .where('id', clockId)
    .where('now', '<', new Date(theirs.now))
    .update({ now: new Date(theirs.now) });
}

async function paidGifts(db: Database): Promise<number> {
  return (await row<{ n: number }>(db, `select count(*)::int as n from gift where status = 'paid'`))!.n;
}

async function openRaises(db: Database, tenantId: string): Promise<{ id: string }[]> {
  return rows<{ id: string }>(db, `select distinct campaign_id as id from gift where tenant_id = ? and status = 'ordered' order by 1`, [tenantId]);
}

async function openDifferences(tx: Transaction): Promise<Difference[]> {
  return rows<Difference>(
    tx,
    `select id, kind, subject, campaign_id as "campaignId", data from money_exception where resolved_at is null and kind <> 'owed-back' order by id`,
  );
}

/** Lifts the hold of the restore where nothing stands open: the platform's bank answered for every day, and no debit waits for its release. */
async function releaseSettled(tx: Transaction, closed: ReadonlySet<string>): Promise<number> {
  const held = await rows<{ id: string; tenant_id: string }>(
    tx,
    `select c.id, c.tenant_id from hold h join campaign c on c.id = h.campaign_id where h.rule = '${RESTORED}' and h.lifted_at is null
       and not exists (select from money_exception e where e.campaign_id = c.id and e.resolved_at is null and e.data->>'sign' = 'DBIT') order by c.id`,
  );
  const free = held.filter((each) => !closed.has(each.tenant_id));
  for (const { id } of free) await liftRestoredHold(tx, id, 'operator');
  return free.length;
}

/** Why a difference cannot be settled so, in a sentence for who asked. */
export class SettlementError extends Error {}

/**
 * Settles a money event at the command line. @param releaseId the release that a debit without a payout was for; null: it was dealt with outside of the books.
 * @param by who acted, as the audit names them. @throws {SettlementError} when there is no such open event, or it cannot be settled so.
 */
export async function settleDifference(
  db: Database,
  id: string,
  releaseId: string | null,
  by = 'operator',
  reason: string | null = null,
): Promise<{ released: number }> {
  return inTransaction(db, async (tx) => {
    const event = await row<{ tenant_id: string }>(tx, 'select tenant_id from money_exception where id = ? and resolved_at is null for update', [id]);
    if (event === null) throw new SettlementError(`There is no open money event ${id}.`);
    const at = event.tenant_id === 'unknown' ? new Date() : await businessNow(tx, event.tenant_id);
    const goesOn = await settleException(tx, id, { releaseId, staffId: null, by, reason, at }).catch((error: unknown) => {
      throw error instanceof DomainError ? new SettlementError(error.message) : error;
    });
    return { released: goesOn ? 1 : 0 };
  });
}
