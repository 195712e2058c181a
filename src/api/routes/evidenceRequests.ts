import { say } from '../text/say';
import type { Sentence } from '../../domain/sentence';
import { z } from 'zod';
import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { rows, type Transaction } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { CLAIMS } from '../../domain/convention/claims';
import { DOCUMENT_KINDS } from '../../domain/convention/terms';
import { DomainError, invalidFields } from '../../domain/errors';
import { type CampaignRow, campaignRow } from '../../records/campaigns';
import { evidenceRequestInFull, type EvidenceRequestRow, evidenceRequestRow, evidenceRequests, newestVersions } from '../../records/evidenceRequests';
import { keyOf } from '../../records/people';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName } from '../../access/actors';
import { route } from '../route';
import { id, personText, ulidText } from '../schemas';
import { ownCampaign } from './campaigns';

const requestAnswer = z
  .object({
    id: z.string(),
    documents: z.array(z.enum(DOCUMENT_KINDS)),
    claims: z.array(z.enum(CLAIMS)),
    askedBy: z.string(),
    askedAt: z.string(),
    dueAt: z.string(),
    status: z.enum(['open', 'answered', 'withdrawn']),
    closedBy: z.string().nullable(),
    closedAt: z.string().nullable(),
    answeredWith: z.array(z.string()),
    language: z.enum(['zh', 'en']),
    message: z.string(),
    answer: z.string().nullable(),
  })
  .openapi('EvidenceRequest');

const distinct = (list: readonly string[]): boolean => new Set(list).size === list.length;
const asking = z
  .strictObject({
    documents: z
      .array(z.enum(DOCUMENT_KINDS))
      .max(DOCUMENT_KINDS.length)
      .refine(distinct, say({ zh: '每种只列一次', en: 'each kind once' }))
      .default([]),
    claims: z
      .array(z.enum(CLAIMS))
      .max(CLAIMS.length)
      .refine(distinct, say({ zh: '每项只列一次', en: 'each claim once' }))
      .default([]),
    language: z.enum(['zh', 'en']),
    message: personText(1000),
    dueInDays: z.int().min(1).max(60),
  })
  .refine((r) => r.documents.length + r.claims.length > 0, {
    path: ['documents'],
    message: say({ zh: '至少写明一种文件或一项陈述', en: 'names at least one kind of document or one claim' }),
  });

