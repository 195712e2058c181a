import { row, rows, type Transaction } from '../../../database/connect';
import type { Finding } from '../../../domain/convention/terms';
import type { FeeSchedule } from '../../../domain/fees';
import type { ApprovalRow } from '../../../records/approvals';
import { feeScheduleOf } from '../../../records/campaigns';
import { releaseRow, type ReleaseStage } from '../../../records/releases';
import { type PaidTo, paidTo } from '../../../records/paidTo';
import { keyOf } from '../../../records/people';
import type { PersonalData } from '../../../security/personalData';
import { type ApprovalSheet, approvalSheet } from '../../routes/approvals';
import type { Actor } from '../../../access/actors';
import { hasTotp } from '../../../access/totp';
import { type Standing, standingOf } from './standing';

/** Everything that a person reads before they propose or sign. */
export interface SheetContext extends Standing {
  /** Whether the person who looks shows a code when they sign, or their password. */
  readonly secondFactor: boolean;
  readonly sheet: ApprovalSheet | null;
  /** Who is paid: as proposed, or as a proposal made now would say; null while no account is accepted. */
  readonly payee: PaidTo | null;
  readonly schedule: FeeSchedule & { readonly version: number };
  readonly request: { readonly amountFen: bigint; readonly findings: readonly Finding[] };
  readonly batches: readonly {
    readonly id: string;
    readonly batch: number;
    readonly purpose: string;
    readonly grossFen: bigint;
    readonly stage: ReleaseStage;
  }[];
  readonly review: { readonly name: string; readonly reason: string; readonly at: string } | null;
  readonly earlier: readonly {
    readonly maker: string;
    readonly netFen: bigint;
    readonly reason: string;
    readonly rejection: string | null;
    readonly at: string;
  }[];
}

/** @returns what stands on a release of the actor's own platform. @throws {DomainError} object.not_found, also for another platform's. */
export async function sheetContext(tx: Transaction, personalData: PersonalData, releaseId: string, actor: Actor): Promise<SheetContext> {
  const release = await releaseRow(tx, releaseId, { tenantId: actor.tenantId ?? '' });
  const standing = await standingOf(tx, release);
  const request = (await row<{ amount_fen: bigint; findings: Finding[] }>(tx, 'select amount_fen, findings from release_request where id = ?', [
    release.request_id,
  ]))!;
  const batches = await rows<{ id: string; batch: number; purpose: string; gross_fen: bigint; stage: ReleaseStage }>(
    tx,
    'select id, batch, purpose, gross_fen, stage from release where request_id = ? order by batch',
    [release.request_id],
  );
  const sheet = await approvalSheet(tx, personalData, releaseId);
  return {
    ...standing,
    secondFactor: await hasTotp(tx, actor.id),
    sheet,
    payee: sheet && standing.turn !== 'changed' ? sheet : await payeeNow(tx, personalData, standing),
    schedule: await feeScheduleOf(tx, standing.campaign),
    request: { amountFen: request.amount_fen, findings: request.findings },
    batches: batches.map((b) => ({ id: b.id, batch: b.batch, purpose: b.purpose, grossFen: b.gross_fen, stage: b.stage })),
    review: await reviewOf(tx, releaseId),
    earlier: await voided(tx, releaseId),
  };
}

async function payeeNow(tx: Transaction, personalData: PersonalData, { content, campaign }: Standing): Promise<SheetContext['payee']> {
  return content && paidTo(tx, await keyOf(tx, personalData, campaign.patient_id), content);
}

async function reviewOf(tx: Transaction, releaseId: string): Promise<SheetContext['review']> {
  const review = await row<{ display_name: string; review_reason: string | null; reviewed_at: Date }>(
    tx,
    'select s.display_name, r.review_reason, r.reviewed_at from release r join staff s on s.id = r.reviewed_by where r.id = ?',
    [releaseId],
  );
  return review && { name: review.display_name, reason: review.review_reason ?? '', at: review.reviewed_at.toISOString() };
}

async function voided(tx: Transaction, releaseId: string): Promise<SheetContext['earlier']> {
  const before = await rows<{ display_name: string; net_fen: bigint; void_reason: string | null; voided_at: Date; rejection: string | null }>(
    tx,
    `select f.display_name, a.net_fen, a.void_reason, a.voided_at,
       (select c.display_name || ': ' || s.reason from approval_signature s join staff c on c.id = s.checker_id where s.approval_id = a.id and s.decision = 'reject' limit 1) as rejection
     from approval a join staff f on f.id = a.maker_id where a.release_id = ? and a.voided_at is not null order by a.made_at desc limit 10`,
    [releaseId],
  );
  return before.map((a) => ({
    maker: a.display_name,
    netFen: a.net_fen,
    reason: a.void_reason ?? '',
    rejection: a.rejection,
    at: a.voided_at.toISOString(),
  }));
}

/** One version of a proposal, with its account as a person may see it. */
export type Version = ApprovalRow & { readonly account: string };

/** @returns the proposal that carried a digest, and the one that stands now: what changed lies between them. */
export async function versions(
  tx: Transaction,
  personalData: PersonalData,
  releaseId: string,
  shownDigest: string,
): Promise<{ shown: Version | null; now: Version | null }> {
  const version = async (where: string, ...bindings: string[]): Promise<Version | null> => {
    const found = await row<ApprovalRow & { patient_id: string }>(
      tx,
      `select a.*, c.patient_id from approval a join release r on r.id = a.release_id join campaign c on c.id = r.campaign_id where a.release_id = ? and ${where}`,
      [releaseId, ...bindings],
    );
    return found && { ...found, account: (await paidTo(tx, await keyOf(tx, personalData, found.patient_id), found.content)).account };
  };
  return { shown: await version('a.digest = ?', shownDigest), now: await version('a.voided_at is null') };
}
