import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { currentContents, digestOf } from '../approvals';
import { lockReleases } from '../payable';
import { areOneHuman } from '../relations';
import { relatedCampaigns } from './judging';
import { checkersNeeded } from './limits';
import { batchRow, type BatchRow, type FinancePerson, mustStandIn, type ProposalRow, standingProposal } from './rows';
import { beginRun } from './runs';
import { batchDigestOf, type MadeSheet, sheetsOf } from './sheets';

/** How many lines a refusal names one by one. */
const NAMED = 20;

export interface BatchSignature {
  /** What was shown. */
  readonly digest: string;
  readonly decision: 'approve' | 'reject';
  readonly reason: string | null;
  /** The step-up that was used for exactly this digest. */
  readonly stepUpId: string;
}

/**
 * A checker signs a batch, and by it every release's own sheet, or rejects it, which voids them all. With the last signature that is needed the batch's conductor begins.
 * @throws {DomainError} batch.digest_changed, release.maker_is_checker, release.related_party, release.already_signed, batch.wrong_state.
 */
export async function signBatch(tx: Transaction, checker: FinancePerson, batchId: string, signed: BatchSignature): Promise<void> {
  const batch = await batchRow(tx, batchId, checker.tenantId, { lock: true });
  mustStandIn(batch, ['proposed']);
  const proposal = (await standingProposal(tx, batchId))!;
  await mustBeAnother(tx, proposal, checker);
  await lockReleases(tx, await releasesOf(tx, proposal.id));
  const sheets = await sheetsOf(tx, batchId, proposal.id);
  await mustBeUnrelated(tx, checker, sheets);
  const at = await businessNow(tx, checker.tenantId);
  await mustBeAsShown(tx, batch, proposal, sheets, signed.digest, at);
  const signatureId = await insertSignature(tx, proposal, checker, signed, at);
  await signSheets(tx, proposal, signatureId);
  if (signed.decision === 'reject') await reject(tx, batch, proposal, at);
  else await approveWhenAllSigned(tx, batch, proposal, at);
  await auditSigned(tx, batch, proposal, sheets, checker, signed, at);
}

/** @returns the releases that a proposal pays. */
async function releasesOf(tx: Transaction, proposalId: string): Promise<string[]> {
  const found = await rows<{ release_id: string }>(tx, 'select release_id from approval where batch_proposal_id = ?', [proposalId]);
  return found.map((approval) => approval.release_id);
}

async function mustBeAnother(tx: Transaction, proposal: ProposalRow, checker: FinancePerson): Promise<void> {
  if (proposal.maker_id !== checker.id && !(await areOneHuman(tx, proposal.maker_id, checker.id))) return;
  throw new DomainError(
    'release.maker_is_checker',
    { zh: '制单人不得复核自己的单据', en: 'Whoever proposed a payment does not check it' },
    { rules: ['DISBURSE-REVIEW'] },
  );
}

async function mustBeUnrelated(tx: Transaction, checker: FinancePerson, sheets: readonly MadeSheet[]): Promise<void> {
  const related = new Set(await relatedCampaigns(tx, checker.id, [...new Set(sheets.map((sheet) => sheet.campaignId))]));
  if (related.size === 0) return;
  const lines = sheets.filter((sheet) => related.has(sheet.campaignId)).map((sheet) => sheet.lineId);
  throw new DomainError(
    'release.related_party',
    {
      zh: `您与第 ${lines[0]} 行的活动有关联（共 ${lines.length} 行），不得复核本批次；请由他人经办`,
      en: `You are tied to the campaign of line ${lines[0]} (${lines.length} in all): somebody else checks this batch`,
    },
    { rules: ['DISBURSE-REVIEW'], lines: lines.slice(0, NAMED) },
  );
}

/** Every release is looked at as it would be paid now: one changed line, and nothing of the batch is signed. */
async function mustBeAsShown(
  tx: Transaction,
  batch: BatchRow,
  proposal: ProposalRow,
  sheets: readonly MadeSheet[],
  digest: string,
  at: Date,
): Promise<void> {
  const contents = await currentContents(
    tx,
    sheets.map((sheet) => sheet.releaseId),
  );
  const now = (sheet: MadeSheet): string | null => {
    const content = contents.get(sheet.releaseId);
    return content === undefined || sheet.voided ? null : digestOf(content, sheet.expiresAt);
  };
  const changed = sheets.filter((sheet) => now(sheet) !== sheet.digest).map((sheet) => sheet.lineId);
  const head = {
    batchId: batch.id,
    proposalId: proposal.id,
    round: proposal.round,
    emergency: batch.emergency_reason !== null,
    expiresAt: proposal.expires_at,
  };
  const current = batchDigestOf(head, sheets);
  if (changed.length === 0 && at < proposal.expires_at && current === proposal.digest && digest === proposal.digest) return;
  throw new DomainError(
    'batch.digest_changed',
    {
      zh: `${changed.length > 0 ? `第 ${changed[0]} 行等 ${changed.length} 行` : '付款批次'}已不是所展示的那一版，或制单已过期；由制单人重新制单，再查看、再签`,
      en: `${changed.length > 0 ? `Line ${changed[0]} (${changed.length} in all)` : 'What would be paid'} is no longer what was shown, or the proposal expired; the maker proposes it anew, then look at it again and sign`,
    },
    { field: '/digest', rules: ['DISBURSE-REVIEW'], changed: changed.slice(0, NAMED) },
  );
}

