import { type Connection, row } from '../database/connect';
import { businessNow } from '../database/clock';
import { DAY_MS, shanghaiDate } from '../domain/calendar';
import { type DayMoney, dailyMoney } from '../ledger/daily';
import { type Days, periodStatement, type PeriodStatement, type Scope } from '../ledger/period';
import { type CampaignRow, feeScheduleOf } from './campaigns';
import { dayCloseOf } from './dayClose';

/** A platform's day is shown with what moved on so many days, itself the last. */
const DAYS_SHOWN = 30;

/** What every statement says of itself: whose, which days, and as of when. */
interface Head {
  readonly scope: 'campaign' | 'platform';
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Business time of the look, and the last movement that it counts: what is posted later may still fall on these days. */
  readonly asOf: { readonly at: string; readonly lastTransfer: string };
}

/** A statement as it is answered and exported. */
export interface Statement extends Head, Pick<PeriodStatement, 'accounts' | 'movements' | 'late'> {
  readonly identity: { readonly opening: PeriodStatement['opening']; readonly closing: PeriodStatement['closing'] };
  /** Interest is not revenue and no part of what was raised: it stands apart. Null on a campaign's. */
  readonly interestFen: bigint | null;
  /** Day by day: of a campaign over the statement's days, of a platform over the month that ends with its day. */
  readonly days: readonly DayMoney[];
}

/**
 * One snapshot for all of a statement's figures. The transaction's first statement, or Postgres refuses it.
 * @param tx a transaction that has done nothing yet.
 */
export async function inOneSnapshot(tx: Connection): Promise<void> {
  await tx.raw('set transaction isolation level repeatable read, read only');
}

async function statementOf(connection: Connection, tenantId: string, scope: Scope, days: Days, shown = days): Promise<Statement> {
  const { accounts, movements, opening, closing, late, lastTransfer } = await periodStatement(connection, scope, days);
  const at = (await businessNow(connection, tenantId)).toISOString();
  return {
    scope: 'campaignId' in scope ? 'campaign' : 'platform',
    id: 'campaignId' in scope ? scope.campaignId : scope.tenantId,
    ...days,
    asOf: { at, lastTransfer: lastTransfer.toString() },
    accounts,
    movements,
    late,
    identity: { opening, closing },
    interestFen: 'campaignId' in scope ? null : (accounts.find((a) => a.account === 'interest')?.closingFen ?? 0n),
    days: await dailyMoney(connection, scope, shown),
  };
}

/** FEES: @returns a campaign's statement over whole days, with the fees that are charged as they were published. */
export async function campaignPeriod(connection: Connection, campaign: CampaignRow, days: Days) {
  const statement = await statementOf(connection, campaign.tenant_id, { campaignId: campaign.id }, days);
  return { ...statement, fees: await feeScheduleOf(connection, campaign) };
}

/** CUSTODY: @returns a platform's day over all of its accounts, what the bank booked on it, and its close. */
export async function platformDay(connection: Connection, tenantId: string, day: string) {
  const statement = await statementOf(
    connection,
    tenantId,
    { tenantId },
    { from: day, to: day },
    { from: shanghaiDate(Date.parse(`${day}T00:00:00+08:00`) - (DAYS_SHOWN - 1) * DAY_MS), to: day },
  );
  const close = await dayCloseOf(connection, tenantId, day);
  const bank = await row<{ lines: number; credited: bigint; debited: bigint }>(
    connection,
    `select count(*)::int as lines, coalesce(sum(amount_fen) filter (where sign = 'CRDT'), 0)::bigint as credited, coalesce(sum(amount_fen) filter (where sign = 'DBIT'), 0)::bigint as debited
     from bank_line where tenant_id = :tenant and booked_at >= (:day::date)::timestamp at time zone 'Asia/Shanghai' and booked_at < (:day::date + 1)::timestamp at time zone 'Asia/Shanghai'`,
    { tenant: tenantId, day },
  );
  return {
    ...statement,
    bank: { lines: bank!.lines, creditedFen: bank!.credited, debitedFen: bank!.debited },
    close: close && {
      closedAt: close.closed_at.toISOString(),
      lastTransfer: close.last_transfer.toString(),
      movements: close.movements,
      closingFen: close.closing,
    },
  };
}
