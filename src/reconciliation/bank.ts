import type { BankEntry, Banks, RailName } from '../adapters/payment/port';
import type { CustodyNotices } from '../custody/notices';
import { type Database, row, rows } from '../database/connect';
import { DAY_MS, shanghaiDate } from '../domain/calendar';
import { recoverWallets, wasSent } from './wallets';

export interface AskedTenant {
  readonly id: string;
  readonly account: string;
  /** The rail of the account. */
  readonly rail: RailName;
  /** Business time now, epoch ms. */
  readonly nowMs: number;
}

export interface BankFindings {
  readonly lines: number;
  /** Payouts that the bank knows though the books had them unsent. */
  readonly recovered: readonly string[];
  /** Debits that no campaign can be named for: while one stands, nothing of the platform is paid. */
  readonly unplaced: number;
  /** Questions that the bank did not answer. */
  readonly unasked: readonly string[];
}

/** Our own remittance names the campaign; the bank carries it back. */
const OURS = /大病求助拨付 ([0-9A-HJKMNP-TV-Z]{26})/;

/**
 * Asks the bank of a platform's custody account what it booked since, and of each payout that the books have as unsent whether it knows it. Lines go the way of
 * every push: kept once, handed to the payout of their id, or parked with an owner; what went out under an id that the books lost is parked at its campaign.
 */
export async function askBank(db: Database, banks: Banks, custody: CustodyNotices, tenant: AskedTenant, sinceMs: number): Promise<BankFindings> {
  const unasked: string[] = [];
  const recovered = [...(await recoverSent(db, banks, tenant, unasked)), ...(await recoverWallets(db, banks.wallets, tenant, unasked))];
  let [lines, unplaced] = [0, 0];
  for (let dayMs = sinceMs; shanghaiDate(dayMs) <= shanghaiDate(tenant.nowMs); dayMs += DAY_MS) {
    const read = await readStatement(db, banks, custody, tenant, shanghaiDate(dayMs));
    if (typeof read === 'string') unasked.push(read);
    else [lines, unplaced] = [lines + read.lines, unplaced + read.unplaced];
  }
  return { lines, recovered, unplaced, unasked };
}

/**
 * Reads what the bank booked on a day; each line goes the way of every push.
 * @param day `YYYY-MM-DD`, Asia/Shanghai. @returns the lines, and debits that no campaign can be named for; a sentence where the bank gave no statement.
 */
export async function readStatement(
  db: Database,
  banks: Banks,
  custody: CustodyNotices,
  tenant: AskedTenant,
  day: string,
): Promise<{ readonly lines: number; readonly unplaced: number } | string> {
  const statement = await banks
    .of(tenant.rail)
    .statement(tenant.account, day)
    .catch((error: Error) => `statement of ${day}: ${error.name}`);
  if (typeof statement === 'string') return statement;
  await custody.tellSettlementsApart(tenant.id);
  const booked = statement.entries.filter((entry) => entry.status === 'BOOK');
  await custody.hear({ kind: 'entries', messageId: `reconcile-${tenant.id}-${day}`, entries: booked }, tenant.rail);
  let unplaced = 0;
  for (const entry of booked) if (!(await place(db, tenant, entry))) unplaced += 1;
  return { lines: booked.length, unplaced };
}

async function recoverSent(db: Database, banks: Banks, tenant: AskedTenant, unasked: string[]): Promise<string[]> {
  const unsent = await rows<{ id: string; rail: RailName }>(
    db,
    `select id, rail from payout where tenant_id = ? and state = 'reserved' and wallet_id is null order by id`,
    [tenant.id],
  );
  const recovered: string[] = [];
  for (const { id, rail } of unsent) {
    const outcome = await banks.of(rail).query(id, tenant.account);
    if (outcome.kind === 'UNKNOWN') unasked.push(`payout ${id}: ${outcome.reason}`);
    if (outcome.kind === 'UNKNOWN' || outcome.kind === 'NOT_FOUND') continue;
    if (await wasSent(db, id, tenant.nowMs)) recovered.push(id);
  }
  return recovered;
}

/** Names the campaign of a debit that was parked: its payout's, or the one that our own remittance names. @returns false when none can be named. */
async function place(db: Database, tenant: AskedTenant, entry: BankEntry): Promise<boolean> {
  if (entry.sign !== 'DBIT') return true;
  const subject = `${entry.accountNumber}/${entry.reference}/${entry.sign}`;
  const parked = await row<{ id: string; campaign_id: string | null }>(
    db,
    'select id, campaign_id from money_exception where subject = ? and resolved_at is null',
    [subject],
  );
  if (parked === null || parked.campaign_id !== null) return true;
  const named = await row<{ id: string }>(
    db,
    'select coalesce((select campaign_id from payout where id = :payout and tenant_id = :tenant), (select id from campaign where id = :named and tenant_id = :tenant)) as id',
    { payout: entry.endToEndId ?? '', named: OURS.exec(entry.remittance ?? '')?.[1] ?? '', tenant: tenant.id },
  );
  await db('money_exception').where('id', parked.id).update({ campaign_id: named!.id });
  return named!.id !== null;
}