async function insertSignature(tx: Transaction, proposal: ProposalRow, checker: FinancePerson, signed: BatchSignature, at: Date): Promise<string> {
  const id = ulid();
  // A second account of the same human conflicts like a second signature of the same account.
  const inserted = await rows<{ id: string }>(
    tx,
    `insert into payout_batch_signature (id, proposal_id, maker_id, digest, checker_id, decision, reason, signed_at, step_up_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning id`,
    [id, proposal.id, proposal.maker_id, proposal.digest, checker.id, signed.decision, signed.reason as never, at, signed.stepUpId],
  );
  if (inserted.length > 0) return id;
  throw new DomainError('release.already_signed', {
    zh: '您已对这一版签过字；一人只计一次',
    en: 'You have signed this proposal already; one person counts once',
  });
}

/** The batch's signature on each release's own sheet: each payout rests on the signatures of its own, as ever. */
async function signSheets(tx: Transaction, proposal: ProposalRow, signatureId: string): Promise<void> {
  await tx.raw(
    `insert into approval_signature (approval_id, maker_id, digest, checker_id, decision, reason, signed_at, batch_signature_id)
     select a.id, a.maker_id, a.digest, s.checker_id, s.decision, s.reason, s.signed_at, s.id
     from payout_batch_signature s join approval a on a.batch_proposal_id = s.proposal_id where s.id = ? and s.proposal_id = ?`,
    [signatureId, proposal.id],
  );
}

async function reject(tx: Transaction, batch: BatchRow, proposal: ProposalRow, at: Date): Promise<void> {
  await tx('approval')
    .where('batch_proposal_id', proposal.id)
    .whereNull('voided_at')
    .update({ voided_at: at, void_reason: 'a checker rejected the payout batch' });
  await tx.raw(
    `update payout_batch_line set freed_at = ? where batch_id = ? and excluded_code is null and freed_at is null
       and release_id in (select release_id from approval where batch_proposal_id = ?)`,
    [at, batch.id, proposal.id],
  );
  await tx('payout_batch').where('id', batch.id).update({ state: 'rejected', state_since: at });
}

async function approveWhenAllSigned(tx: Transaction, batch: BatchRow, proposal: ProposalRow, at: Date): Promise<void> {
  const needed = await checkersNeeded(tx, batch.tenant_id, proposal.net_fen, proposal.id, at);
  const standing = await row<{ n: number }>(
    tx,
    `select count(distinct coalesce(encode(s.identity_hash, 'hex'), s.checker_id))::int as n from payout_batch_signature s
       join staff f on f.id = s.checker_id and f.disabled_at is null and f.role = 'finance-checker' where s.proposal_id = ? and s.decision = 'approve'`,
    [proposal.id],
  );
  await tx('payout_batch_proposal')
    .where('id', proposal.id)
    .update({ checkers_needed: needed, ...(standing!.n >= needed ? { approved_at: at } : {}) });
  if (standing!.n < needed) return;
  await tx('payout_batch').where('id', batch.id).update({ state: 'approved', state_since: at });
  await beginRun(tx, batch, proposal, at);
}

async function auditSigned(
  tx: Transaction,
  batch: BatchRow,
  proposal: ProposalRow,
  sheets: readonly MadeSheet[],
  checker: FinancePerson,
  { decision }: BatchSignature,
  at: Date,
): Promise<void> {
  const common = { actor: checker.name, tenantId: batch.tenant_id, businessAt: at };
  await audit(
    tx,
    {
      ...common,
      action: 'batch.signed',
      subject: `payout-batch/${batch.id}`,
      data: { digest: proposal.digest, decision, lines: proposal.line_count, netFen: proposal.net_fen },
    },
    ...sheets.map((sheet) => ({
      ...common,
      action: 'approval.signed',
      subject: `approval/${sheet.approvalId}`,
      campaignId: sheet.campaignId,
      data: { releaseId: sheet.releaseId, digest: sheet.digest, decision, batchId: batch.id },
    })),
  );
}
