import type {
  CampaignNotice,
  ComplaintNotice,
  PayoutBatchNotice,
  RecallNotice,
  ReconciliationNotice,
  RefundNotice,
  ReleaseNotice,
  SupervisionNotice,
  TransferNotice,
} from '../messages/messages';
import { type Connection, rows } from '../database/connect';
import { tellAll } from './manyNotices';
import type { ReleaseStage } from './releases';

/** A workflow, and what it is told. */
export type Told =
  | { readonly workflow: 'campaign'; readonly notice: CampaignNotice }
  | { readonly workflow: 'release'; readonly notice: ReleaseNotice }
  | { readonly workflow: 'transfer'; readonly notice: TransferNotice }
  | { readonly workflow: 'payoutBatch'; readonly notice: PayoutBatchNotice }
  | { readonly workflow: 'refund'; readonly notice: RefundNotice }
  | { readonly workflow: 'complaint'; readonly notice: ComplaintNotice }
  | { readonly workflow: 'supervision'; readonly notice: SupervisionNotice }
  | { readonly workflow: 'reconciliation'; readonly notice: ReconciliationNotice }
  | { readonly workflow: 'recall'; readonly notice: RecallNotice };

/**
 * Writes the word to a workflow in the transaction of the change it tells of; the relay delivers it.
 * @param to.cause makes the row's id with notice and workflow: the same cause is told once, ever. A campaign and its supervision share an id, so the workflow is part of it.
 */
export async function tell(tx: Connection, to: Told & { readonly tenantId: string; readonly id: string; readonly cause: string }): Promise<void> {
  await tellAll(tx, [to]);
}

/** Tells every release of a campaign that stands in one of `stages`. @param cause as for `tell`. */
export async function tellReleases(
  tx: Connection,
  campaign: { readonly id: string; readonly tenantId: string },
  stages: readonly ReleaseStage[],
  notice: ReleaseNotice,
  cause: string,
): Promise<void> {
  const standing = await rows<{ id: string }>(tx, 'select id from release where campaign_id = ? and stage = any(?)', [
    campaign.id,
    [...stages],
  ] as never);
  for (const { id } of standing) await tell(tx, { workflow: 'release', tenantId: campaign.tenantId, id, notice, cause });
}
