import { say } from '../text/say';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { DomainError } from '../../domain/errors';
import { campaignRow } from '../../records/campaigns';
import { versionsInForce } from '../../records/consents';
import { referralAt, type ReferralRow, type ReferralState } from '../../records/referrals';
import { type Actor, auditName } from '../../access/actors';
import { route } from '../route';
import { id, nameText, versionNumber } from '../schemas';

const answers = { 200: { description: 'The referral.' } };

/** CHARITY: a referral on its way from the offer to the charity's answer. */
export const referralRoutes = [
  route({
    method: 'get',
    path: '/v1/referrals',
    tag: 'Charity',
    summary: 'Lists referrals, oldest first, with those overdue for an answer marked',
    act: 'referral.read',
    input: { query: z.strictObject({ overdue: z.enum(['true', 'false']).default('false') }) },
    answers: { 200: { description: 'Referrals, and the charities that the house knows by name.' } },
    handler: async ({ tx, query, actor }) => {
      const at = await businessNow(tx, actor.tenantId!);
      const all = await rows<ReferralRow>(
        tx,
        `select * from charity_referral where tenant_id = ? and (not ? or (answered_at is null and answer_due_at <= ?)) order by offered_at, id limit 1000`,
        [actor.tenantId, query.overdue === 'true', at],
      );
      const charities = await rows(tx, 'select id, name_zh as zh, name_en as en, example from charity order by id');
      return { status: 200, body: { referrals: all.map((r) => view(r, at)), charities } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/referrals/{id}/consent',
    tag: 'Charity',
    summary: 'Records whether the seeker agrees to be referred, under the version of their rules that is in force',
    act: 'referral.consent',
    input: {
      params: id,
      body: z
        .strictObject({ agrees: z.boolean(), consentVersion: versionNumber.optional() })
        .refine((b) => b.agrees === (b.consentVersion !== undefined), {
          path: ['consentVersion'],
          message: say({
            zh: 'CHARITY, RIGHTS：求助人同意时必填，其他情形不得填写',
            en: 'CHARITY, RIGHTS: consentVersion is given when the seeker agrees, and only then',
          }),
        }),
    },
    answers,
    handler: async ({ tx, params, body, actor }) => {
      const referral = await referralAt(tx, params.id, actor.tenantId!, 'offered');
      const at = await businessNow(tx, referral.tenant_id);
      if (!body.agrees) return moved(tx, referral, 'declined-by-seeker', actor, at, {});
      const inForce = (await versionsInForce(tx, at)).seeker;
      if (body.consentVersion !== inForce)
        throw new DomainError(
          'consent.not_current',
          { zh: `RIGHTS：求助人权利义务告知的现行版本是 ${inForce}`, en: `RIGHTS: version ${inForce} of the seeker's rules is in force` },
          {
            field: '/consentVersion',
            rules: ['RIGHTS', 'CHARITY'],
          },
        );
      return moved(tx, referral, 'consented', actor, at, { consent_version: inForce, consented_at: at });
    },
  }),
  route({
    method: 'post',
    path: '/v1/referrals/{id}/referral',
    tag: 'Charity',
    summary: 'Records that a charity was asked; its answer is then awaited',
    act: 'referral.refer',
    input: {
      params: id,
      body: z
        .strictObject({
          charityId: z
            .string()
            .regex(
              /^[a-z0-9-]{1,60}$/,
              say({ zh: '须为名单上的编号：小写字母、数字和连字符', en: 'an id of the list: small letters, digits and hyphens' }),
            )
            .optional(),
          charityName: nameText(100).optional(),
        })
        .refine((b) => (b.charityId === undefined) !== (b.charityName === undefined), {
          path: ['charityId'],
          message: say({ zh: 'CHARITY：charityId 与 charityName 须填其一', en: 'CHARITY: one of charityId and charityName' }),
        }),
    },
    answers,
    handler: async ({ tx, params, body, actor }) => {
      const referral = await referralAt(tx, params.id, actor.tenantId!, 'consented');
      if (body.charityId !== undefined && !(await row(tx, 'select 1 from charity where id = ?', [body.charityId])))
        throw new DomainError(
          'request.invalid',
          { zh: 'charityId：名单上没有该慈善组织', en: 'charityId: no charity on the list' },
          { field: '/charityId', rules: ['CHARITY'] },
        );
      const at = await businessNow(tx, referral.tenant_id);
      const campaign = await campaignRow(tx, referral.campaign_id);
      const dueAt = new Date(at.getTime() + (editionOf(campaign.edition).windows.referralAnsweredDays * DAY_MS) / campaign.window_speed);
      const to = { charity_id: body.charityId ?? null, charity_name: body.charityName ?? null };
      return moved(tx, referral, 'referred', actor, at, { ...to, referred_at: at, answer_due_at: dueAt });
    },
  }),
  route({
    method: 'post',
    path: '/v1/referrals/{id}/answer',
    tag: 'Charity',
    summary: 'Records what the charity answered',
    act: 'referral.answer',
    input: { params: id, body: z.strictObject({ outcome: z.enum(['accepted', 'declined']) }) },
    answers,
    handler: async ({ tx, params, body, actor }) => {
      const referral = await referralAt(tx, params.id, actor.tenantId!, 'referred');
      const at = await businessNow(tx, referral.tenant_id);
      return moved(tx, referral, body.outcome, actor, at, { answered_at: at });
    },
  }),
];

async function moved(
  tx: Transaction,
  referral: ReferralRow,
  state: ReferralState,
  actor: Actor,
  at: Date,
  more: Record<string, unknown>,
): Promise<{ status: number; body: unknown }> {
  await tx('charity_referral')
    .where('id', referral.id)
    .update({ state, ...more });
  await audit(tx, {
    action: 'referral.moved',
    subject: `referral/${referral.id}`,
    actor: auditName(actor),
    tenantId: referral.tenant_id,
    campaignId: referral.campaign_id,
    businessAt: at,
    data: { state },
  });
  const now = (await row<ReferralRow>(tx, 'select * from charity_referral where id = ?', [referral.id]))!;
  return { status: 200, body: view(now, at) };
}

function view(r: ReferralRow, at: Date): Record<string, unknown> {
  return {
    id: r.id,
    campaignId: r.campaign_id,
    cause: r.cause,
    state: r.state,
    offeredAt: r.offered_at.toISOString(),
    charityId: r.charity_id,
    charityName: r.charity_name,
    answerDueAt: r.answer_due_at?.toISOString() ?? null,
    answeredAt: r.answered_at?.toISOString() ?? null,
    overdue: r.answered_at === null && r.answer_due_at !== null && r.answer_due_at <= at,
  };
}
