import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { businessNow } from '../database/clock';
import { row, rows, type Transaction } from '../database/connect';
import { campaignRow } from './campaigns';
import { tell } from './outbox';
import { liftHold, RESTORED } from './releases';

/** @returns whether a debit that is nobody's yet is open about the campaign: while one is, nothing of it is paid. */
export async function debitIsOpen(tx: Transaction, campaignId: string): Promise<boolean> {
  return (
    (await row(tx, `select 1 from money_exception where campaign_id = ? and resolved_at is null and data->>'sign' = 'DBIT' limit 1`, [
      campaignId,
    ])) !== null
  );
}

/** Lifts the hold that a restore placed on a campaign, and tells every workflow of it that waits. Where none stands, nothing happens. @param by who decided it. */
export async function liftRestoredHold(tx: Transaction, campaignId: string, by: string): Promise<boolean> {
  const campaign = await campaignRow(tx, campaignId, { lock: true });
  const [tenantId, at] = [campaign.tenant_id, await businessNow(tx, campaign.tenant_id)];
  if (!(await liftHold(tx, { campaignId, rule: RESTORED, by, at }))) return false;
  await audit(tx, {
    action: 'hold.lifted',
    subject: `campaign/${campaignId}`,
    actor: by,
    tenantId,
    campaignId,
    businessAt: at,
    data: { rule: RESTORED },
  });
  const cause = `reconciled-${ulid()}`;
  const waiting = await rows<{ id: string; workflow: 'release' | 'transfer' | 'refund' }>(
    tx,
    `select id, 'release' as workflow from release where campaign_id = :id and started_at is not null and closed_at is null
     union all select id, 'transfer' from payout where campaign_id = :id and state in ('reserved', 'submitted', 'unknown')
     union all select id, 'refund' from refund_round where campaign_id = :id and finished_at is null`,
    { id: campaignId },
  );
  for (const { id, workflow } of waiting) await tell(tx, { workflow, tenantId, id, notice: 'repaired', cause });
  if (campaign.ended_at === null) await tell(tx, { workflow: 'campaign', tenantId, id: campaignId, notice: 'hold-changed', cause });
  return true;
}
