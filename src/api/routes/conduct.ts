import { say } from '../text/say';
import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { type Connection, row, rows, type Transaction } from '../../database/connect';
import { BOTTOM_LINE_IDS, bottomLineOf } from '../../domain/convention/bottomLine';
import { DomainError } from '../../domain/errors';
import { CASE_STATES, conductCase, conductCases, type ConductCaseRow, openTo, wordsOfCase } from '../../records/conductCases';
import { type PromoterRow, promoterRow, standingSanction } from '../../records/promoters';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName } from '../../access/actors';
import { type Act, may } from '../../access/policy';
import { conductCaseAnswer, promoterAnswer, readCaseAnswer } from '../conductAnswers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { id, nameText, personText, recordText, timeText, ulidText } from '../schemas';

const reason = recordText(1000);
const verdict = z
  .strictObject({
    outcome: z.enum(['breach', 'no-breach']),
    sanction: z.enum(['warning', 'suspension', 'removal']).optional(),
    suspendedUntil: timeText.optional(),
    reason,
  })
  .refine((v) => (v.outcome === 'breach') === (v.sanction !== undefined), {
    path: ['sanction'],
    message: say({ zh: 'CONDUCT：认定违规时必填，其他情形不得填写', en: 'CONDUCT: a breach, and only a breach, has a sanction' }),
  })
  .refine((v) => (v.sanction === 'suspension') === (v.suspendedUntil !== undefined), {
    path: ['suspendedUntil'],
    message: say({ zh: 'CONDUCT：处分为暂停时必填，其他情形不得填写', en: 'CONDUCT: a suspension, and only a suspension, ends' }),
  });

const caseFilter = z.strictObject({
  state: z.enum([...CASE_STATES, 'waiting']).optional(),
  after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(),
  limit: pageLimit,
});
const DECIDING = { decide: 'conduct.decide', 'decide-appeal': 'conduct.decide-appeal' } as const satisfies Record<string, Act>;

