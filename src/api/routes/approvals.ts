import { useStepUp } from '../../access/stepUp';
import { say } from '../text/say';
import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { HOUR_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { DomainError } from '../../domain/errors';
import { currentContent, digestOf, standingApproval } from '../../records/approvals';
import { areOneHuman, isRelated } from '../../records/relations';
import { campaignRow } from '../../records/campaigns';
import { tell } from '../../records/outbox';
import { keyOf } from '../../records/people';
import { mustBeInNoBatch } from '../../records/payoutBatches/claims';
import { type PaidTo, paidTo } from '../../records/paidTo';
import { releaseRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName, tenantWall } from '../../access/actors';
import { may } from '../../access/policy';
import { route } from '../route';
import { id, recordText, releaseAnswer } from '../schemas';
import { releaseView } from '../views';

/** What maker and checkers see before they sign. */
export interface ApprovalSheet extends PaidTo {
  readonly id: string;
  readonly releaseId: string;
  readonly campaignId: string;
  readonly title: string;
  readonly digest: string;
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
  readonly payeeKind: string;
  readonly evidenceVersion: number;
  readonly batch: number;
  readonly batches: number;
  readonly purpose: string;
  readonly maker: string;
  readonly madeAt: string;
  readonly expiresAt: string;
  readonly signatures: readonly { readonly checker: string; readonly decision: string; readonly at: string }[];
}

/** Routes by which finance makes and checks: the maker proposes, two others sign the same digest. */
export function approvalRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/releases/{id}',
      tag: 'Releases',
      summary: 'Shows a release and what is to be signed',
      act: 'release.read',
      input: { params: id },
      answers: { 200: { description: 'The release.', schema: releaseAnswer } },
      handler: async ({ tx, params, actor }) => {
        const release = await releaseRow(tx, params.id, tenantWall(actor));
        const campaign = await campaignRow(tx, release.campaign_id);
        const sheet = may(actor, 'release.see-sheet') ? await approvalSheet(tx, personalData, release.id) : null;
        return { status: 200, body: { ...(await releaseView(tx, release, campaign.payee_kind)), sheet } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/releases/{id}/approval',
      tag: 'Finance',
      summary: 'Proposes the payment: makes the digest that two checkers sign',
      act: 'release.propose',
      input: { params: id },
      answers: { 201: { description: 'The sheet to be signed.' } },
      handler: async ({ tx, params, actor }) => {
        await makeApproval(tx, params.id, actor);
        return { status: 201, body: { approval: await approvalSheet(tx, personalData, params.id) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/releases/{id}/approval/signatures',
      tag: 'Finance',
      summary: 'Signs, or rejects, exactly what was shown',
      act: 'release.sign',
      idempotencyKey: true,
      input: {
        params: id,
        body: z.strictObject({
          digest: z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为所展示的摘要', en: 'the digest that was shown' })),
          decision: z.enum(['approve', 'reject']),
          reason: recordText(500).optional(),
          stepUp: z.string().min(1).max(200),
        }),
      },
      answers: { 201: { description: 'Signed. `stepUp` is the token of `POST /v1/step-ups` for act `approval.sign` on this digest.' } },
      handler: async ({ tx, params, body, actor }) => {
        await signApproval(tx, params.id, actor, body);
        return { status: 201, body: { approval: await approvalSheet(tx, personalData, params.id) } };
      },
    }),
  ];
}

/** @returns the sheet of the approval that stands on a release, or null. The account is masked to its last four digits. */
export async function approvalSheet(tx: Transaction, personalData: PersonalData, releaseId: string): Promise<ApprovalSheet | null> {
  const approval = await standingApproval(tx, releaseId);
  if (!approval) return null;
  const release = await releaseRow(tx, releaseId);
  const campaign = await campaignRow(tx, release.campaign_id);
  const key = await keyOf(tx, personalData, campaign.patient_id);
  const maker = await row<{ display_name: string }>(tx, 'select display_name from staff where id = ?', [approval.maker_id]);
  const signatures = await tx('approval_signature as s')
    .join('staff as f', 'f.id', 's.checker_id')
    .where('s.approval_id', approval.id)
    .orderBy('s.signed_at')
    .select<{ display_name: string; decision: string; signed_at: Date }[]>('f.display_name', 's.decision', 's.signed_at');
  return {
    id: approval.id,
    releaseId,
    campaignId: campaign.id,
    title: campaign.title,
    digest: approval.digest,
    grossFen: approval.gross_fen,
    feeFen: approval.fee_fen,
    netFen: approval.net_fen,
    payeeKind: campaign.payee_kind,
    ...(await paidTo(tx, key, approval.content)),
    evidenceVersion: approval.content.evidenceVersion,
    batch: release.batch,
    batches: release.batches,
    purpose: release.purpose,
    maker: maker!.display_name,
    madeAt: approval.made_at.toISOString(),
    expiresAt: approval.expires_at.toISOString(),
    signatures: signatures.map((s) => ({ checker: s.display_name, decision: s.decision, at: s.signed_at.toISOString() })),
  };
}

/** DISBURSE-REVIEW: the maker proposes what the records say now. An earlier proposal, and every signature under it, is void. @throws {DomainError} release.in_batch, release.wrong_stage, release.related_party. */
export async function makeApproval(tx: Transaction, releaseId: string, actor: Actor): Promise<void> {
  const release = await releaseRow(tx, releaseId, { tenantId: actor.tenantId ?? '', lock: true });
  if (release.stage !== 'approval')
    throw new DomainError('release.wrong_stage', {
      zh: `该笔拨付处于 ${release.stage}；审核和公示之后，在 approval 步骤才能制单`,
      en: `The release stands in ${release.stage}; a payment is proposed in approval, after review and publicity`,
    });
  const campaign = await campaignRow(tx, release.campaign_id);
  await refuseRelated(tx, actor, campaign.id);
  const at = await businessNow(tx, campaign.tenant_id);
  await mustBeInNoBatch(tx, releaseId, at);
  const content = await currentContent(tx, release);
  const expiresAt = new Date(
    at.getTime() + (editionOf(campaign.edition).windows.approvalValidHours * HOUR_MS) / Math.min(campaign.window_speed, 3600),
  );
  const digest = digestOf(content, expiresAt);
  await tx('approval').where('release_id', releaseId).whereNull('voided_at').update({ voided_at: at, void_reason: 'proposed anew' });
  const approvalId = ulid();
  await tx('approval').insert({
    id: approvalId,
    release_id: releaseId,
    maker_id: actor.id,
    digest,
    content: JSON.stringify(content),
    evidence_version: content.evidenceVersion,
    account_id: content.accountId,
    gross_fen: content.grossFen,
    fee_fen: content.feeFen,
    net_fen: content.netFen,
    made_at: at,
    expires_at: expiresAt,
  });
  await audit(tx, {
    action: 'approval.made',
    subject: `approval/${approvalId}`,
    actor: auditName(actor),
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { releaseId, digest, netFen: content.netFen },
  });
}

/**
 * A checker signs the digest that they were shown. Refused when it is no longer what would be paid, when the maker tries, or the second time.
 * @throws {DomainError} release.digest_changed, release.maker_is_checker, release.related_party, release.already_signed, release.wrong_stage, release.in_batch, auth.step_up_required.
 */
export async function signApproval(
  tx: Transaction,
  releaseId: string,
  actor: Actor,
  body: {
    readonly digest: string;
    readonly decision: 'approve' | 'reject';
    readonly reason?: string | undefined;
    /** The token of a step-up for exactly this digest. */
    readonly stepUp: string;
  },
): Promise<void> {
  const release = await releaseRow(tx, releaseId, { tenantId: actor.tenantId ?? '', lock: true });
  const campaign = await campaignRow(tx, release.campaign_id);
  const approval = await standingApproval(tx, releaseId);
  if (release.stage !== 'approval' || !approval)
    throw new DomainError('release.wrong_stage', {
      zh: '该笔拨付没有待签内容；须先由制单人制单',
      en: 'Nothing stands to be signed on this release; the maker proposes the payment first',
    });
  if (approval.maker_id === actor.id || (await areOneHuman(tx, approval.maker_id, actor.id)))
    throw new DomainError(
      'release.maker_is_checker',
      { zh: '制单人不得复核自己的单据', en: 'Whoever proposed a payment does not check it' },
      { rules: ['DISBURSE-REVIEW'] },
    );
  await refuseRelated(tx, actor, campaign.id);
  const at = await businessNow(tx, campaign.tenant_id);
  await mustBeInNoBatch(tx, releaseId, at);
  const current = digestOf(await currentContent(tx, release), approval.expires_at);
  if (approval.digest !== current || body.digest !== current || at >= approval.expires_at) {
    throw new DomainError(
      'release.digest_changed',
      {
        zh: '付款内容已不是所展示的那一版，或制单已过期；请重新查看后再签',
        en: 'What would be paid is no longer what was shown, or the proposal expired; look at it again and sign anew',
      },
      { field: '/digest', rules: ['DISBURSE-REVIEW'] },
    );
  }
  const stepUpId = await useStepUp(tx, actor, 'approval.sign', body.digest, body.stepUp);
  // A second account of the same human conflicts like a second signature of the same account.
  const signed = (await tx.raw(
    'insert into approval_signature (approval_id, maker_id, digest, checker_id, decision, reason, signed_at, step_up_id) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning checker_id',
    [approval.id, approval.maker_id, approval.digest, actor.id, body.decision, body.reason ?? null, at, stepUpId],
  )) as { rows: unknown[] };
  if (signed.rows.length === 0)
    throw new DomainError('release.already_signed', {
      zh: '您已对这一版签过字；一人只计一次',
      en: 'You have signed this proposal already; one person counts once',
    });
  await audit(tx, {
    action: 'approval.signed',
    subject: `approval/${approval.id}`,
    actor: auditName(actor),
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { releaseId, digest: approval.digest, decision: body.decision },
  });
  await tell(tx, {
    workflow: 'release',
    tenantId: campaign.tenant_id,
    id: releaseId,
    notice: 'approval-changed',
    cause: `${approval.id}-${actor.id}`,
  });
}

/** DISBURSE-REVIEW: maker and checkers are unrelated to the campaign. @throws {DomainError} release.related_party. */
async function refuseRelated(tx: Transaction, actor: Actor, campaignId: string): Promise<void> {
  if (await isRelated(tx, actor.id, campaignId))
    throw new DomainError(
      'release.related_party',
      {
        zh: '您与该活动的当事人有关联（本人或已申报的关系），不得制单或复核；请由他人经办',
        en: 'You are tied to this campaign, in person or by a declared relation: somebody else makes and checks its payments',
      },
      { rules: ['DISBURSE-REVIEW'] },
    );
}
