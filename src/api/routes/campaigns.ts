import { say } from '../text/say';
import type { Sentence } from '../../domain/sentence';
import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { shanghaiDate } from '../../domain/calendar';
import { editionInForce } from '../../domain/convention/editions';
import { DomainError, invalidFields } from '../../domain/errors';
import { birthDateOf, isMinorOn } from '../../domain/identifiers';
import { campaignRow, type CampaignRow, evidenceChanged } from '../../records/campaigns';
import { recordOrigin } from '../../records/promoters';
import { recordConsents } from '../../records/consents';
import { recordMachineClaims } from '../../records/claims';
import { closeAnswered } from '../../records/evidenceRequests';
import { tell } from '../../records/outbox';
import { addPerson, keyOf } from '../../records/people';
import { fileAccount } from '../../records/payeeAccounts';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName, tenantWall } from '../../access/actors';
import { caseAnswer } from '../answers';
import { pageKey } from '../pageKeys';
import { type Call, route } from '../route';
import { campaignAnswer, document, id, personText, publication, submission } from '../schemas';
import { campaignView } from '../views';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为小写十六进制的 SHA-256', en: 'SHA-256 in lower-case hex' }));

/** Routes by which a platform brings a campaign and keeps it up. */
export function campaignRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns',
      tag: 'Campaigns',
      summary: 'Submits a campaign for prior audit',
      act: 'campaign.submit',
      idempotencyKey: true,
      input: { body: submission },
      answers: {
        201: {
          description:
            'The campaign, pinned to the edition in force on its clock and to the fee schedule shown. `sponsorKey` opens the sponsor’s own page, `/s/{id}/{sponsorKey}`: give it to the sponsor alone.',
          schema: campaignAnswer,
        },
      },
      handler: async ({ tx, body, actor }) => {
        const campaignId = await submit(tx, personalData, actor, body);
        const campaign = await campaignView(tx, await campaignRow(tx, campaignId));
        return { status: 201, body: { ...campaign, sponsorKey: pageKey(personalData, 'sponsor-page', campaignId) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}',
      tag: 'Campaigns',
      summary: 'Shows a campaign with its findings, money and releases',
      act: 'campaign.read',
      input: { params: id },
      answers: { 200: { description: 'The campaign.', schema: caseAnswer } },
      handler: async ({ tx, params, actor }) => ({ status: 200, body: await campaignView(tx, await ownCampaign(tx, params.id, actor)) }),
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/documents',
      tag: 'Campaigns',
      summary: 'Registers documents by their hash',
      act: 'document.file',
      input: { params: id, body: z.strictObject({ documents: z.array(document).min(1).max(50) }) },
      answers: { 201: { description: 'The campaign.', schema: campaignAnswer } },
      handler: async (call) => {
        const campaign = await openCampaign(call);
        const at = await businessNow(call.tx, campaign.tenant_id);
        await registerDocuments(call.tx, campaign.id, call.body.documents, at, auditName(call.actor));
        await renewed(call, campaign, at, 'a document was added', { kinds: call.body.documents.map((d) => d.kind) });
        return { status: 201, body: await campaignView(call.tx, await campaignRow(call.tx, campaign.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/publications',
      tag: 'Campaigns',
      summary: 'Publishes items of help information',
      act: 'campaign.publish',
      input: { params: id, body: z.strictObject({ publications: z.array(publication).min(1).max(50) }) },
      answers: { 201: { description: 'The campaign.', schema: campaignAnswer } },
      handler: async (call) => {
        const campaign = await openCampaign(call);
        const at = await businessNow(call.tx, campaign.tenant_id);
        await publish(call.tx, personalData, campaign, call.body.publications, at, auditName(call.actor));
        await renewed(call, campaign, at, 'an item was published', { items: call.body.publications.map((p) => p.item) });
        return { status: 201, body: await campaignView(call.tx, await campaignRow(call.tx, campaign.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/close',
      tag: 'Campaigns',
      summary: "Closes the raise at the sponsor's wish",
      act: 'campaign.close',
      input: { params: id },
      answers: { 200: { description: 'The campaign; it closes within a moment.', schema: campaignAnswer } },
      handler: async ({ tx, params, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        await askToClose(tx, campaign, auditName(actor));
        return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/hospital-contacts',
      tag: 'Campaigns',
      summary: 'Records a contact with the hospital before batches go to a person (ROUTE)',
      act: 'campaign.record-contact',
      input: {
        params: id,
        body: z.strictObject({
          contacted: personText(100),
          outcome: z.enum(['hospital-account-refused', 'hospital-account-offered', 'unreachable']),
          note: personText(500),
        }),
      },
      answers: { 201: { description: 'Recorded.' } },
      handler: async (call) => {
        const campaign = await openCampaign(call);
        const at = await businessNow(call.tx, campaign.tenant_id);
        const { contacted, outcome, note } = call.body;
        const key = await keyOf(call.tx, personalData, campaign.patient_id);
        const words = { contacted_enc: key.seal(contacted, 'hospital-contact.contacted'), note_enc: key.seal(note, 'hospital-contact.note') };
        const contact = { id: ulid(), campaign_id: campaign.id, outcome, ...words, contacted_at: at, recorded_by: auditName(call.actor) };
        await call.tx('hospital_contact').insert(contact);
        await audit(call.tx, {
          action: 'hospital.contacted',
          subject: `campaign/${campaign.id}`,
          actor: auditName(call.actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
          data: { outcome: call.body.outcome },
        });
        return { status: 201, body: { id: contact.id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/plan-signatures',
      tag: 'Campaigns',
      summary: 'Records a signature under medical plan and expense list (ROUTE)',
      act: 'campaign.record-signature',
      input: { params: id, body: z.strictObject({ party: z.enum(['sponsor', 'help-seeker']), planSha256: sha256, listSha256: sha256 }) },
      answers: { 201: { description: 'Recorded; it counts for the documents with these hashes.' } },
      handler: async (call) => {
        const campaign = await openCampaign(call);
        for (const [kind, hash, field] of [
          ['medical-plan', call.body.planSha256, 'planSha256'],
          ['expense-list', call.body.listSha256, 'listSha256'],
        ] as const) {
          const known = await row(call.tx, 'select 1 from document where campaign_id = ? and kind = ? and sha256 = ?', [campaign.id, kind, hash]);
          if (!known)
            throw new DomainError(
              'request.invalid',
              { zh: `${field}：档案中没有此哈希的 ${kind} 文件`, en: `${field}: no ${kind} with this hash is on file` },
              { field: `/${field}` },
            );
        }
        const at = await businessNow(call.tx, campaign.tenant_id);
        await call
          .tx('plan_signature')
          .insert({
            campaign_id: campaign.id,
            party: call.body.party,
            signed_at: at,
            plan_sha256: call.body.planSha256,
            list_sha256: call.body.listSha256,
            recorded_by: auditName(call.actor),
          })
          .onConflict()
          .ignore();
        await audit(call.tx, {
          action: 'plan.signed',
          subject: `campaign/${campaign.id}`,
          actor: auditName(call.actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
          data: { party: call.body.party },
        });
        return { status: 201, body: {} };
      },
    }),
  ];
}

/** @returns a campaign of the actor's own tenant; another's is not there, except for the regulator. */
export async function ownCampaign(tx: Transaction, campaignId: string, actor: Actor, lock = false): Promise<CampaignRow> {
  return campaignRow(tx, campaignId, { ...tenantWall(actor), lock });
}

/** @returns a campaign of the actor's own tenant, locked. @throws {DomainError} campaign.wrong_phase when it has ended. */
export async function openCampaign(call: Call<{ params: typeof id }>): Promise<CampaignRow> {
  const campaign = await ownCampaign(call.tx, call.params.id, call.actor, true);
  if (campaign.ended_at)
    throw new DomainError('campaign.wrong_phase', { zh: `该活动已结束：${campaign.phase}`, en: `The campaign has ended: ${campaign.phase}` });
  return campaign;
}

/** The sponsor wishes the raise to end. @param campaign locked. @throws {DomainError} campaign.wrong_phase unless it is open. */
export async function askToClose(tx: Transaction, campaign: CampaignRow, by: string): Promise<void> {
  if (campaign.phase !== 'fundraising')
    throw new DomainError('campaign.wrong_phase', {
      zh: `只有进行中的筹款可以关闭；该活动处于 ${campaign.phase}`,
      en: `Only an open raise can be closed; this campaign stands in ${campaign.phase}`,
    });
  const at = await businessNow(tx, campaign.tenant_id);
  await tx('campaign').where('id', campaign.id).whereNull('close_asked_at').update({ close_asked_at: at });
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'sponsor-closed', cause: 'asked' });
  await audit(tx, {
    action: 'campaign.close_asked',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
  });
}

/** As renewedBy, within a call of the API. */
export async function renewed(call: Call<object>, campaign: CampaignRow, at: Date, why: string, data: Record<string, unknown>): Promise<void> {
  await renewedBy(call.tx, auditName(call.actor), campaign, at, why, data);
}

/** Evidence changed: signatures on the old state are void, the machine reports anew, and the change is in the audit log. */
export async function renewedBy(
  tx: Transaction,
  by: string,
  campaign: CampaignRow,
  at: Date,
  why: string,
  data: Record<string, unknown>,
): Promise<void> {
  await evidenceChanged(tx, campaign.id, at, why);
  await recordMachineClaims(tx, campaign, at);
  const answered = await closeAnswered(tx, campaign.id, at, by);
  const event = await row<{ evidence_version: number }>(tx, 'select evidence_version from campaign where id = ?', [campaign.id]);
  await tell(tx, {
    workflow: 'campaign',
    tenantId: campaign.tenant_id,
    id: campaign.id,
    notice: 'evidence-changed',
    cause: String(event!.evidence_version),
  });
  await audit(tx, {
    action: 'campaign.evidence_changed',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { why, ...data, ...(answered.length > 0 ? { answered } : {}) },
  });
}

async function submit(tx: Transaction, personalData: PersonalData, actor: Actor, body: z.infer<typeof submission>): Promise<string> {
  const tenantId = actor.tenantId!;
  const at = await businessNow(tx, tenantId);
  const today = shanghaiDate(at.getTime());
  const edition = editionInForce(today);
  mustAgreeWithNumber(body.patient, today);
  const fee = await row<{ version: number }>(tx, 'select max(version) as version from fee_schedule where tenant_id = ?', [tenantId]);
  const hospital = await row<{ id: string }>(
    tx,
    'select id from institution where uscc = ? and (sandbox_tenant_id is null or sandbox_tenant_id = ?)',
    [body.hospital.uscc, tenantId],
  );
  const patient = await addPerson(tx, personalData, tenantId, body.patient);
  const sponsor =
    body.sponsor.relation === 'self'
      ? patient
      : await addPerson(tx, personalData, tenantId, { name: body.sponsor.name!, idNumber: body.sponsor.idNumber!, phone: body.sponsor.phone });
  const payee =
    body.payee.name === undefined
      ? null
      : await addPerson(tx, personalData, tenantId, { name: body.payee.name, idNumber: body.payee.idNumber ?? null, phone: body.payee.phone });
  const campaignId = ulid();
  await tx('campaign').insert({
    id: campaignId,
    tenant_id: tenantId,
    edition: edition.id,
    fee_version: fee!.version,
    title: body.title,
    story_enc: patient.key.seal(body.story, 'campaign.story'),
    ask_fen: body.askFen.toString(),
    phase_since: at,
    submitted_at: at,
    patient_id: patient.id,
    patient_minor: body.patient.minor,
    patient_incapable: body.patient.incapable,
    sponsor_id: sponsor.id,
    sponsor_relation: body.sponsor.relation,
    payee_kind: body.payee.kind,
    payee_person_id: payee?.id ?? null,
    hospital_name: body.hospital.name,
    hospital_id: hospital?.id ?? null,
    admission_number_enc: patient.key.seal(body.hospital.admissionNumber, 'campaign.admission-number'),
    diagnosis_code: body.diagnosis.code,
    diagnosis_enc: patient.key.seal(body.diagnosis.text, 'campaign.diagnosis'),
  });
  await registerDocuments(tx, campaignId, body.documents, at, auditName(actor));
  const campaign = await campaignRow(tx, campaignId);
  await recordOrigin(tx, campaign, body.broughtBy, at);
  await recordConsents(tx, campaign, body.consents, at, auditName(actor));
  await publish(tx, personalData, campaign, body.publications, at, auditName(actor));
  await fileAccount(tx, personalData, campaign, body.payee.account ?? null, auditName(actor), at);
  await recordMachineClaims(tx, campaign, at);
  await tell(tx, { workflow: 'campaign', tenantId, id: campaignId, notice: 'submitted', cause: 'submitted' });
  await audit(tx, {
    action: 'campaign.submitted',
    subject: `campaign/${campaignId}`,
    actor: auditName(actor),
    tenantId,
    campaignId,
    businessAt: at,
    data: { edition: edition.id, askFen: body.askFen, feeVersion: fee!.version, consents: body.consents.map((c) => `${c.party}/${c.version}`) },
  });
  return campaignId;
}

/** @throws {DomainError} request.invalid where the flag and the date of birth in the number contradict each other, or nobody is born yet. */
function mustAgreeWithNumber(patient: z.infer<typeof submission>['patient'], today: string): void {
  const born = birthDateOf(patient.idNumber);
  const refuse = (pointer: string, message: Sentence): never => {
    throw invalidFields([{ pointer, message }], ['IDENTITY']);
  };
  if (born > today)
    refuse('/patient/idNumber', { zh: `按此身份证号，此人在 ${today} 尚未出生`, en: `nobody with this number is born yet on ${today}` });
  const minor = isMinorOn(patient.idNumber, today);
  if (minor !== patient.minor)
    refuse(
      '/patient/minor',
      minor
        ? { zh: '按身份证号，患者未满十八周岁', en: 'by the number the patient is not yet eighteen' }
        : { zh: '按身份证号，患者已成年', en: 'by the number the patient is of age' },
    );
}

async function registerDocuments(
  tx: Transaction,
  campaignId: string,
  documents: readonly z.infer<typeof document>[],
  at: Date,
  by: string,
): Promise<void> {
  if (documents.length === 0) return;
  await tx('document').insert(
    documents.map((d) => ({
      id: ulid(),
      campaign_id: campaignId,
      kind: d.kind,
      sha256: d.sha256,
      media_type: d.mediaType,
      byte_length: d.byteLength,
      registered_at: at,
      registered_by: by,
    })),
  );
}

async function publish(
  tx: Transaction,
  personalData: PersonalData,
  campaign: CampaignRow,
  publications: readonly z.infer<typeof publication>[],
  at: Date,
  by: string,
): Promise<void> {
  if (publications.length === 0) return;
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await tx('publication').insert(
    publications.map((p) => ({
      id: ulid(),
      campaign_id: campaign.id,
      item: p.item,
      text_enc: key.seal(p.text, 'publication.text'),
      published_at: at,
      published_by: by,
    })),
  );
}
