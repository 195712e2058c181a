import { type Connection, rows } from '../database/connect';
import type { PayableFacts } from '../domain/convention/payable';
import { type ApprovalContent, currentContents } from './approvals';

/** A release as `whyNotPayable` looks at it, and what would be paid. */
export interface PayableRelease extends PayableFacts {
  readonly releaseId: string;
  readonly campaignId: string;
  readonly tenantId: string;
  readonly edition: string;
  readonly windowSpeed: number;
  readonly urgent: boolean;
  /** What would be paid now; null while no account is accepted. */
  readonly content: ApprovalContent | null;
}

/** Gathers the facts of many releases in two queries. @returns by id; one that is not there, or is another tenant's where `tenantId` is given, is not among them. */
export async function payableReleases(
  connection: Connection,
  releaseIds: readonly string[],
  tenantId?: string,
): Promise<Map<string, PayableRelease>> {
  const found = await rows<Omit<PayableRelease, 'content' | 'accountAccepted'>>(
    connection,
    `select r.id as "releaseId", r.campaign_id as "campaignId", c.tenant_id as "tenantId", c.edition, t.window_speed as "windowSpeed", r.urgent, r.stage,
       r.review is not distinct from 'approve' and r.reviewed_by is not null as reviewed,
       array(select h.rule from hold h where h.campaign_id = c.id and h.lifted_at is null and not (r.settles_debt and h.rule = 'DEATH') order by h.rule) as holds
     from release r join campaign c on c.id = r.campaign_id join tenant t on t.id = c.tenant_id
     where r.id = any(:ids) and (:tenant::text is null or c.tenant_id = :tenant)`,
    { ids: [...releaseIds], tenant: tenantId ?? null } as never,
  );
  const contents = await currentContents(connection, releaseIds);
  return new Map(
    found.map((each) => [each.releaseId, { ...each, content: contents.get(each.releaseId) ?? null, accountAccepted: contents.has(each.releaseId) }]),
  );
}

/** Locks the campaigns of releases, then the releases, each in the order of their ids: the one order of the house, so that two changes queue. */
export async function lockReleases(connection: Connection, releaseIds: readonly string[]): Promise<void> {
  const ids = [[...releaseIds]] as never;
  await connection.raw('select 1 from campaign where id in (select campaign_id from release where id = any(?)) order by id for update', ids);
  await connection.raw('select 1 from release where id = any(?) order by id for update', ids);
}
