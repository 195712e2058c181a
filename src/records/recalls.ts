import { ulid } from 'ulid';
import { audit, type AuditEvent } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { type RecallReason, type RecallState, STANDING_RECALLS } from '../domain/recall';
import { type CampaignRow, campaignRow } from './campaigns';
import { tell, tellReleases } from './outbox';
import { liftHold, placeHold } from './releases';

export interface RecallRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly payout_id: string;
  readonly reason: RecallReason;
  readonly words: string;
  readonly digest: string;
  readonly state: RecallState;
  readonly asker_id: string;
  readonly asked_at: Date;
  readonly confirmed_at: Date | null;
  readonly sent_at: Date | null;
  readonly accepted_at: Date | null;
  readonly bank_code: string | null;
}

/** Who does something, and when in business time. */
export interface Acting {
  readonly by: string;
  readonly at: Date;
}

/** The hold under which a campaign pays nothing while money of it is asked back. */
const RULE = 'RECALL';

/** @throws {DomainError} object.not_found. */
export async function recallRow(connection: Connection, id: string): Promise<RecallRow> {
  const found = await row<RecallRow>(connection, 'select * from recall where id = ?', [id]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该追回', en: 'There is no such recall' });
  return found;
}

/** Takes campaign, payout and recall for the transaction, in this order, as everywhere. @throws {DomainError} object.not_found. */
export async function lockedRecall(tx: Transaction, id: string): Promise<RecallRow> {
  const { campaign_id: campaignId, payout_id: payoutId } = await recallRow(tx, id);
  await campaignRow(tx, campaignId, { lock: true });
  await tx.raw('select 1 from payout where id = ? for update', [payoutId]);
  return (await row<RecallRow>(tx, 'select * from recall where id = ? for update', [id]))!;
}

/** @returns the recall under way on a payout, or null. Its payout is locked by the caller. */
export async function standingRecall(tx: Transaction, payoutId: string): Promise<RecallRow | null> {
  return row<RecallRow>(tx, 'select * from recall where payout_id = ? and state = any(?) for update', [payoutId, [...STANDING_RECALLS]] as never);
}

/** @returns whether two people ask this payout back, and the bank has not heard of it yet. */
export async function isAskedBack(connection: Connection, payoutId: string): Promise<boolean> {
  return (await row(connection, `select 1 from recall where payout_id = ? and state = 'confirmed'`, [payoutId])) !== null;
}

/** What happened to a recall, for its audit row. */
export function happened(r: Pick<RecallRow, 'id' | 'tenant_id' | 'campaign_id'>, action: string, { by, at }: Acting, data: AuditEvent['data'] = {}) {
  return { action, subject: `recall/${r.id}`, actor: by, tenantId: r.tenant_id, campaignId: r.campaign_id, businessAt: at, data };
}

/** No further money of a campaign leaves while any of it is asked back; the last recall's end lifts the hold. @param campaign locked by the caller. */
export async function holdWhileRecalled(tx: Transaction, campaign: CampaignRow, cause: string, { by, at }: Acting): Promise<void> {
  const standing = await row(tx, 'select 1 from recall where campaign_id = ? and state = any(?) limit 1', [
    campaign.id,
    [...STANDING_RECALLS],
  ] as never);
  const common = { subject: `campaign/${campaign.id}`, actor: by, tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at };
  if (standing !== null) {
    const reason = 'a payment is asked back';
    const placed = await placeHold(tx, { id: ulid(), campaignId: campaign.id, releaseId: null, rule: RULE, reason, at });
    if (placed) await audit(tx, { action: 'hold.placed', ...common, data: { rule: RULE, reason } });
  } else if (await liftHold(tx, { campaignId: campaign.id, rule: RULE, by, at })) {
    await audit(tx, { action: 'hold.lifted', ...common, data: { rule: RULE } });
  }
  await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['publicity', 'approval'], 'hold-changed', cause);
  if (campaign.ended_at === null)
    await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'hold-changed', cause });
}

/** Ends a recall: its campaign's hold goes if no other stands, and its workflow hears of it. @param r locked, with its campaign, by the caller. @param code the bank's, where it refused with one. */
export async function endRecall(
  tx: Transaction,
  r: RecallRow,
  state: Exclude<RecallState, 'asked' | 'confirmed' | 'sent' | 'accepted'>,
  acting: Acting,
  code: string | null = null,
): Promise<void> {
  await tx('recall').where('id', r.id).update({ state, ended_at: acting.at, ended_by: acting.by, bank_code: code });
  await audit(tx, happened(r, `recall.${state}`, acting, { payoutId: r.payout_id, ...(code === null ? {} : { code }) }));
  await holdWhileRecalled(tx, await campaignRow(tx, r.campaign_id), `recall-ended-${r.id}`, acting);
  if (r.confirmed_at !== null) await tell(tx, { workflow: 'recall', tenantId: r.tenant_id, id: r.id, notice: 'ended', cause: 'ended' });
}

/** A person has the bank's word that it gives nothing back: a recall without an answer ends as refused. One that has ended stays as it is. */
export async function endByWord(tx: Transaction, id: string, acting: Acting): Promise<void> {
  const r = await lockedRecall(tx, id);
  if (r.state === 'sent' || r.state === 'accepted') await endRecall(tx, r, 'refused', acting);
}

/** Payouts were booked: what waits to ask for one of them back goes on. */
export async function tellRecalls(tx: Transaction, payoutIds: readonly string[]): Promise<void> {
  const waiting = await rows<RecallRow>(tx, `select * from recall where payout_id = any(?) and state = 'confirmed'`, [[...payoutIds]] as never);
  for (const r of waiting) await tell(tx, { workflow: 'recall', tenantId: r.tenant_id, id: r.id, notice: 'payout-booked', cause: r.payout_id });
}
