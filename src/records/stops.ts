import { audit } from '../audit/append';
import { row, rows, type Transaction } from '../database/connect';
import { post, type Transfer } from '../ledger/post';
import type { CampaignRow } from './campaigns';
import { tell } from './outbox';
import { moveStage, type ReleaseRow, releaseRow } from './releases';

/** What ends a campaign for good: an upheld complaint, or the patient's death. */
export interface Stop {
  readonly rule: 'COMPLAINT' | 'DEATH';
  /** The complaint's or death report's id. */
  readonly cause: string;
  readonly actor: string;
  readonly at: Date;
}

/**
 * Stops a campaign: nothing is raised any more, no further payout is made up, every release that has not left goes back to the unspent money. What is
 * already with the bank finds its end there; what comes back from it is unspent too. The campaign's workflow returns the money.
 * @param campaign locked by the caller.
 */
export async function stopCampaign(tx: Transaction, campaign: CampaignRow, { rule, cause, actor, at }: Stop): Promise<void> {
  await tx('campaign_stop').insert({ campaign_id: campaign.id, rule, cause, stopped_at: at, stopped_by: actor }).onConflict().ignore();
  await tx.raw(
    `update campaign set stopped_at = coalesce(stopped_at, :at), stopped_by = (select array_agg(distinct r order by r) from unnest(stopped_by || :rule::text) r) where id = :id`,
    { at, rule, id: campaign.id },
  );
  await audit(tx, {
    action: 'campaign.stopped',
    subject: `campaign/${campaign.id}`,
    actor,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { rule, cause },
  });
  const open = await rows<{ id: string }>(tx, 'select id from release where campaign_id = ? and closed_at is null order by seq', [campaign.id]);
  for (const { id } of open) await cancelIfUnsent(tx, id, `stopped by ${rule}`, actor, at);
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'stopped', cause });
}

/** Stages in which no money of the release is on its way or with the payee. */
const UNSENT: readonly ReleaseRow['stage'][] = ['planned', 'review', 'publicity', 'approval', 'correction'];

/**
 * Takes a release back if its money has not left: reserved money is free again, and so is the fee of a payment that came back.
 * @returns whether it is cancelled now.
 */
export async function cancelIfUnsent(tx: Transaction, releaseId: string, why: string, actor: string, at: Date): Promise<boolean> {
  const release = await releaseRow(tx, releaseId, { lock: true });
  if (release.stage === 'cancelled') return true;
  const payout = await row<{ id: string; state: string }>(
    tx,
    'select id, state from payout where release_id = ? order by attempt desc limit 1 for update',
    [releaseId],
  );
  const unsent = UNSENT.includes(release.stage) || (release.stage === 'transfer' && (payout?.state === 'reserved' || payout?.state === 'failed'));
  if (!unsent) return false;
  if (payout?.state === 'reserved') {
    // The bank never heard of it, and the transfer will find that it ended.
    await tx('payout').where('id', payout.id).update({ state: 'failed', failure_code: 'cancelled' });
    await tell(tx, { workflow: 'transfer', tenantId: release.tenant_id, id: payout.id, notice: 'cancelled', cause: releaseId });
  }
  await moveStage(tx, releaseId, [release.stage], 'cancelled', at, { closed_at: at });
  await tx('approval').where('release_id', releaseId).whereNull('voided_at').update({ voided_at: at, void_reason: why });
  await post(tx, await whatComesFree(tx, release, at), actor);
  await audit(tx, {
    action: 'release.cancelled',
    subject: `release/${releaseId}`,
    actor,
    tenantId: release.tenant_id,
    campaignId: release.campaign_id,
    businessAt: at,
    data: { why, stage: release.stage },
  });
  if (release.stage !== 'planned')
    await tell(tx, { workflow: 'release', tenantId: release.tenant_id, id: releaseId, notice: 'cancelled', cause: why });
  await tell(tx, { workflow: 'campaign', tenantId: release.tenant_id, id: release.campaign_id, notice: 'release-closed', cause: releaseId });
  return true;
}

/** A payment that came back stands reserved without its fee, which is undone as well: nothing was withdrawn (FEES). */
async function whatComesFree(tx: Transaction, release: ReleaseRow, at: Date): Promise<Transfer[]> {
  const returned = await row<{ net_fen: bigint; fee_fen: bigint }>(
    tx,
    `select min(net_fen) as net_fen, sum(fee_fen)::bigint as fee_fen from payout where release_id = ? and state = 'returned' having count(*) > 0`,
    [release.id],
  );
  const held = { kind: 'held', campaignId: release.campaign_id } as const;
  const common = { tenantId: release.tenant_id, credit: held, subject: `release/${release.id}`, businessAt: at };
  return [
    {
      ...common,
      key: `release/${release.id}/cancel`,
      kind: 'release-voided',
      debit: { kind: 'reserved', campaignId: release.campaign_id },
      amountFen: returned?.net_fen ?? release.gross_fen,
    },
    {
      ...common,
      key: `release/${release.id}/fee-undone`,
      kind: 'fee-undone',
      debit: { kind: 'fees', campaignId: release.campaign_id },
      amountFen: returned?.fee_fen ?? 0n,
    },
  ];
}
