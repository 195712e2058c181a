import { say } from '../text/say';
import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { DomainError } from '../../domain/errors';
import { campaignRow, type CampaignRow } from '../../records/campaigns';
import { COMPLAINT_SUBJECTS, complaintRow, type ComplaintRow, fileComplaint, GROUNDS, happened, type NewComplaint } from '../../records/complaints';
import { tell } from '../../records/outbox';
import { decideAppeal, decideComplaint, type Deciding, fileAppeal, mustNotJudgeOwnAudit, ruleAdmissible } from '../../records/verdicts';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName, tenantWall } from '../../access/actors';
import { type Call, route } from '../route';
import { id, nameText, personText, recordText, ulidText } from '../schemas';
import { complaintByNumber, complaintListView, complaintStaffView, complaintStatus } from './complaintViews';

export const filing = z.strictObject({
  subject: z.enum(COMPLAINT_SUBJECTS),
  text: personText(5_000),
  name: nameText(50).optional(),
  contact: personText(100).optional(),
});
const number = z.strictObject({ receiptNumber: z.string().min(8).max(30) });
const TASKS = ['hospital-call', 'visit', 'document-check', 'contact-complainant', 'contact-sponsor', 'other'] as const;
const said = { reason: personText(2_000), reply: recordText(2_000) };
const answered = { 200: { description: 'The complaint.' } };

