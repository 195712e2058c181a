import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { HOUR_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { type Exclusion, told } from '../../domain/convention/payable';
import { DomainError } from '../../domain/errors';
import { controlSum } from '../../domain/payoutBatch';
import { digestOf } from '../approvals';
import { lockReleases, type PayableRelease } from '../payable';
import { judged } from './judging';
import { checkersNeeded } from './limits';
import { batchRow, type BatchRow, type FinancePerson, includedLines, type IncludedLine, mustBeMaker, mustStandIn } from './rows';
import { batchDigestOf, type SheetLine, totalsOf } from './sheets';
import { retriedLines } from './retrying';

/** How many lines a refusal names one by one. */
const NAMED = 20;

type NewSheet = SheetLine & { readonly campaignId: string; readonly expiresAt: Date };

/**
 * The maker proposes the whole batch, or, after changes, proposes it anew: every release gets its own sheet, and the batch a digest over all of them. What was proposed or signed before is
 * void. @throws {DomainError} batch.does_not_agree when count, total or control sum are not as declared; batch.lines_not_payable; batch.wrong_state; batch.other_maker.
 */
export async function proposeBatch(tx: Transaction, maker: FinancePerson, batchId: string): Promise<void> {
  const batch = await batchRow(tx, batchId, maker.tenantId, { lock: true });
  mustStandIn(batch, ['draft', 'proposed']);
  mustBeMaker(batch, maker);
  const anew = await row(tx, 'select 1 from payout_batch_proposal where batch_id = ? and approved_at is not null', [batchId]);
  const lines = anew ? (await retriedLines(tx, maker, batchId)).lines : await includedLines(tx, batchId);
  if (!anew) mustAgree(batch, lines);
  await propose(tx, maker, batch, lines, anew === null);
}

/**
 * Proposes what failed, came back or is void once more: a further attempt of the same releases, each under a payout id of its own. What is with the bank, or unknown there, is left alone.
 * @throws {DomainError} batch.nothing_to_retry with the reason of each line that would have to be tried and cannot; batch.wrong_state before the first approval.
 */
export async function retryBatch(tx: Transaction, maker: FinancePerson, batchId: string): Promise<void> {
  const batch = await batchRow(tx, batchId, maker.tenantId, { lock: true });
  mustStandIn(batch, ['approved']);
  mustBeMaker(batch, maker);
  const { lines, waiting } = await retriedLines(tx, maker, batchId);
  if (lines.length === 0)
    throw new DomainError(
      'batch.nothing_to_retry',
      {
        zh: '没有可以重新付款的行：只有已确定失败、退回或签字作废、且收款账户已更正的行可以重试',
        en: 'No line can be tried again: only what has definitely failed, come back, or lost its signatures, and may be paid now',
      },
      { lines: named(waiting) },
    );
  await propose(tx, maker, batch, lines, false);
}

/** What a spreadsheet and the house must both come to. */
function mustAgree(batch: BatchRow, lines: readonly IncludedLine[]): void {
  const given = lines.map((line) => ({ releaseId: line.release_id, amountFen: line.amount_fen }));
  const found = { count: BigInt(lines.length), totalFen: given.reduce((sum, line) => sum + line.amountFen, 0n), controlSum: controlSum(given) };
  const declared = { count: BigInt(batch.declared_count), totalFen: batch.declared_fen, controlSum: batch.declared_sum };
  const differs = (['count', 'totalFen', 'controlSum'] as const)
    .filter((name) => found[name] !== declared[name])
    .map((name) => ({ name, declared: declared[name], included: found[name], difference: found[name] - declared[name] }));
  if (differs.length === 0) return;
  const names = {
    count: { zh: '笔数', en: 'count' },
    totalFen: { zh: '合计（分）', en: 'total (fen)' },
    controlSum: { zh: '控制和', en: 'control sum' },
  };
  const say = (lang: 'zh' | 'en', line: (name: string, d: bigint, i: bigint, by: bigint) => string): string =>
    differs.map((d) => line(names[d.name][lang], d.declared, d.included, d.difference)).join(lang === 'zh' ? '；' : '; ');
  throw new DomainError(
    'batch.does_not_agree',
    {
      zh: say('zh', (name, d, i, by) => `${name}：申报 ${d}，实有 ${i}，相差 ${by}`),
      en: say('en', (name, d, i, by) => `${name}: declared ${d}, included ${i}, which differs by ${by}`),
    },
    { field: `/${differs[0]!.name}`, differs },
  );
}

async function propose(tx: Transaction, maker: FinancePerson, batch: BatchRow, lines: readonly IncludedLine[], exactly: boolean): Promise<void> {
  const releaseIds = lines.map((line) => line.release_id);
  await lockReleases(tx, releaseIds);
  const at = await businessNow(tx, maker.tenantId);
  const { releases, why } = await judged(tx, maker, releaseIds);
  mustBePayable(
    lines.flatMap((line) => {
      const excluded = why(line.release_id, exactly ? line.amount_fen : null);
      return excluded ? [{ lineId: line.line_id, releaseId: line.release_id, excluded }] : [];
    }),
  );
  const sheets = lines.map((line) => sheetOf(line, releases.get(line.release_id)!, at));
  const totals = totalsOf(sheets);
  const proposalId = ulid();
  const round = (await row<{ n: number }>(tx, 'select count(*)::int + 1 as n from payout_batch_proposal where batch_id = ?', [batch.id]))!.n;
  const expiresAt = new Date(Math.min(...sheets.map((sheet) => sheet.expiresAt.getTime())));
  const head = { batchId: batch.id, proposalId, round, emergency: batch.emergency_reason !== null, expiresAt };
  const digest = batchDigestOf(head, sheets);
  await tx('payout_batch_proposal').where('batch_id', batch.id).whereNull('superseded_at').update({ superseded_at: at });
  await tx('payout_batch_proposal').insert({
    id: proposalId,
    batch_id: batch.id,
    round,
    maker_id: maker.id,
    digest,
    line_count: sheets.length,
    gross_fen: totals.grossFen.toString(),
    fee_fen: totals.feeFen.toString(),
    net_fen: totals.netFen.toString(),
    checkers_needed: await checkersNeeded(tx, maker.tenantId, totals.netFen, proposalId, at),
    made_at: at,
    expires_at: expiresAt,
  });
  await insertSheets(tx, maker, proposalId, sheets, at);
  await tx('payout_batch').where('id', batch.id).update({ state: 'proposed', state_since: at });
  await audit(
    tx,
    {
      action: 'batch.proposed',
      subject: `payout-batch/${batch.id}`,
      actor: maker.name,
      tenantId: maker.tenantId,
      businessAt: at,
      data: { digest, lines: sheets.length, attempt: round, ...totals },
    },
    ...sheets.map((sheet) => ({
      action: 'approval.made',
      subject: `approval/${sheet.approvalId}`,
      actor: maker.name,
      tenantId: maker.tenantId,
      campaignId: sheet.campaignId,
      businessAt: at,
      data: { releaseId: sheet.releaseId, digest: sheet.digest, netFen: sheet.content.netFen, batchId: batch.id },
    })),
  );
}

function sheetOf(line: IncludedLine, release: PayableRelease, at: Date): NewSheet {
  const content = release.content!;
  const { approvalValidHours } = editionOf(release.edition).windows;
  const expiresAt = new Date(at.getTime() + (approvalValidHours * HOUR_MS) / Math.min(release.windowSpeed, 3600));
  const { releaseId, campaignId } = release;
  return { lineId: line.line_id, releaseId, campaignId, approvalId: ulid(), digest: digestOf(content, expiresAt), content, expiresAt };
}

/** Each release's own sheet; whatever stood on it is void. */
async function insertSheets(tx: Transaction, maker: FinancePerson, proposalId: string, sheets: readonly NewSheet[], at: Date): Promise<void> {
  await tx.raw(`update approval set voided_at = ?, void_reason = 'proposed anew' where release_id = any(?) and voided_at is null`, [
    at,
    sheets.map((sheet) => sheet.releaseId),
  ] as never);
  const text = JSON.stringify(
    sheets.map(({ approvalId, releaseId, digest, content, expiresAt }) => ({
      id: approvalId,
      release: releaseId,
      digest,
      content,
      expires: expiresAt,
    })),
  );
  await tx.raw(
    `insert into approval (id, release_id, maker_id, digest, content, evidence_version, account_id, gross_fen, fee_fen, net_fen, made_at, expires_at, batch_proposal_id)
     select x.id, x.release, :maker, x.digest, x.content, (x.content->>'evidenceVersion')::int, x.content->>'accountId', (x.content->>'grossFen')::bigint,
       (x.content->>'feeFen')::bigint, (x.content->>'netFen')::bigint, :at, x.expires, :proposal
     from jsonb_to_recordset(:sheets::jsonb) as x (id text, release text, digest text, content jsonb, expires timestamptz)`,
    { maker: maker.id, at, proposal: proposalId, sheets: text } as never,
  );
}

interface Refused {
  readonly lineId: string;
  readonly releaseId: string;
  readonly excluded: Exclusion;
}

const named = (lines: readonly Refused[]): object[] =>
  lines.slice(0, NAMED).map(({ lineId, releaseId, excluded }) => ({ lineId, releaseId, reason: told(excluded) }));

function mustBePayable(refused: readonly Refused[]): void {
  if (refused.length === 0) return;
  const first = told(refused[0]!.excluded);
  throw new DomainError(
    'batch.lines_not_payable',
    {
      zh: `${refused.length} 行现在不能付款；第 ${refused[0]!.lineId} 行：${first.zh}。请撤销本批次，重新申报`,
      en: `${refused.length} line(s) cannot be paid now; line ${refused[0]!.lineId}: ${first.en}. Cancel the batch and declare it anew`,
    },
    { rules: [...new Set(refused.flatMap(({ excluded }) => told(excluded).rules))].sort(), count: refused.length, lines: named(refused) },
  );
}
