import { type Connection, rows } from '../database/connect';
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

/** @returns a platform's payouts that the filter lets through, oldest first. */
export async function listPayouts(connection: Connection, tenantId: string, filter: PayoutFilter): Promise<ListedPayout[]> {
  return rows<ListedPayout>(
    connection,
    `select id, campaign_id as "campaignId", release_id as "releaseId", payee_kind as "payeeKind", state, gross_fen as "grossFen", fee_fen as "feeFen", net_fen as "netFen",
       given_back_fen as "givenBackFen", reserved_at as "reservedAt", booked_at as "bookedAt", bank_reference as "bankReference" from payout
     where tenant_id = :tenant and (:state::text is null or state = :state) and (:campaign::text is null or campaign_id = :campaign)
       and (:from::date is null or reserved_at >= (:from::date)::timestamp at time zone 'Asia/Shanghai')
       and (:to::date is null or reserved_at < (:to::date + 1)::timestamp at time zone 'Asia/Shanghai')
       and (:after::text is null or id > :after) order by id limit :limit`,
    {
      tenant: tenantId,
      state: filter.state ?? null,
      campaign: filter.campaignId ?? null,
      from: filter.from ?? null,
      to: filter.to ?? null,
      after: filter.after ?? null,
      limit: filter.limit,
    } as never,
  );
}
