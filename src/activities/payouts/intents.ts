import { audit, type AuditEvent } from '../../audit/append';
import { rows, type Transaction } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { disburseReview } from '../../domain/convention/rules/disburseReview';
import { type ClearingLimits, USUAL_LIMITS } from '../../domain/routing';
import { type ApprovalRow, currentContents, disbursementFactsOf } from '../../records/approvals';
import { type CampaignRow, campaignRows } from '../../records/campaigns';
import { openException } from '../../records/exceptions';
import { isAskedBack } from '../../records/recalls';
import { heldReleases, type PayoutRow, payoutRows, type ReleaseRow, releaseRows } from '../../records/releases';
import { openingMs } from '../../records/routes';
import type { PersonalData } from '../../security/personalData';
import { endUnsigned, fail, happened } from './outcomes';

/** `waiting` when a hold stands or the clearing is closed, or when what was signed for a payment sent before holds no longer; `succeeded` when another worker was first; `failed` when a signature no longer fits and the payout ended unsent. */
export type Intent = 'recorded' | 'waiting' | 'failed' | 'succeeded';

/** A payout with what its sending is judged by. */
interface Sending {
  readonly p: PayoutRow;
  readonly release: ReleaseRow;
  readonly campaign: CampaignRow;
}

/**
 * Puts on record that payouts are being sent, before the bank hears a word. Everything the checkers signed is looked at once more here: the last moment.
 * @returns by payout.
 */
export async function recordIntents(
  tx: Transaction,
  personalData: PersonalData,
  payoutIds: readonly string[],
  at: Date,
  limits: ClearingLimits = USUAL_LIMITS,
): Promise<Map<string, Intent>> {
  const payouts = [...(await payoutRows(tx, payoutIds, { lock: true })).values()];
  const intents = new Map<string, Intent>();
  const sendings = await sendingsOf(
    tx,
    payouts.filter(({ id, state }) => {
      // Another worker was first.
      if (state === 'succeeded' || state === 'returned') intents.set(id, 'succeeded');
      else if (state === 'failed') intents.set(id, 'failed');
      return !intents.has(id);
    }),
  );
  if (sendings.length === 0) return intents;
  const held = await heldReleases(
    tx,
    sendings.map(({ release }) => release.id),
  );
  const open: Sending[] = [];
  for (const sending of sendings) {
    const { p, release, campaign } = sending;
    // The bank has never seen it, so the money would leave only now. The hold of what stopped the campaign stands for ever: this comes before it.
    if (p.state !== 'reserved' && campaign.stopped_at !== null && !release.settles_debt)
      intents.set(
        p.id,
        await endUnseen(sending, at, () => fail(tx, personalData, p, at, 'stopped', 'the campaign was stopped, and the bank never saw this payment')),
      );
    else if (held.has(release.id) && p.state !== 'reserved' && (await isAskedBack(tx, p.id)))
      intents.set(
        p.id,
        await endUnseen(sending, at, () => endUnsigned(tx, personalData, p, at, 'it is asked back, and the bank never saw this payment')),
      );
    else if (held.has(release.id)) intents.set(p.id, 'waiting');
    else if (openingMs(p, limits, at.getTime(), campaign.window_speed) > at.getTime()) intents.set(p.id, 'waiting');
    else open.push(sending);
  }
  const submitted: AuditEvent[] = [];
  for (const { approval, broken, ...sending } of await signedStill(tx, open, at)) {
    const { p } = sending;
    if (broken === null) {
      intents.set(p.id, 'recorded');
      if (p.state === 'reserved')
        submitted.push({ ...happened(p, at), action: 'payout.submitted', data: { netFen: p.net_fen, digest: approval.digest } });
    } else if (p.state === 'reserved') {
      // Nothing was sent: the payout ends here and the release asks for new signatures.
      await endUnsigned(tx, personalData, p, at, broken);
      intents.set(p.id, 'failed');
    } else intents.set(p.id, await unsignedSince(tx, personalData, sending, broken, at));
  }
  const recorded = [...intents].filter(([, intent]) => intent === 'recorded').map(([id]) => id);
  if (recorded.length === 0) return intents;
  await tx('payout')
    .whereIn('id', recorded)
    .update({ state: 'submitted', submits: tx.raw('submits + 1'), submitted_at: at });
  if (submitted.length > 0) await audit(tx, ...submitted);
  return intents;
}

