import { type Connection, row } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';

const MONTH_DAYS = 30;
/** How many checkers a batch needs, and above a rolling limit. */
const CHECKERS = 2;
const CHECKERS_ABOVE = 3;

/**
 * How many checkers must sign a batch: two, and three when with it the platform's payouts of the last 24 hours or 30 days, and what is approved and not yet made up, come to more than
 * its limit. Concurrent batches of one platform wait here for each other until their transaction ends.
 * @param netFen what the batch pays. @param except its own proposal, which is not counted twice.
 */
export async function checkersNeeded(tx: Connection, tenantId: string, netFen: bigint, except: string, at: Date): Promise<2 | 3> {
  const limit = await row<{ day_fen: bigint | null; month_fen: bigint | null }>(
    tx,
    'select day_fen, month_fen from payout_limit where tenant_id = ? order by id desc limit 1',
    [tenantId],
  );
  if (!limit || (limit.day_fen === null && limit.month_fen === null)) return CHECKERS;
  await tx.raw(`select pg_advisory_xact_lock(hashtext('almoner.payout-limit'), hashtext(?))`, [tenantId]);
  const before = (fen: number): Date => new Date(at.getTime() - fen * DAY_MS);
  const sums = (await row<{ day: bigint; month: bigint; coming: bigint }>(
    tx,
    `select coalesce(sum(net_fen) filter (where reserved_at > :day), 0)::bigint as day, coalesce(sum(net_fen), 0)::bigint as month,
       (select coalesce(sum(a.net_fen), 0)::bigint from approval a join payout_batch_proposal b on b.id = a.batch_proposal_id join payout_batch x on x.id = b.batch_id
        where x.tenant_id = :tenant and b.approved_at is not null and b.id <> :except and a.voided_at is null and not exists (select from payout p where p.approval_id = a.id)) as coming
     from payout where tenant_id = :tenant and reserved_at > :month and state not in ('failed', 'returned')`,
    { tenant: tenantId, day: before(1), month: before(MONTH_DAYS), except },
  ))!;
  const isAbove = (fen: bigint | null, sum: bigint): boolean => fen !== null && sum + sums.coming + netFen > fen;
  return isAbove(limit.day_fen, sums.day) || isAbove(limit.month_fen, sums.month) ? CHECKERS_ABOVE : CHECKERS;
}
