import { type Connection, row, rows } from '../database/connect';
import type { PayoutRow } from './releases';

/** Which payouts are looked at. */
export interface PayoutFilter {
  readonly state?: PayoutRow['state'];
  readonly campaignId?: string;
  /** Civil days in Asia/Shanghai, both within, of when the payout was made up. */
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly limit: number;
}

/** A payout as finance lists it: no name and no account. */
export interface ListedPayout {
  readonly id: string;
  readonly campaignId: string;
  readonly title: string;
  readonly releaseId: string;
  readonly payeeKind: string;
  readonly state: string;
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
  readonly givenBackFen: bigint;
  readonly reservedAt: Date;
  readonly bookedAt: Date | null;
  readonly bankReference: string | null;
}

/** What a filter lets through, of the payouts `p`. */
const FILTERED = `p.tenant_id = :tenant and (:state::text is null or p.state = :state) and (:campaign::text is null or p.campaign_id = :campaign)
  and (:from::date is null or p.reserved_at >= (:from::date)::timestamp at time zone 'Asia/Shanghai')
  and (:to::date is null or p.reserved_at < (:to::date + 1)::timestamp at time zone 'Asia/Shanghai')`;

const bindingsOf = (tenantId: string, filter: Omit<PayoutFilter, 'after' | 'limit'>) => ({
  tenant: tenantId,
  state: filter.state ?? null,
  campaign: filter.campaignId ?? null,
  from: filter.from ?? null,
  to: filter.to ?? null,
});

/** @returns a platform's payouts that the filter lets through, oldest first. */
export async function listPayouts(connection: Connection, tenantId: string, filter: PayoutFilter): Promise<ListedPayout[]> {
  return rows<ListedPayout>(
    connection,
    `select p.id, p.campaign_id as "campaignId", c.title, p.release_id as "releaseId", p.payee_kind as "payeeKind", p.state, p.gross_fen as "grossFen", p.fee_fen as "feeFen",
       p.net_fen as "netFen", p.given_back_fen as "givenBackFen", p.reserved_at as "reservedAt", p.booked_at as "bookedAt", p.bank_reference as "bankReference"
     from payout p join campaign c on c.id = p.campaign_id where ${FILTERED} and (:after::text is null or p.id > :after) order by p.id limit :limit`,
    { ...bindingsOf(tenantId, filter), after: filter.after ?? null, limit: filter.limit } as never,
  );
}

/** Count and sums of a list, fen. */
interface PayoutTotals {
  readonly count: number;
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
}

/** @returns the totals of all that the filter lets through, whatever page is looked at. */
export async function payoutTotals(connection: Connection, tenantId: string, filter: Omit<PayoutFilter, 'after' | 'limit'>): Promise<PayoutTotals> {
  const found = await row<PayoutTotals>(
    connection,
    `select count(*)::int as count, coalesce(sum(p.gross_fen), 0)::bigint as "grossFen", coalesce(sum(p.fee_fen), 0)::bigint as "feeFen",
       coalesce(sum(p.net_fen), 0)::bigint as "netFen" from payout p where ${FILTERED}`,
    bindingsOf(tenantId, filter) as never,
  );
  return found!;
}