/** CONDUCT: promoters are registered and trained; breaches of the bottom-line rules are cases that people decide, with sanctions that bite. */
export function conductRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/promoters',
      tag: 'Conduct',
      summary: 'Registers a promoter with their employment contract',
      act: 'promoter.register',
      input: { body: z.strictObject({ name: nameText(50), contractRef: personText(60), staffId: ulidText.optional() }) },
      answers: { 201: { description: 'The promoter; not yet trained, and so not yet allowed to bring campaigns.' } },
      handler: async ({ tx, body, actor }) => {
        const tenantId = actor.tenantId!;
        const at = await businessNow(tx, tenantId);
        if (body.staffId !== undefined && !(await row(tx, 'select 1 from staff where id = ? and tenant_id = ?', [body.staffId, tenantId])))
          throw new DomainError(
            'request.invalid',
            { zh: 'staffId：不是本平台的人员', en: 'staffId: nobody of this platform' },
            { field: '/staffId', rules: ['CONDUCT'] },
          );
        const { key, wrapped } = personalData.newPersonKey();
        const promoter = {
          id: ulid(),
          tenant_id: tenantId,
          staff_id: body.staffId ?? null,
          wrapped_key: wrapped,
          name_enc: key.seal(body.name, 'promoter.name'),
          contract_ref: body.contractRef,
          registered_at: at,
        };
        const made = await tx('promoter').insert(promoter).onConflict().ignore().returning('id');
        if (made.length === 0)
          throw new DomainError(
            'request.invalid',
            { zh: 'contractRef、staffId：已登记', en: 'contractRef, staffId: registered already' },
            { field: '/contractRef', rules: ['CONDUCT'] },
          );
        await happened(tx, actor, 'promoter.registered', `promoter/${promoter.id}`, at, {});
        return { status: 201, body: await promoterView(tx, await promoterRow(tx, promoter.id, tenantId), at) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/promoters',
      tag: 'Conduct',
      summary: 'Lists promoters with how many campaigns they brought and what stands against them',
      act: 'promoter.read',
      input: {},
      answers: { 200: { description: 'Promoters by contract; no names.', schema: z.object({ promoters: z.array(promoterAnswer) }) } },
      handler: async ({ tx, actor }) => {
        const at = await businessNow(tx, actor.tenantId!);
        const all = await rows<PromoterRow>(tx, 'select * from promoter where tenant_id = ? order by id limit 1000', [actor.tenantId]);
        const promoters: Record<string, unknown>[] = [];
        for (const promoter of all) promoters.push(await promoterView(tx, promoter, at));
        return { status: 200, body: { promoters } };
      },
    }),
    ...(['training', 'departure'] as const).map((what) =>
      route({
        method: 'post',
        path: `/v1/promoters/{id}/${what}`,
        tag: 'Conduct',
        summary: what === 'training' ? 'Records that a promoter was trained' : 'Records that a promoter left',
        act: 'promoter.change',
        input: { params: id },
        answers: { 200: { description: 'The promoter.' } },
        handler: async ({ tx, params, actor }) => {
          const promoter = await promoterRow(tx, params.id as string, actor.tenantId!, true);
          const at = await businessNow(tx, promoter.tenant_id);
          await tx('promoter')
            .where('id', promoter.id)
            .update(what === 'training' ? { trained_at: at } : { left_at: promoter.left_at ?? at });
          await happened(tx, actor, 'promoter.changed', `promoter/${promoter.id}`, at, { kind: what });
          return { status: 200, body: await promoterView(tx, await promoterRow(tx, promoter.id, promoter.tenant_id), at) };
        },
      }),
    ),
    route({
      method: 'get',
      path: '/v1/conduct-cases',
      tag: 'Conduct',
      summary: 'Lists conduct cases, newest first, with decision and appeal; no text of either side',
      act: 'conduct.list',
      input: { query: caseFilter },
      answers: {
        200: {
          description: '`acts` is what the asker may decide now; `waiting` filters to what a person has to decide; `next` leads on.',
          schema: z.object({ cases: z.array(conductCaseAnswer), next: z.string().nullable() }),
        },
      },
      handler: async ({ tx, query, actor }) => {
        const page = await conductCases(tx, actor.tenantId!, query);
        const next = cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined);
        return { status: 200, body: { cases: page.map((each) => caseView(each, actor)), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/conduct-cases/{id}',
      tag: 'Conduct',
      summary: 'A conduct case with what is alleged and what the appeal says; each look is recorded',
      act: 'conduct.read',
      input: { params: id },
      answers: { 200: { description: 'The case.', schema: readCaseAnswer } },
      handler: async ({ tx, params, actor }) => {
        const found = await conductCase(tx, params.id, actor.tenantId!);
        await happened(tx, actor, 'conduct.read', `conduct/${found.id}`, await businessNow(tx, found.tenant_id), {});
        return { status: 200, body: { ...caseView(found, actor), ...wordsOfCase(personalData, found) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/conduct-cases',
      tag: 'Conduct',
      summary: 'Opens a case: a promoter is said to have broken a bottom-line rule',
      act: 'conduct.open',
      input: { body: z.strictObject({ promoterId: ulidText, bottomLine: z.enum(BOTTOM_LINE_IDS), evidence: personText(4000) }) },
      answers: { 201: { description: 'The case.' } },
      handler: async ({ tx, body, actor }) => {
        const promoter = await promoterRow(tx, body.promoterId, actor.tenantId!);
        const at = await businessNow(tx, promoter.tenant_id);
        const key = personalData.personKey(promoter.wrapped_key);
        const caseId = ulid();
        await tx('conduct_case').insert({
          id: caseId,
          tenant_id: promoter.tenant_id,
          promoter_id: promoter.id,
          bottom_line: body.bottomLine,
          evidence_enc: key.seal(body.evidence, 'conduct.evidence'),
          opened_at: at,
          opened_by: auditName(actor),
        });
        await happened(tx, actor, 'conduct.case_opened', `conduct/${caseId}`, at, { kind: body.bottomLine });
        return { status: 201, body: { id: caseId } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/conduct-cases/{id}/decision',
      tag: 'Conduct',
      summary: 'Decides a case; a suspension or removal refuses the promoter’s new campaigns at once',
      act: 'conduct.decide',
      input: { params: id, body: verdict },
      answers: { 200: { description: 'Decided.' } },
      handler: async ({ tx, params, body, actor }) => {
        const found = await conductCase(tx, params.id, actor.tenantId!, { lock: true });
        if (found.outcome !== null)
          throw new DomainError('conduct.wrong_state', { zh: '该案件已有决定', en: 'The case is decided' }, { rules: ['CONDUCT'] });
        const promoter = await promoterRow(tx, found.promoter_id, actor.tenantId!, true);
        if (promoter.staff_id === actor.id)
          throw new DomainError(
            'conduct.own_case',
            { zh: '该案件与您有关，须由他人决定', en: 'The case is about you; another person decides it' },
            { rules: ['CONDUCT'] },
          );
        const at = await businessNow(tx, actor.tenantId!);
        const until = body.suspendedUntil === undefined ? null : new Date(body.suspendedUntil);
        if (until !== null && until <= at)
          throw new DomainError(
            'request.invalid',
            { zh: 'suspendedUntil：时间已过', en: 'suspendedUntil: lies in the past' },
            { field: '/suspendedUntil', rules: ['CONDUCT'] },
          );
        await tx('conduct_case')
          .where('id', found.id)
          .update({
            outcome: body.outcome,
            sanction: body.sanction ?? null,
            suspended_until: until,
            reason: body.reason,
            decided_by: actor.id,
            decided_at: at,
          });
        const data = { outcome: body.outcome, sanction: body.sanction };
        await happened(tx, actor, 'conduct.case_decided', `conduct/${found.id}`, at, data);
        return { status: 200, body: { id: found.id, ...data } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/conduct-cases/{id}/appeal',
      tag: 'Conduct',
      summary: 'Appeals, once, on the promoter’s behalf; the sanction stands meanwhile',
      act: 'conduct.appeal',
      input: { params: id, body: z.strictObject({ text: personText(4000) }) },
      answers: { 201: { description: 'Filed.' } },
      handler: async ({ tx, params, body, actor }) => {
        const found = await conductCase(tx, params.id, actor.tenantId!, { lock: true });
        if (found.outcome !== 'breach')
          throw new DomainError(
            'conduct.wrong_state',
            { zh: '只有认定违规的决定可以申诉', en: 'Only a breach can be appealed' },
            { rules: ['CONDUCT'] },
          );
        const at = await businessNow(tx, actor.tenantId!);
        const key = personalData.personKey(found.wrapped_key);
        const text = key.seal(body.text, 'conduct.appeal');
        const appeal = { case_id: found.id, first_decided_by: found.decided_by, text_enc: text, filed_at: at };
        const filed = await tx('conduct_appeal').insert(appeal).onConflict().ignore().returning('case_id');
        if (filed.length === 0)
          throw new DomainError('conduct.wrong_state', { zh: '该决定已申诉过', en: 'The decision was appealed already' }, { rules: ['CONDUCT'] });
        await happened(tx, actor, 'conduct.appealed', `conduct/${found.id}`, at, {});
        return { status: 201, body: { id: found.id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/conduct-cases/{id}/appeal/decision',
      tag: 'Conduct',
      summary: 'Decides an appeal, by another person than the one who decided the case; upheld undoes the sanction',
      act: 'conduct.decide-appeal',
      input: { params: id, body: z.strictObject({ outcome: z.enum(['upheld', 'dismissed']), reason }) },
      answers: { 200: { description: 'Decided.' } },
      handler: async ({ tx, params, body, actor }) => {
        const found = await conductCase(tx, params.id, actor.tenantId!, { lock: true });
        const promoter = await promoterRow(tx, found.promoter_id, actor.tenantId!, true);
        if (found.decided_by === actor.id || promoter.staff_id === actor.id)
          throw new DomainError('conduct.own_case', { zh: '申诉须由他人决定', en: 'Another person decides the appeal' }, { rules: ['CONDUCT'] });
        const at = await businessNow(tx, actor.tenantId!);
        const decided = await tx('conduct_appeal')
          .where('case_id', found.id)
          .whereNull('outcome')
          .update({ outcome: body.outcome, reason: body.reason, decided_by: actor.id, decided_at: at });
        if (decided === 0)
          throw new DomainError('conduct.wrong_state', { zh: '没有待决定的申诉', en: 'No appeal waits for a decision' }, { rules: ['CONDUCT'] });
        await happened(tx, actor, 'conduct.appeal_decided', `conduct/${found.id}`, at, { outcome: body.outcome });
        return { status: 200, body: { id: found.id, outcome: body.outcome } };
      },
    }),
  ];
}

function caseView(found: ConductCaseRow, actor: Actor): z.input<typeof conductCaseAnswer> {
  const { id: bottomLine, zh, en } = bottomLineOf(found.bottom_line);
  const act = openTo(found, actor.id);
  return {
    id: found.id,
    promoterId: found.promoter_id,
    contractRef: found.contract_ref,
    bottomLine: { id: bottomLine, zh, en },
    state: found.state,
    openedAt: found.opened_at.toISOString(),
    outcome: found.outcome,
    sanction: found.sanction,
    suspendedUntil: found.suspended_until?.toISOString() ?? null,
    reason: found.reason,
    decidedAt: found.decided_at?.toISOString() ?? null,
    appeal:
      found.appealed_at === null
        ? null
        : {
            filedAt: found.appealed_at.toISOString(),
            outcome: found.appeal_outcome,
            reason: found.appeal_reason,
            decidedAt: found.appeal_decided_at?.toISOString() ?? null,
          },
    acts: act !== null && may(actor, DECIDING[act]) ? [act] : [],
  };
}

async function promoterView(connection: Connection, promoter: PromoterRow, at: Date): Promise<Record<string, unknown>> {
  const brought = await row<{ n: number }>(connection, 'select count(*)::int as n from campaign_origin where promoter_id = ?', [promoter.id]);
  return {
    id: promoter.id,
    contractRef: promoter.contract_ref,
    staffId: promoter.staff_id,
    registeredAt: promoter.registered_at.toISOString(),
    trainedAt: promoter.trained_at?.toISOString() ?? null,
    leftAt: promoter.left_at?.toISOString() ?? null,
    campaigns: brought!.n,
    sanction: await standingSanction(connection, promoter.id, at),
  };
}

async function happened(
  tx: Transaction,
  actor: Actor,
  action: string,
  subject: string,
  businessAt: Date,
  data: Record<string, unknown>,
): Promise<void> {
  await audit(tx, { action, subject, actor: auditName(actor), tenantId: actor.tenantId!, businessAt, data });
}
