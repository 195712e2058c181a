import { type AuditEvent, audit } from '../audit/append';
import { row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { takesTwo } from '../domain/moneyExceptions';
import { campaignRow } from './campaigns';
import { type ExceptionRow, exceptionRow, mustAllow } from './exceptionStanding';
import { type Acting, endByWord } from './recalls';
import { closeReceiptLoop } from './receiptLoop';
import { areOneHuman } from './relations';
import { debitIsOpen, liftRestoredHold } from './restoredHold';

/** How a money event ends, by whose word. */
export interface Resolution {
  readonly how: 'settled' | 'matched' | 'machine';
  readonly reason: string | null;
  /** `role:id` of the person; `operator` at the command line. */
  readonly by: string;
  readonly at: Date;
}

/** Who settles: their words, and their account where a person does; null at the command line and in the house's own repairs. */
export type Settling = Omit<Resolution, 'how'> & { readonly staffId: string | null };

/**
 * Settles a money event; where that takes two (`takesTwo`), only asks for it. @param releaseId the release that a debit without a payout was for: signed again, its
 * payout takes the bank's id and is not sent; null: it was dealt with outside of the books. @returns whether a campaign that a restore held goes on because of it.
 * @throws {DomainError} exception.wrong_act; exception.wrong_target where the release cannot take the debit.
 */
export async function settleException(
  tx: Transaction,
  id: string,
  { releaseId, staffId, ...resolution }: Settling & { readonly releaseId: string | null },
): Promise<boolean> {
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, releaseId === null ? 'settle' : 'claim-release');
  if (takesTwo(e.kind)) {
    await askSettlement(tx, e, staffId, resolution);
    return false;
  }
  if (releaseId !== null) {
    await mustFit(tx, e, releaseId);
    await tx('money_exception')
      .where('id', id)
      .update({ data: JSON.stringify({ ...e.data, releaseId }) });
  }
  return resolve(tx, e, { ...resolution, how: 'settled' }, { releaseId });
}

async function askSettlement(tx: Transaction, e: ExceptionRow, staffId: string | null, { reason, by, at }: Omit<Resolution, 'how'>): Promise<void> {
  if (staffId === null)
    throw new DomainError('exception.wrong_act', {
      zh: `${e.kind} 须由两名财务人员在系统内了结，不能在命令行了结`,
      en: `A ${e.kind} is settled by two people of finance, not at the command line`,
    });
  await tx('money_exception').where('id', e.id).update({ asked_staff_id: staffId, asked_reason: reason, asked_at: at });
  await audit(tx, happened(e, 'exception.settlement_asked', { by, at }, { kind: e.kind }));
}

/**
 * Another person confirms a settlement that was asked for: the money event ends, and what waited for it goes on.
 * @throws {DomainError} exception.wrong_act where nobody asked; exception.same_person.
 */
export async function confirmSettlement(tx: Transaction, id: string, { staffId, by, at }: Acting & { readonly staffId: string }): Promise<void> {
  const { kind, campaign_id: campaignId } = await exceptionRow(tx, id);
  // Campaign before exception, as where the bank's answer ends it.
  if (kind === 'recall-silent') await campaignRow(tx, campaignId!, { lock: true });
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, 'confirm-settlement');
  if (e.asked_staff_id === staffId || (await areOneHuman(tx, e.asked_staff_id!, staffId)))
    throw new DomainError('exception.same_person', {
      zh: '申请了结的人不能自己确认，请另一位财务人员确认',
      en: 'Whoever asked to settle it does not confirm that: another person of finance does',
    });
  await resolve(tx, e, { how: 'settled', reason: e.asked_reason, by, at }, { askedBy: e.asked_staff_id });
  if (e.kind === 'recall-silent') await endByWord(tx, e.subject, { by, at });
  if (e.kind === 'receipt-short') {
    // RECEIPT: two people answer for the rest; the release goes on with what the hospital confirmed.
    const release = { id: e.data.releaseId!, campaignId: e.campaign_id!, tenantId: e.tenant_id };
    await closeReceiptLoop(tx, release, by, at, `settled-${id}`);
  }
}

/** Turns a settlement down that was asked for, or takes it back. @throws {DomainError} exception.wrong_act where nobody asked. */
export async function withdrawSettlement(tx: Transaction, id: string, acting: Acting): Promise<void> {
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, 'withdraw-settlement');
  await tx('money_exception').where('id', id).update({ asked_staff_id: null, asked_reason: null, asked_at: null });
  await audit(tx, happened(e, 'exception.settlement_withdrawn', acting, { kind: e.kind, askedBy: e.asked_staff_id }));
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
  await audit(tx, happened(e, 'exception.settled', { by, at }, { kind: e.kind, how, ...data }));
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
  await audit(tx, happened(e, 'exception.reopened', { by, at }, { kind: e.kind }));
}

/** What happened to a money event, for its audit row. */
function happened(
  { id, tenant_id: tenantId, campaign_id: campaignId }: Pick<ExceptionRow, 'id' | 'tenant_id' | 'campaign_id'>,
  action: string,
  { by, at }: Acting,
  data: AuditEvent['data'],
): AuditEvent {
  return {
    action,
    subject: `exception/${id}`,
    actor: by,
    tenantId: tenantId === 'unknown' ? undefined : tenantId,
    campaignId: campaignId ?? undefined,
    businessAt: at,
    data,
  };
}
