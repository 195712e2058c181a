import { audit } from '../audit/append';
import { row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { campaignRow } from './campaigns';
import { endByWord } from './recalls';
import { closeReceiptLoop } from './receiptLoop';
import { type ExceptionRow, exceptionRow, mustAllow } from './exceptionStanding';
import { debitIsOpen, liftRestoredHold } from './restoredHold';

/** How a money event ends, by whose word. */
export interface Resolution {
  readonly how: 'settled' | 'matched' | 'machine';
  readonly reason: string | null;
  /** `role:id` of the person; `operator` at the command line. */
  readonly by: string;
  readonly at: Date;
}

/**
 * Settles a money event. @param releaseId the release that a debit without a payout was for: signed again, its payout takes the bank's id and is not sent; null: it
 * was dealt with outside of the books. @returns whether a campaign that a restore held goes on because of it.
 * @throws {DomainError} exception.wrong_act; exception.wrong_target where the release cannot take the debit.
 */
export async function settleException(
  tx: Transaction,
  id: string,
  { releaseId, ...resolution }: Omit<Resolution, 'how'> & { readonly releaseId: string | null },
): Promise<boolean> {
  const { kind, campaign_id: campaignId } = await exceptionRow(tx, id);
  // Campaign before exception, as where the bank's answer ends it.
  if (kind === 'recall-silent') await campaignRow(tx, campaignId!, { lock: true });
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, releaseId === null ? 'settle' : 'claim-release');
  if (releaseId !== null) {
    await mustFit(tx, e, releaseId);
    await tx('money_exception')
      .where('id', id)
      .update({ data: JSON.stringify({ ...e.data, releaseId }) });
  }
  const goesOn = await resolve(tx, e, { ...resolution, how: 'settled' }, { releaseId });
  if (e.kind === 'recall-silent') await endByWord(tx, e.subject, resolution);
  if (e.kind === 'receipt-short') {
    // RECEIPT: a person answers for the rest; the release goes on with what the hospital confirmed.
    const release = { id: e.data.releaseId!, campaignId: e.campaign_id!, tenantId: e.tenant_id };
    await closeReceiptLoop(tx, release, resolution.by, resolution.at, `settled-${id}`);
  }
  return goesOn;
}

async function mustFit(tx: Transaction, e: ExceptionRow, releaseId: string): Promise<void> {
  const fits = await row(
    tx,
    `select 1 from release r where r.id = ? and r.campaign_id = ? and r.stage not in ('cancelled', 'refused')
       and not exists (select from payout p where p.release_id = r.id and p.state in ('reserved', 'submitted', 'unknown', 'succeeded'))
       and not exists (select from money_exception e where e.data->>'releaseId' = r.id)`,
    [releaseId, e.campaign_id],
  );
  if (fits) return;
  throw new DomainError(
    'exception.wrong_target',
    {
      zh: `拨付 ${releaseId} 不属于该活动、已结束，或已有付款`,
      en: `Release ${releaseId} is not of this campaign, is closed, or has its payment already.`,
    },
    { field: '/releaseId' },
  );
}

/**
 * Ends a money event on record; the campaign then goes on if a restore held it and nothing else about it is open. Whether the rest of a platform may go on,
 * the next reconciliation finds. @returns whether a campaign goes on.
 */
export async function resolve(
  tx: Transaction,
  e: Pick<ExceptionRow, 'id' | 'kind' | 'tenant_id' | 'campaign_id'>,
  { how, reason, by, at }: Resolution,
  data: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const ended = await tx('money_exception')
    .where('id', e.id)
    .whereNull('resolved_at')
    .update({ resolved_at: at, resolved_by: by, resolution: how, reason });
  if (ended === 0) return false;
  await audit(tx, {
    action: 'exception.settled',
    subject: `exception/${e.id}`,
    actor: by,
    tenantId: e.tenant_id === 'unknown' ? undefined : e.tenant_id,
    campaignId: e.campaign_id ?? undefined,
    businessAt: at,
    data: { kind: e.kind, how, ...data },
  });
  if (e.campaign_id === null || (await debitIsOpen(tx, e.campaign_id))) return false;
  return liftRestoredHold(tx, e.campaign_id, by);
}

/** Opens a money event again whose match was undone. */
export async function reopen(
  tx: Transaction,
  e: Pick<ExceptionRow, 'id' | 'kind' | 'tenant_id' | 'campaign_id'>,
  by: string,
  at: Date,
): Promise<void> {
  const opened = await tx('money_exception')
    .where({ id: e.id, resolution: 'matched' })
    .update({ resolved_at: null, resolved_by: null, resolution: null, reason: null });
  if (opened === 0) return;
  const { id, kind, tenant_id: tenantId, campaign_id: campaignId } = e;
  const data = { kind };
  await audit(tx, {
    action: 'exception.reopened',
    subject: `exception/${id}`,
    actor: by,
    tenantId,
    campaignId: campaignId ?? undefined,
    businessAt: at,
    data,
  });
}
