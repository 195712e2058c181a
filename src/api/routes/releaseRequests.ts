import { ulid } from 'ulid';
import type { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { BadBatches, splitIntoBatches } from '../../domain/batches';
import { failedRules, releaseFindings } from '../../domain/convention/gates';
import { isRestricted } from '../../domain/convention/rules/route';
import { DomainError } from '../../domain/errors';
import { balanceOf, post, type Transfer } from '../../ledger/post';
import type { CampaignRow } from '../../records/campaigns';
import { feesWereShown } from '../../records/consents';
import { newestSha256, releaseFacts } from '../../records/facts';
import { tell } from '../../records/outbox';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { id, releaseRequest } from '../schemas';
import { releaseViews } from '../views';
import { ownCampaign } from './campaigns';

export const releaseRequestRoutes = [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/release-requests',
    tag: 'Releases',
    summary: 'Asks for money: at once, straight to the hospital, or in batches',
    act: 'release.request',
    idempotencyKey: true,
    input: { params: id, body: releaseRequest },
    answers: { 201: { description: 'Accepted with its releases, or refused by the rules it names. A refusal is an answer and is kept.' } },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      const answer = await requestRelease(tx, campaign, auditName(actor), body);
      return { status: 201, body: answer };
    },
  }),
];

/**
 * Asks for money. A refusal by the rules is an answer and is kept. @param campaign locked.
 * @throws {DomainError} campaign.wrong_phase, fees.not_shown, release.amount_unavailable, release.bad_batches: no request at all.
 */
export async function requestRelease(
  tx: Transaction,
  campaign: CampaignRow,
  by: string,
  body: z.infer<typeof releaseRequest>,
): Promise<Record<string, unknown>> {
  const direct = campaign.phase === 'fundraising' && body.mode === 'single';
  if (!direct && campaign.phase !== 'release') {
    throw new DomainError('campaign.wrong_phase', {
      zh: `款项入账结清后才能申请拨付（一次性拨付在筹款期间也可申请）；该活动处于 ${campaign.phase}`,
      en: `Money is asked for once the books are settled (single releases while raising, too); the campaign stands in ${campaign.phase}`,
    });
  }
  // Between the verdict and the workflow that begins to give the money back: what is planned now would keep it from the donors.
  if (campaign.stopped_at !== null) {
    throw new DomainError(
      'campaign.wrong_phase',
      { zh: '该活动已被终止：未用的款项退还捐赠人，不再拨付', en: 'The campaign was stopped: what is not spent goes back to its donors' },
      { rules: campaign.stopped_by },
    );
  }
  feesWereShown(campaign, body.feeVersion, '/feeVersion');
  const availableFen = await balanceOf(tx, campaign.tenant_id, { kind: 'held', campaignId: campaign.id });
  const amountFen = body.amountFen ?? availableFen;
  if (amountFen === 0n || amountFen > availableFen) {
    throw new DomainError(
      'release.amount_unavailable',
      { zh: `申请 ${amountFen} 分，可用 ${availableFen} 分`, en: `${amountFen} fen were asked for and ${availableFen} fen are available` },
      {
        field: '/amountFen',
        availableFen,
      },
    );
  }
  const at = await businessNow(tx, campaign.tenant_id);
  const batches = body.batches ?? [{ basisPoints: 10_000, purpose: body.purpose, dueOn: undefined }];
  const facts = await releaseFacts(tx, campaign, {
    mode: body.mode,
    requestedFen: amountFen,
    batchesBp: body.batches?.map((b) => b.basisPoints) ?? [],
  });
  const findings = releaseFindings(facts);
  const refusedBy = failedRules(findings);
  const requestId = ulid();
  const accepted = refusedBy.length === 0;
  // What does not add up is no request at all: refused before the rules' own answer is kept.
  const amounts = split(
    amountFen,
    batches.map((b) => b.basisPoints),
  );
  await tx('release_request').insert({
    id: requestId,
    campaign_id: campaign.id,
    mode: body.mode,
    amount_fen: amountFen.toString(),
    urgent: body.urgent,
    outcome: accepted ? 'accepted' : 'refused',
    refused_by: refusedBy,
    findings: JSON.stringify(findings),
    plan_sha256: await newestSha256(tx, campaign.id, 'medical-plan'),
    list_sha256: await newestSha256(tx, campaign.id, 'expense-list'),
    fee_version_shown: body.feeVersion,
    requested_at: at,
    requested_by: by,
  });
  if (isRestricted(facts) && !campaign.route_restricted) await tx('campaign').where('id', campaign.id).update({ route_restricted: true });
  await audit(tx, {
    action: accepted ? 'release.requested' : 'release.request_refused',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { requestId, mode: body.mode, amountFen, refusedBy },
  });
  if (accepted) await plan(tx, campaign, requestId, body, batches, amounts, at, by);
  const releases = (await releaseViews(tx, campaign)).filter((r) => r.requestId === requestId);
  return { id: requestId, mode: body.mode, amountFen, outcome: accepted ? 'accepted' : 'refused', refusedBy, findings, releases };
}

function split(amountFen: bigint, basisPoints: readonly number[]): bigint[] {
  try {
    return splitIntoBatches(amountFen, basisPoints);
  } catch (error) {
    if (!(error instanceof BadBatches)) throw error;
    throw new DomainError('release.bad_batches', error.said, { field: '/batches', rules: ['BATCH'] });
  }
}

async function plan(
  tx: Transaction,
  campaign: CampaignRow,
  requestId: string,
  body: z.infer<typeof releaseRequest>,
  batches: readonly { basisPoints: number; purpose: string; dueOn?: string | undefined }[],
  amounts: readonly bigint[],
  at: Date,
  by: string,
): Promise<void> {
  const before = await row<{ n: number }>(tx, 'select count(*)::int as n from release where campaign_id = ?', [campaign.id]);
  const reserved: Transfer[] = [];
  for (const [i, batch] of batches.entries()) {
    const releaseId = ulid();
    const grossFen = amounts[i]!;
    await tx('release').insert({
      id: releaseId,
      campaign_id: campaign.id,
      request_id: requestId,
      seq: before!.n + i + 1,
      batch: i + 1,
      batches: batches.length,
      mode: body.mode,
      basis_points: batch.basisPoints,
      purpose: batch.purpose,
      due_on: batch.dueOn ?? null,
      gross_fen: grossFen.toString(),
      urgent: body.urgent,
      stage_since: at,
    });
    reserved.push({
      key: `release/${releaseId}/reserve`,
      kind: 'release-reserved',
      tenantId: campaign.tenant_id,
      debit: { kind: 'held', campaignId: campaign.id },
      credit: { kind: 'reserved', campaignId: campaign.id },
      amountFen: grossFen,
      subject: `release/${releaseId}`,
      businessAt: at,
    });
  }
  await post(tx, reserved, by);
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'release-requested', cause: requestId });
}
