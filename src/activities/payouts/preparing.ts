import { ulid } from 'ulid';
import { audit, type AuditEvent } from '../../audit/append';
import { rows, type Transaction } from '../../database/connect';
import { editionOf } from '../../domain/convention/editions';
import { whyNotPayable } from '../../domain/convention/payable';
import { disburseReview } from '../../domain/convention/rules/disburseReview';
import { fees } from '../../domain/convention/rules/fees';
import { type ClearingLimits, USUAL_LIMITS } from '../../domain/routing';
import { balanceOf } from '../../ledger/post';
import { type ApprovalContent, disbursementFactsOf, feeFactsOf, type SignedSheet, standingApprovals } from '../../records/approvals';
import { type CampaignRow, campaignRows } from '../../records/campaigns';
import { type ClaimedDebit, claimedDebits, contradicts } from '../../records/claimedDebits';
import { lockReleases, payableReleases } from '../../records/payable';
import { moveStages, type ReleaseRow, releaseRows } from '../../records/releases';
import { chooseRoutes } from '../../records/routes';
import { walletPayoutId } from './walletPayoutId';

const WORKFLOW = 'workflow:release';

/** A payout's id; `cancelled` when the release ended; null while something is missing. */
export type Prepared = string | 'cancelled' | null;

/** What stands of a payout that may be made up, with its campaign. */
interface Sheet extends SignedSheet {
  readonly campaign: CampaignRow;
}

/**
 * Makes up the payouts of releases of one platform and of different campaigns, each once everything allows it: two valid signatures on what would be paid now, no hold, money in
 * custody. Stored before the bank hears of them, each under the id that is the bank's idempotency key for ever. A signature that no longer fits is voided.
 * @param options.limits what the bank's contract says of its clearings. @param options.conducted by a payout batch's conductor; what a restored house has to ask the bank about first is left to the release's own workflow then.
 * @returns by release; one that does not exist is not among them.
 */
export async function preparePayouts(
  tx: Transaction,
  releaseIds: readonly string[],
  at: Date,
  { conducted = false, limits = USUAL_LIMITS }: { readonly conducted?: boolean; readonly limits?: ClearingLimits } = {},
): Promise<Map<string, Prepared>> {
  await lockReleases(tx, releaseIds);
  const releases = await releaseRows(tx, releaseIds);
  const prepared = new Map<string, Prepared>([...releases.values()].map(({ id, stage }) => [id, stage === 'cancelled' ? 'cancelled' : null]));
  const live = await rows<{ id: string; release_id: string }>(
    tx,
    `select id, release_id from payout where release_id = any(?) and state in ('reserved', 'submitted', 'unknown', 'succeeded')`,
    [[...releaseIds]] as never,
  );
  for (const payout of live) if (prepared.get(payout.release_id) === null) prepared.set(payout.release_id, payout.id);
  const open = [...prepared].flatMap(([id, found]) => (found === null ? [id] : []));
  const claimed = open.length === 0 ? new Map<string, ClaimedDebit>() : await claimedDebits(tx, open);
  const wanted = conducted ? open.filter((id) => !claimed.has(id)) : open;
  const sheets = await sheetsOf(
    tx,
    wanted.map((id) => releases.get(id)!),
  );
  const allowed = await allowedSheets(tx, sheets, at);
  const attempts = await attemptsOf(
    tx,
    allowed.map(({ release }) => release.id),
  );
  for (const sheet of await inCustody(tx, allowed)) {
    const debit = claimed.get(sheet.release.id);
    if (debit === undefined)
      prepared.set(sheet.release.id, sheet.approval.content.wallet ? walletPayoutId(sheet.release.id, attempts(sheet.release.id)) : ulid());
    else if (debit.amountFen === sheet.approval.net_fen) prepared.set(sheet.release.id, debit.payoutId);
    else await contradicts(tx, sheet.release, debit, sheet.approval.net_fen, at);
  }
  const made = allowed.flatMap((sheet) => {
    const id = prepared.get(sheet.release.id);
    return typeof id === 'string' ? [{ sheet, id }] : [];
  });
  await insert(tx, made, claimed, attempts, at, { conducted, limits });
  return prepared;
}

/** What of the releases may be paid at all, with the approval that stands on each. */
async function sheetsOf(tx: Transaction, releases: readonly ReleaseRow[]): Promise<Sheet[]> {
  if (releases.length === 0) return [];
  const releaseIds = releases.map(({ id }) => id);
  const payable = await payableReleases(tx, releaseIds);
  const approvals = await standingApprovals(tx, releaseIds);
  const campaigns = await campaignRows(
    tx,
    releases.map((release) => release.campaign_id),
  );
  if (campaigns.size < releases.length)
    throw new Error('Two releases of one campaign are made up one after the other: each counts against the fee cap');
  return releases.flatMap((release) => {
    const facts = payable.get(release.id);
    const approval = approvals.get(release.id);
    if (!facts?.content || whyNotPayable(facts) !== null || !approval) return [];
    const campaign = campaigns.get(release.campaign_id)!;
    return [{ release, approval, current: facts.content, edition: editionOf(campaign.edition), campaign }];
  });
}

/** @returns the sheets that DISBURSE-REVIEW and FEES pass; what they refuse is voided, so that the screens ask for a new signature. */
async function allowedSheets(tx: Transaction, sheets: readonly Sheet[], at: Date): Promise<Sheet[]> {
  if (sheets.length === 0) return [];
  const reviews = await disbursementFactsOf(tx, sheets, at);
  const charges = await feeFactsOf(tx, sheets);
  const allowed: Sheet[] = [];
  const voided: AuditEvent[] = [];
  for (const sheet of sheets) {
    const findings = [disburseReview(reviews.get(sheet.release.id)!), fees(charges.get(sheet.release.id)!)];
    const finding = findings.find((f) => f.verdict === 'fail') ?? findings[0]!;
    if (finding.verdict === 'pass') allowed.push(sheet);
    if (finding.verdict !== 'fail') continue;
    await tx('approval').where('id', sheet.approval.id).update({ voided_at: at, void_reason: finding.en });
    voided.push({ ...happened(sheet, at), action: 'approval.voided', subject: `approval/${sheet.approval.id}`, data: finding.facts });
  }
  if (voided.length > 0) await audit(tx, ...voided);
  return allowed;
}