/** DOUBLE-AUDIT: a reviewer asks for more before deciding; the platform answers. */
export function evidenceRequestRoutes(personalData: PersonalData) {
  const shown = async (tx: Transaction, campaign: CampaignRow): Promise<Record<string, unknown>[]> => {
    const key = await keyOf(tx, personalData, campaign.patient_id);
    return (await evidenceRequests(tx, campaign.id)).map((request) => evidenceRequestInFull(request, key));
  };
  const one = async (tx: Transaction, campaign: CampaignRow, requestId: string) => (await shown(tx, campaign)).find((r) => r.id === requestId);
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/evidence-requests',
      tag: 'Review',
      summary: 'Asks the platform for more evidence during prior audit',
      act: 'evidence-request.make',
      input: { params: id, body: asking },
      answers: { 201: { description: 'Open: the campaign is not approved until it is answered or withdrawn.', schema: requestAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        const decided = await tx('audit_decision').where('campaign_id', campaign.id).first('id');
        if (campaign.phase !== 'prior-audit' || decided)
          throw new DomainError('campaign.wrong_phase', {
            zh: '补充材料只能在前置审核期间、决定作出之前要求',
            en: 'More evidence is asked for during prior audit, before the decision',
          });
        const at = await businessNow(tx, campaign.tenant_id);
        const key = await keyOf(tx, personalData, campaign.patient_id);
        const requestId = ulid();
        await tx('evidence_request').insert({
          id: requestId,
          campaign_id: campaign.id,
          documents: body.documents,
          versions: await newestVersions(tx, campaign.id, body.documents),
          claims: body.claims,
          language: body.language,
          message_enc: key.seal(body.message, 'evidence-request.message'),
          asked_by: actor.id,
          asked_at: at,
          due_at: new Date(at.getTime() + (body.dueInDays * DAY_MS) / campaign.window_speed),
        });
        await recorded(tx, campaign, auditName(actor), at, 'evidence.requested', {
          request: requestId,
          documents: body.documents,
          claims: body.claims,
        });
        return { status: 201, body: await one(tx, campaign, requestId) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/evidence-requests',
      tag: 'Review',
      summary: 'Lists requests for more evidence with their messages and answers',
      act: 'evidence-request.read',
      input: { params: id },
      answers: { 200: { description: 'Oldest first.', schema: z.object({ requests: z.array(requestAnswer) }) } },
      handler: async ({ tx, params, actor }) => ({ status: 200, body: { requests: await shown(tx, await ownCampaign(tx, params.id, actor)) } }),
    }),
    route({
      method: 'post',
      path: '/v1/evidence-requests/{id}/answer',
      tag: 'Campaigns',
      summary: 'Answers a request for more evidence in words, with documents on file',
      act: 'evidence-request.answer',
      input: { params: id, body: z.strictObject({ answer: personText(2000), documents: z.array(ulidText).max(20).default([]) }) },
      answers: {
        200: { description: 'Closed as answered. Uploading every wanted kind closes a request without claims by itself.', schema: requestAnswer },
      },
      handler: async ({ tx, params, body, actor }) => {
        const { request, campaign } = await openRequest(tx, params.id, actor);
        await answerRequest(tx, personalData, campaign, request, body, auditName(actor));
        return { status: 200, body: await one(tx, campaign, request.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/evidence-requests/{id}/withdrawal',
      tag: 'Review',
      summary: 'Withdraws a request for more evidence',
      act: 'evidence-request.withdraw',
      input: { params: id },
      answers: { 200: { description: 'Closed as withdrawn.', schema: requestAnswer } },
      handler: async ({ tx, params, actor }) => {
        const { request, campaign } = await openRequest(tx, params.id, actor);
        const at = await businessNow(tx, campaign.tenant_id);
        await tx('evidence_request')
          .where('id', request.id)
          .update({ closed_as: 'withdrawn', closed_by: auditName(actor), closed_at: at });
        await recorded(tx, campaign, auditName(actor), at, 'evidence.request_withdrawn', { request: request.id });
        return { status: 200, body: await one(tx, campaign, request.id) };
      },
    }),
  ];
}

/** Closes an open request with words and documents. @param campaign locked. @throws {DomainError} request.invalid while what was asked for is missing. */
export async function answerRequest(
  tx: Transaction,
  personalData: PersonalData,
  campaign: CampaignRow,
  request: EvidenceRequestRow,
  given: { readonly answer: string; readonly documents: readonly string[] },
  by: string,
): Promise<void> {
  await mustAnswer(tx, request, given.documents);
  const at = await businessNow(tx, campaign.tenant_id);
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await tx('evidence_request')
    .where('id', request.id)
    .update({
      closed_as: 'answered',
      closed_by: by,
      closed_at: at,
      answer_enc: key.seal(given.answer, 'evidence-request.answer'),
      answered_with: given.documents,
    });
  await recorded(tx, campaign, by, at, 'evidence.answered', { request: request.id, documents: given.documents });
}

/** @returns an open request with its campaign, whose row is locked. @throws {DomainError} evidence_request.closed. */
export async function openRequest(
  tx: Transaction,
  requestId: string,
  actor: Pick<Actor, 'tenantId'>,
): Promise<{ request: EvidenceRequestRow; campaign: CampaignRow }> {
  const { campaign_id: campaignId } = await evidenceRequestRow(tx, requestId, actor.tenantId ?? '');
  const campaign = await campaignRow(tx, campaignId, { lock: true });
  // Read again under the lock: somebody may just have closed it.
  const request = await evidenceRequestRow(tx, requestId, actor.tenantId ?? '');
  if (request.closed_as !== null)
    throw new DomainError('evidence_request.closed', {
      zh: `该补充材料要求已结束：${request.closed_as}`,
      en: `This request was ${request.closed_as} already`,
    });
  return { request, campaign };
}

/** Documents named in an answer are the campaign's; each wanted kind has a newer version by now. */
async function mustAnswer(tx: Transaction, request: EvidenceRequestRow, documents: readonly string[]): Promise<void> {
  const refuse = (message: Sentence, pointer = '/documents'): never => {
    throw invalidFields([{ pointer, message }], ['DOUBLE-AUDIT']);
  };
  const known = await rows<{ id: string }>(tx, 'select id from document where campaign_id = ?', [request.campaign_id]);
  const foreign = documents.findIndex((document) => !known.some((k) => k.id === document));
  if (foreign >= 0) refuse({ zh: '不是该活动的文件', en: 'no document of this campaign' }, `/documents/${foreign}`);
  const newest = await newestVersions(tx, request.campaign_id, request.documents);
  const missing = request.documents.filter((_kind, i) => newest[i]! <= request.versions[i]!);
  if (missing.length > 0) refuse({ zh: `请先上传所要求的材料：${missing.join('、')}`, en: `upload what was asked for first: ${missing.join(', ')}` });
}

async function recorded(tx: Transaction, campaign: CampaignRow, by: string, at: Date, action: string, data: Record<string, unknown>): Promise<void> {
  await audit(tx, {
    action,
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data,
  });
}