/** Routes by which a complaint is filed, followed, judged and answered. Source: COMPLAINT, RUMOUR, DISCLOSE, POLICE. */
export function complaintRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/public/campaigns/{id}/complaints',
      tag: 'Complaints',
      summary: 'Anybody complains about a campaign, by name or anonymously',
      act: 'public.complain',
      input: { params: id, body: filing },
      answers: { 201: { description: 'The receipt number, and until when it is acknowledged and answered. The number is shown once: keep it.' } },
      handler: async ({ tx, params, body }) => ({
        status: 201,
        body: await complaintStatus(tx, await complainInPublic(tx, personalData, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/complaints',
      tag: 'Complaints',
      summary: 'The platform files a complaint that reached it another way',
      act: 'complaint.file',
      input: { params: id, body: filing },
      answers: { 201: { description: 'The complaint with its receipt number.' } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await campaignRow(tx, params.id, { lock: true, tenantId: actor.tenantId ?? '' });
        const at = await businessNow(tx, campaign.tenant_id);
        const complaint = await fileComplaint(tx, personalData, campaign, { ...body, channel: 'platform', actor: auditName(actor), at });
        return { status: 201, body: { id: complaint.id, ...(await complaintStatus(tx, complaint)) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/public/complaints/{receiptNumber}',
      tag: 'Complaints',
      summary: 'Where a complaint stands, by its receipt number, without an account',
      act: 'public.read',
      input: { params: number },
      answers: { 200: { description: 'State, times and reply; never the text.' } },
      handler: async ({ tx, params }) => ({ status: 200, body: await complaintStatus(tx, await complaintByNumber(tx, params.receiptNumber)) }),
    }),
    route({
      method: 'post',
      path: '/v1/public/complaints/{receiptNumber}/appeal',
      tag: 'Complaints',
      summary: 'The complainant appeals a decision, once, within the time the status shows',
      act: 'public.appeal',
      input: { params: number, body: z.strictObject({ text: personText(5_000) }) },
      answers: { 201: { description: 'The status.' } },
      handler: async ({ tx, params, body }) => {
        const complaint = await appealInPublic(tx, personalData, params.receiptNumber, body.text);
        return { status: 201, body: await complaintStatus(tx, complaint) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/appeal',
      tag: 'Complaints',
      summary: 'The platform appeals for the fundraiser against an upheld complaint',
      act: 'complaint.appeal',
      input: { params: id, body: z.strictObject({ text: personText(5_000) }) },
      answers: { 201: { description: 'The complaint.' } },
      handler: async ({ tx, params, body, actor }) => {
        const complaint = await complaintRow(tx, params.id, actor.tenantId ?? '');
        await appeal(tx, personalData, complaint, 'fundraiser', body.text, auditName(actor));
        return { status: 201, body: await complaintListView(tx, await complaintRow(tx, complaint.id)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/complaints',
      tag: 'Complaints',
      summary: 'The complaints about a campaign: state, times, holds; no texts',
      act: 'complaint.list',
      input: { params: id },
      answers: { 200: { description: 'The complaints.' } },
      handler: async ({ tx, params, actor }) => {
        const campaign = await campaignRow(tx, params.id, tenantWall(actor));
        const found = await rows<ComplaintRow>(tx, 'select * from complaint where campaign_id = ? order by filed_at, id', [campaign.id]);
        const complaints: Record<string, unknown>[] = [];
        for (const complaint of found) complaints.push(await complaintListView(tx, complaint));
        return { status: 200, body: { complaints } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/complaints/{id}',
      tag: 'Complaints',
      summary: 'A complaint with its text, tasks and findings; each look is recorded',
      act: 'complaint.read',
      input: { params: id },
      answers: answered,
      handler: async ({ tx, params, actor }) => {
        const complaint = await complaintRow(tx, params.id, actor.tenantId ?? '');
        const at = await businessNow(tx, complaint.tenant_id);
        await audit(tx, happened(complaint, 'complaint.read', auditName(actor), at));
        return { status: 200, body: await complaintStaffView(tx, personalData, complaint) };
      },
    }),
    judged('acknowledgement', 'Acknowledges a complaint', z.strictObject({}), async ({ tx, actor }, _campaign, complaint, at) => {
      if (complaint.decided_at !== null || complaint.acknowledged_at !== null)
        throw new DomainError('complaint.wrong_state', { zh: '该投诉已确认收到', en: 'The complaint was acknowledged already' });
      await tx('complaint').where('id', complaint.id).update({ state: 'acknowledged', acknowledged_at: at, acknowledged_by: actor.id });
      await audit(tx, happened(complaint, 'complaint.acknowledged', auditName(actor), at));
      await tell(tx, { workflow: 'complaint', tenantId: complaint.tenant_id, id: complaint.id, notice: 'acknowledged', cause: 'acknowledged' });
    }),
    judged(
      'admissibility',
      'Rules whether a complaint is admissible; an open admissible one holds payouts',
      z
        .strictObject({ admissible: z.boolean(), reason: said.reason, reply: said.reply.optional() })
        .refine((b) => b.admissible === (b.reply === undefined), {
          path: ['reply'],
          message: say({ zh: '不予受理时必填，其他情形不得填写', en: 'is given with an inadmissible complaint, and only then' }),
        }),
      async ({ tx, actor, body }, campaign, complaint, at) => {
        const reply = body.reply ?? '';
        await ruleAdmissible(tx, campaign, complaint, body.admissible, by(personalData, complaint, actor, at, { reason: body.reason, reply }));
      },
    ),
    judged(
      'tasks',
      'Sets a task of the investigation',
      z.strictObject({ kind: z.enum(TASKS), note: personText(500), dueInDays: z.int().min(0).max(60).default(3) }),
      async ({ tx, actor, body }, campaign, complaint, at) => {
        if (!complaint.admissible || complaint.decided_at !== null)
          throw new DomainError('complaint.wrong_state', {
            zh: '只有已受理且尚未决定的投诉才进行调查',
            en: 'Only an admissible, undecided complaint is investigated',
          });
        const taskId = ulid();
        const dueAt = new Date(at.getTime() + (body.dueInDays * DAY_MS) / campaign.window_speed);
        await tx('complaint_task').insert({
          id: taskId,
          complaint_id: complaint.id,
          kind: body.kind,
          note_enc: sealedWith(personalData, complaint, body.note, 'complaint-task.note'),
          set_by: actor.id,
          set_at: at,
          due_at: dueAt,
        });
        await audit(tx, happened(complaint, 'complaint.task_set', auditName(actor), at, { taskId, kind: body.kind }));
      },
    ),
    judged(
      'findings',
      'Records what a task found',
      z.strictObject({ taskId: ulidText, finding: personText(2_000) }),
      async ({ tx, actor, body }, _campaign, complaint, at) => {
        const done = await tx('complaint_task')
          .where({ id: body.taskId, complaint_id: complaint.id })
          .whereNull('done_at')
          .update({ done_at: at, done_by: actor.id, finding_enc: sealedWith(personalData, complaint, body.finding, 'complaint-task.finding') });
        if (done === 0)
          throw new DomainError(
            'object.not_found',
            { zh: '该投诉没有这项未完成的任务', en: 'There is no such open task of this complaint' },
            { field: '/taskId' },
          );
        await audit(tx, happened(complaint, 'complaint.task_done', auditName(actor), at, { taskId: body.taskId }));
      },
    ),
    judged(
      'decision',
      'Decides an admissible complaint and publishes the reply; upheld stops, refunds and blacklists',
      z
        .strictObject({ verdict: z.enum(['dismissed', 'upheld']), ground: z.enum(GROUNDS).optional(), ...said })
        .refine((b) => (b.verdict === 'upheld') === (b.ground !== undefined), {
          path: ['ground'],
          message: say({ zh: '投诉成立时必填，其他情形不得填写', en: 'is given with an upheld complaint, and only then' }),
        }),
      async ({ tx, actor, body }, campaign, complaint, at) => {
        await mustNotJudgeOwnAudit(tx, campaign, actor.id);
        const verdict = body.ground ? ({ kind: 'upheld', ground: body.ground } as const) : ({ kind: 'dismissed' } as const);
        await decideComplaint(tx, campaign, complaint, verdict, by(personalData, complaint, actor, at, body));
      },
    ),
    judged(
      'appeal-decision',
      'Decides an open appeal: another person than the first decision',
      z.strictObject({ outcome: z.enum(['changed', 'stands']), ground: z.enum(GROUNDS).optional(), ...said }),
      async ({ tx, actor, body }, campaign, complaint, at) => {
        await decideAppeal(
          tx,
          campaign,
          complaint,
          { outcome: body.outcome, ground: body.ground ?? null },
          by(personalData, complaint, actor, at, body),
        );
      },
    ),
    judged(
      'police-reports',
      'Records that suspected fraud was reported to public security, with the bundle handed over',
      z.strictObject({
        authority: personText(100),
        caseNumber: personText(60).optional(),
        bundleSha256: z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为小写十六进制的 SHA-256', en: 'SHA-256 in lower-case hex' })),
      }),
      async ({ tx, actor, body }, _campaign, complaint, at) => {
        if (complaint.state !== 'upheld')
          throw new DomainError(
            'complaint.wrong_state',
            { zh: '只有成立的投诉才向公安机关报告', en: 'Only an upheld complaint is reported' },
            { rules: ['POLICE'] },
          );
        const reportId = createHash('sha256').update(`${complaint.id}/${body.bundleSha256}/${body.authority}`).digest('hex').slice(0, 26);
        await tx('police_report')
          .insert({
            id: reportId,
            complaint_id: complaint.id,
            campaign_id: complaint.campaign_id,
            authority: body.authority,
            case_number: body.caseNumber ?? null,
            bundle_sha256: body.bundleSha256,
            reported_at: at,
            reported_by: actor.id,
          })
          .onConflict('id')
          .ignore();
        await audit(tx, happened(complaint, 'complaint.police_reported', auditName(actor), at, { bundleSha256: body.bundleSha256 }));
      },
    ),
  ];

  /** A route by which a named person moves a complaint of their own platform on: the campaign is locked, the answer is the complaint. */
  function judged<B extends z.ZodType>(
    path: string,
    summary: string,
    body: B,
    act: (
      call: Omit<Call<object>, 'body'> & { readonly body: z.infer<B> },
      campaign: CampaignRow,
      complaint: ComplaintRow,
      at: Date,
    ) => Promise<void>,
  ) {
    return route({
      method: 'post',
      path: `/v1/complaints/{id}/${path}`,
      tag: 'Complaints',
      summary,
      act: 'complaint.judge',
      input: { params: id, body: body as z.ZodType },
      answers: answered,
      handler: async (call) => {
        const known = await complaintRow(call.tx, call.params.id, call.actor.tenantId ?? '');
        const campaign = await campaignRow(call.tx, known.campaign_id, { lock: true });
        // Read again under the lock: somebody else may have decided meanwhile.
        const complaint = await complaintRow(call.tx, known.id);
        const at = await businessNow(call.tx, campaign.tenant_id);
        await act(call as never, campaign, complaint, at);
        return { status: 200, body: await complaintStaffView(call.tx, personalData, await complaintRow(call.tx, known.id)) };
      },
    });
  }
}

/** Anybody complains about a campaign that the public sees. @throws {DomainError} object.not_found. */
export async function complainInPublic(tx: Transaction, personalData: PersonalData, campaignId: string, filed: NewComplaint): Promise<ComplaintRow> {
  const campaign = await campaignRow(tx, campaignId, { lock: true });
  mustBePublic(campaign);
  const at = await businessNow(tx, campaign.tenant_id);
  return fileComplaint(tx, personalData, campaign, { ...filed, channel: 'public-page', actor: 'public', at });
}

/** Whoever holds the receipt number appeals. @returns the complaint as it stands then. @throws {DomainError} complaint.wrong_state, complaint.too_late. */
export async function appealInPublic(tx: Transaction, personalData: PersonalData, receiptNumber: string, text: string): Promise<ComplaintRow> {
  const complaint = await complaintByNumber(tx, receiptNumber);
  await appeal(tx, personalData, complaint, 'complainant', text, 'public');
  return complaintRow(tx, complaint.id);
}

/** @throws {DomainError} object.not_found for a campaign that the public never saw. */
export function mustBePublic(campaign: CampaignRow): void {
  const seen = campaign.opened_at !== null || campaign.phase === 'certificate-publicity';
  if (!seen) throw new DomainError('object.not_found', { zh: '没有该求助活动', en: 'There is no such campaign' });
}

/** @returns words of an investigation sealed under the complaint's own key; null where it was destroyed. */
function sealedWith(personalData: PersonalData, { wrapped_key: wrapped }: ComplaintRow, text: string, purpose: string): Buffer | null {
  return wrapped && personalData.personKey(wrapped).seal(text, purpose);
}

function by(
  personalData: PersonalData,
  complaint: ComplaintRow,
  actor: Actor,
  at: Date,
  { reason, reply }: { reason: string; reply: string },
): Deciding {
  const reasonEnc = sealedWith(personalData, complaint, reason, 'complaint.reason');
  return { staffId: actor.id, actor: auditName(actor), at, reasonEnc, reply };
}

async function appeal(
  tx: Transaction,
  personalData: PersonalData,
  known: ComplaintRow,
  party: 'complainant' | 'fundraiser',
  text: string,
  actor: string,
): Promise<void> {
  const campaign = await campaignRow(tx, known.campaign_id, { lock: true });
  const complaint = await complaintRow(tx, known.id);
  const at = await businessNow(tx, campaign.tenant_id);
  const key = await row<{ wrapped_key: Buffer | null }>(tx, 'select wrapped_key from complaint where id = ?', [complaint.id]);
  if (!key?.wrapped_key) throw new DomainError('object.not_found', { zh: '没有该投诉', en: 'There is no such complaint' });
  const textEnc = personalData.personKey(key.wrapped_key).seal(text, 'complaint.appeal');
  const days = editionOf(campaign.edition).windows.appealDays;
  const untilMs = (complaint.decided_at?.getTime() ?? 0) + (days * DAY_MS) / campaign.window_speed;
  await fileAppeal(tx, campaign, complaint, { party, textEnc, actor, at, untilMs });
}