async function sendingsOf(tx: Transaction, payouts: readonly PayoutRow[]): Promise<Sending[]> {
  if (payouts.length === 0) return [];
  const campaigns = await campaignRows(
    tx,
    payouts.map((p) => p.campaign_id),
  );
  const releases = await releaseRows(
    tx,
    payouts.map((p) => p.release_id),
  );
  return payouts.map((p) => ({ p, release: releases.get(p.release_id)!, campaign: campaigns.get(p.campaign_id)! }));
}

/** @returns each payout with its approval and what of it holds no longer; null when all does. */
async function signedStill(
  tx: Transaction,
  sendings: readonly Sending[],
  at: Date,
): Promise<(Sending & { readonly approval: ApprovalRow; readonly broken: string | null })[]> {
  if (sendings.length === 0) return [];
  const approvals = await rows<ApprovalRow>(tx, 'select * from approval where id = any(?)', [sendings.map(({ p }) => p.approval_id)] as never);
  const byId = new Map(approvals.map((approval) => [approval.id, approval]));
  const contents = await currentContents(
    tx,
    sendings.map(({ release }) => release.id),
  );
  const sheets = sendings.flatMap(({ p, release, campaign }) => {
    const approval = byId.get(p.approval_id)!;
    const content = contents.get(release.id);
    if (content === undefined) return [];
    // The payout itself now counts against the fee cap, so what was signed is compared without it.
    const current = { ...content, feeFen: approval.content.feeFen, netFen: approval.content.netFen };
    return [{ release, approval, current, edition: editionOf(campaign.edition) }];
  });
  const facts = await disbursementFactsOf(tx, sheets, at);
  return sendings.map((sending) => {
    const { p, release } = sending;
    const approval = byId.get(p.approval_id)!;
    const known = facts.get(release.id);
    if (known === undefined) return { ...sending, approval, broken: 'the account that it was signed for is accepted no more' };
    // The approval does not grow old while the clearing was closed that the payout was made up for.
    const closedMs = (p.waits_until ?? p.reserved_at).getTime() - p.reserved_at.getTime();
    const finding = disburseReview({ ...known, nowMs: known.nowMs - closedMs });
    return { ...sending, approval, broken: finding.verdict === 'pass' ? null : finding.en };
  });
}

/**
 * A payment is on record as sent, the bank knows of nothing, and what was signed holds no longer: it is not sent again, and not made under a new id while the first may be on
 * its way. A person asks the bank and answers for it by settling the exception; then it ends as a stopped campaign's does (decision 0035).
 */
async function unsignedSince(tx: Transaction, personalData: PersonalData, sending: Sending, broken: string, at: Date): Promise<'waiting' | 'failed'> {
  const { p } = sending;
  const parked = { kind: 'payout-unsigned', subject: p.id } as const;
  const settled = await tx('money_exception').where(parked).where('resolution', 'settled').first('id');
  if (settled !== undefined) return endUnseen(sending, at, () => endUnsigned(tx, personalData, p, at, broken));
  const data = { amountFen: p.net_fen.toString(), why: broken };
  await openException(tx, { ...parked, tenantId: p.tenant_id, campaignId: p.campaign_id, actor: 'bank', businessAt: at, data });
  return 'waiting';
}

/** COMPLAINT, DEATH, DISBURSE-REVIEW, or a recall: what may not be sent again ends a day later, when the bank still knows of nothing; until then it is asked. */
async function endUnseen({ p, campaign }: Sending, at: Date, end: () => Promise<void>): Promise<'waiting' | 'failed'> {
  if (at.getTime() - p.submitted_at!.getTime() < DAY_MS / campaign.window_speed) return 'waiting';
  await end();
  return 'failed';
}