/** @returns the sheets for which there is money, in their order: what lies on suspense is in custody and is nobody's yet, interest is no campaign's: nothing is paid from either. */
async function inCustody(tx: Transaction, sheets: readonly Sheet[]): Promise<Sheet[]> {
  if (sheets.length === 0) return [];
  const tenantId = sheets[0]!.release.tenant_id;
  const of = (kind: 'custody' | 'suspense' | 'interest' | 'clearing' | 'clearing-alipay'): Promise<bigint> => balanceOf(tx, tenantId, { kind });
  let leftFen = (await of('custody')) - (await of('suspense')) - (await of('interest'));
  // What the channels gave out beyond what they took is collected from custody yet.
  const owedFen = [await of('clearing'), await of('clearing-alipay')].reduce((sum, fen) => (fen < 0n ? sum + fen : sum), 0n);
  return sheets.filter(({ approval }) => {
    if (leftFen < approval.net_fen) return false;
    if (approval.content.wallet && leftFen + owedFen < approval.net_fen) return false;
    leftFen -= approval.net_fen;
    return true;
  });
}

/** @returns which attempt the next payout of a release is. */
async function attemptsOf(tx: Transaction, releaseIds: readonly string[]): Promise<(releaseId: string) => number> {
  const before = await rows<{ release_id: string; n: number }>(
    tx,
    'select release_id, count(*)::int as n from payout where release_id = any(?) group by release_id',
    [releaseIds] as never,
  );
  const attempts = new Map(before.map(({ release_id, n }) => [release_id, n + 1]));
  return (releaseId) => attempts.get(releaseId) ?? 1;
}

async function insert(
  tx: Transaction,
  made: readonly { readonly sheet: Sheet; readonly id: string }[],
  claimed: ReadonlyMap<string, ClaimedDebit>,
  attemptOf: (releaseId: string) => number,
  at: Date,
  { conducted, limits }: { readonly conducted: boolean; readonly limits: ClearingLimits },
): Promise<void> {
  if (made.length === 0) return;
  const releaseIds = made.map(({ sheet }) => sheet.release.id);
  // What the bank has debited for a release it has paid, whatever was signed.
  const walletOf = ({ release, approval }: Sheet): ApprovalContent['wallet'] => (claimed.has(release.id) ? undefined : approval.content.wallet);
  const leaving = made.map(({ sheet, sheet: { release, approval, campaign }, id }) => ({
    wallet: walletOf(sheet)?.rail ?? null,
    ...{ id, accountId: approval.account_id, amountFen: approval.net_fen, payeeKind: campaign.payee_kind },
    ...{ urgent: release.urgent, windowSpeed: campaign.window_speed },
  }));
  const ways = await chooseRoutes(tx, made[0]!.sheet.release.tenant_id, leaving, limits, at);
  await tx.raw(
    `insert into payout (id, tenant_id, campaign_id, release_id, attempt, approval_id, account_id, gross_fen, fee_fen, net_fen, reserved_at, conducted, rail, wallet_id, clearing, route_reason, waits_until)
     select x.id, a.tenant_id, a.campaign_id, a.release_id, x.attempt, a.id, a.account_id, a.gross_fen, a.fee_fen, a.net_fen, :at, :conducted, x.rail, x.wallet, x.clearing, x.reason, x.opens
     from jsonb_to_recordset(:made::jsonb) as x (id text, approval text, attempt integer, rail text, wallet text, clearing text, reason text, opens timestamptz)
       join (select a.*, r.campaign_id, c.tenant_id from approval a join release r on r.id = a.release_id join campaign c on c.id = r.campaign_id) a on a.id = x.approval
     order by x.id`,
    {
      made: JSON.stringify(
        made.map(({ sheet, id }) => {
          const { rail, clearing, reason, opensAtMs } = ways.get(id)!;
          const opens = opensAtMs === null ? null : new Date(opensAtMs);
          const { release, approval } = sheet;
          return { id, approval: approval.id, attempt: attemptOf(release.id), rail, wallet: walletOf(sheet)?.id ?? null, clearing, reason, opens };
        }),
      ),
      at,
      conducted,
    } as never,
  );
  for (const { sheet, id } of made)
    if (claimed.has(sheet.release.id))
      await tx('bank_line')
        .where({ end_to_end_id: id, sign: 'DBIT', kind: 'unknown' })
        .update({ kind: 'payout', payout_id: id, unexplained_fen: '0' });
  await moveStages(tx, releaseIds, ['approval'], 'transfer', at);
  await audit(
    tx,
    ...made.map(({ sheet, id }) => ({
      ...happened(sheet, at),
      action: 'payout.reserved',
      subject: `payout/${id}`,
      data: {
        digest: sheet.approval.digest,
        netFen: sheet.approval.net_fen,
        feeFen: sheet.approval.fee_fen,
        attempt: attemptOf(sheet.release.id),
        rail: ways.get(id)!.rail,
        clearing: ways.get(id)!.clearing,
        because: ways.get(id)!.reason,
      },
    })),
  );
}

const happened = ({ release }: Sheet, businessAt: Date) => ({
  actor: WORKFLOW,
  tenantId: release.tenant_id,
  campaignId: release.campaign_id,
  businessAt,
});
