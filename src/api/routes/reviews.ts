import { say } from '../text/say';
import { z } from 'zod';
import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { failedRules } from '../../domain/convention/gates';
import { type Finding, RULE_IDS, type Verdict } from '../../domain/convention/terms';
import { DomainError, type FieldError, invalidFields } from '../../domain/errors';
import { campaignRow, evidenceChanged } from '../../records/campaigns';
import { recordResolution, standingClaims } from '../../records/claims';
import { evidenceRequests } from '../../records/evidenceRequests';
import { tell, tellReleases } from '../../records/outbox';
import { mustNotBeOwnCase } from '../../records/promoters';
import { releaseRow } from '../../records/releases';
import { sealedForPatient } from '../../records/words';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { campaignAnswer, id, personText, recordText, releaseAnswer, versionNumber } from '../schemas';
import { campaignView, releaseView } from '../views';
import { ownCampaign } from './campaigns';

const decision = z.strictObject({ decision: z.enum(['approve', 'refuse']), reason: recordText(1000) });
/** `rules` are the grounds of a refusal: needed where the machine found none. */
const auditDecision = decision
  .extend({ rules: z.array(z.enum(RULE_IDS)).max(RULE_IDS.length).default([]) })
  .refine((d) => d.decision === 'refuse' || d.rules.length === 0, {
    path: ['rules'],
    message: say({ zh: '只在不通过时填写', en: 'rules are given for a refusal' }),
  });

/** Routes by which an accountable, named reviewer decides. */
export const reviewRoutes = (personalData: PersonalData) => [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/identity-resolutions',
    tag: 'Review',
    summary: 'Answers for a party that the identity service has no record of',
    act: 'campaign.resolve-identity',
    input: {
      params: id,
      body: z.strictObject({ party: z.enum(['patient', 'sponsor']), resolution: z.enum(['confirmed', 'not-confirmed']), reason: personText(1000) }),
    },
    answers: { 200: { description: 'The campaign; the machine reports anew.', schema: campaignAnswer } },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      if (campaign.phase !== 'prior-audit')
        throw new DomainError('campaign.wrong_phase', { zh: '实名核验须在前置审核期间处理', en: 'Identity is resolved during prior audit' });
      const check = await row<{ verdict: string; resolution: string | null }>(
        tx,
        'select verdict, resolution from identity_check where campaign_id = ? and party = ?',
        [campaign.id, body.party],
      );
      if (!check) throw new DomainError('campaign.no_report', { zh: '尚未向实名核验服务查询', en: 'The identity service has not been asked yet' });
      if (check.verdict === 'match' || check.verdict === 'mismatch')
        throw new DomainError(
          'identity.mismatch_stands',
          {
            zh: `实名核验服务的结果是 ${check.verdict}；只有查无记录时才由人工处理`,
            en: `The identity service answered ${check.verdict}; a person answers only for a missing record`,
          },
          { rules: ['IDENTITY'] },
        );
      const at = await businessNow(tx, campaign.tenant_id);
      const reasonEnc = await sealedForPatient(tx, personalData, campaign, body.reason, 'identity-check.reason');
      await tx('identity_check')
        .where({ campaign_id: campaign.id, party: body.party })
        .update({ resolution: body.resolution, reason_enc: reasonEnc, resolved_by: actor.id, resolved_at: at });
      await recordResolution(tx, campaign, { ...body, staffId: actor.id }, at);
      await evidenceChanged(tx, campaign.id, at, 'an identity was resolved');
      await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'identity-resolved', cause: ulid() });
      await audit(tx, {
        action: 'identity.resolved',
        subject: `campaign/${campaign.id}`,
        actor: auditName(actor),
        tenantId: campaign.tenant_id,
        campaignId: campaign.id,
        businessAt: at,
        data: { party: body.party, resolution: body.resolution },
      });
      return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/decision',
    tag: 'Review',
    summary: 'Decides the prior audit, after the machine reported',
    act: 'campaign.decide',
    input: { params: id, body: auditDecision },
    answers: {
      200: {
        description: 'The campaign. Refusing what the machine passed is an override: it names rules, and a reason of at least 10 characters.',
        schema: campaignAnswer,
      },
    },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      await mustNotBeOwnCase(tx, campaign.id, actor.id);
      if (await row(tx, 'select 1 from audit_decision where campaign_id = ?', [campaign.id]))
        throw new DomainError('campaign.audit_decided', {
          zh: '该活动的前置审核已有决定',
          en: 'The prior audit of this campaign is decided already',
        });
      const report = await row<{ id: string; verdict: Verdict; findings: Finding[] }>(
        tx,
        'select id, verdict, findings from machine_report where campaign_id = ? and evidence_version = ?',
        [campaign.id, campaign.evidence_version],
      );
      if (!report)
        throw new DomainError(
          'campaign.no_report',
          {
            zh: '机器尚未就目前的材料出具报告；请稍后再试',
            en: 'The machine has not reported on the evidence as it stands now; try again in a moment',
          },
          {
            rules: ['DOUBLE-AUDIT'],
          },
        );
      const failed = failedRules(report.findings);
      if (body.decision === 'approve' && report.verdict !== 'pass') {
        const open = report.findings.filter((f) => f.verdict !== 'pass');
        throw new DomainError(
          'campaign.rule_failed',
          {
            zh: `不能通过审核：${open.map((f) => `${f.rule}：${f.zh}`).join('')}`,
            en: `Not to be approved: ${open.map((f) => `${f.rule}: ${f.en}`).join(' ')}`,
          },
          { rules: open.map((f) => f.rule) },
        );
      }
      if (body.decision === 'approve') {
        await mustBeAnswered(tx, campaign.id);
        await mustBeUndisputed(tx, campaign.id);
      }
      const isOverride = body.decision === 'refuse' && report.verdict === 'pass';
      if (isOverride) mustHaveGrounds(body);
      const rules = body.decision === 'refuse' ? [...new Set([...failed, ...body.rules])].sort() : [];
      const at = await businessNow(tx, campaign.tenant_id);
      await tx('audit_decision').insert({
        id: ulid(),
        campaign_id: campaign.id,
        report_id: report.id,
        decision: body.decision,
        rules,
        is_override: isOverride,
        reason: body.reason,
        staff_id: actor.id,
        decided_at: at,
      });
      await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'audit-decided', cause: 'decided' });
      await audit(tx, {
        action: 'campaign.audit_decided',
        subject: `campaign/${campaign.id}`,
        actor: auditName(actor),
        tenantId: campaign.tenant_id,
        campaignId: campaign.id,
        businessAt: at,
        data: { decision: body.decision, report: report.id, rules, override: isOverride },
      });
      return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/payee-account/acceptance',
    tag: 'Review',
    summary: "Accepts the payee's account after the bank confirmed its name (PAYEE)",
    act: 'payee.accept-account',
    input: { params: id, body: z.strictObject({ version: versionNumber }) },
    answers: { 200: { description: 'The campaign.', schema: campaignAnswer } },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      const account = await row<{ id: string; version: number; name_check: string | null; accepted_at: Date | null }>(
        tx,
        'select * from payee_account where campaign_id = ? and superseded_at is null',
        [campaign.id],
      );
      if (!account || account.version !== body.version)
        throw new DomainError(
          'object.not_found',
          { zh: '该版本的账户不是档案中的现行版本', en: 'This version of the account is not the one on file' },
          { field: '/version' },
        );
      if (account.name_check !== 'match')
        throw new DomainError(
          'account.not_verified',
          {
            zh: `银行户名核验结果：${account.name_check ?? '尚无'}；只有一致时才能通过`,
            en: `The bank's name check says ${account.name_check ?? 'nothing yet'}; only a match can be accepted`,
          },
          { rules: ['PAYEE'] },
        );
      if (!account.accepted_at) {
        const at = await businessNow(tx, campaign.tenant_id);
        await tx('payee_account').where('id', account.id).update({ accepted_by: actor.id, accepted_at: at });
        await audit(tx, {
          action: 'account.accepted',
          subject: `payee-account/${account.id}`,
          actor: auditName(actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
        });
        await tellReleases(
          tx,
          { id: campaign.id, tenantId: campaign.tenant_id },
          ['correction', 'approval'],
          'account-changed',
          `accepted-${account.id}`,
        );
      }
      return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/releases/{id}/review',
    tag: 'Review',
    summary: 'Reviews a release before it is publicised (DISBURSE-REVIEW)',
    act: 'release.review',
    input: { params: id, body: decision },
    answers: { 200: { description: 'The release.', schema: releaseAnswer } },
    handler: async ({ tx, params, body, actor }) => {
      const release = await releaseRow(tx, params.id, { tenantId: actor.tenantId ?? '', lock: true });
      if (release.stage !== 'review' || release.review !== null)
        throw new DomainError('release.wrong_stage', {
          zh: `该笔拨付处于 ${release.stage}；只在 review 步骤审核一次`,
          en: `The release stands in ${release.stage}; it is reviewed once, in review`,
        });
      const campaign = await campaignRow(tx, release.campaign_id);
      const at = await businessNow(tx, campaign.tenant_id);
      await tx('release')
        .where('id', release.id)
        .update({ review: body.decision, review_reason: body.reason, reviewed_by: actor.id, reviewed_at: at });
      await tell(tx, { workflow: 'release', tenantId: campaign.tenant_id, id: release.id, notice: 'reviewed', cause: 'reviewed' });
      await audit(tx, {
        action: 'release.reviewed',
        subject: `release/${release.id}`,
        actor: auditName(actor),
        tenantId: campaign.tenant_id,
        campaignId: campaign.id,
        businessAt: at,
        data: { decision: body.decision },
      });
      return { status: 200, body: await releaseView(tx, await releaseRow(tx, release.id), campaign.payee_kind) };
    },
  }),
];

/** DOUBLE-AUDIT: who asked for more evidence waits for it, or withdraws the request; refusing stays possible. */
async function mustBeAnswered(tx: Transaction, campaignId: string): Promise<void> {
  const open = (await evidenceRequests(tx, campaignId)).filter((r) => r.closed_as === null).map((r) => r.id);
  if (open.length === 0) return;
  throw new DomainError(
    'campaign.evidence_requested',
    {
      zh: '已要求补充材料：须答复或撤回后才能通过审核',
      en: 'More evidence was asked for: it is answered or withdrawn before the campaign is approved',
    },
    {
      rules: ['DOUBLE-AUDIT'],
      requests: open,
    },
  );
}

/** Who somebody is, the gate IDENTITY decides where the campaign's edition has it; no person could set a mismatch aside. */
const DECIDED_BY_GATE: ReadonlySet<string> = new Set(['identity-patient', 'identity-sponsor']);

/** DOUBLE-AUDIT: nothing is approved while a claim stands contradicted; a person may judge the claim anew, with a reason. */
async function mustBeUndisputed(tx: Transaction, campaignId: string): Promise<void> {
  const standing = await standingClaims(tx, campaignId);
  const contradicted = standing.filter((c) => c.state === 'contradicted' && !DECIDED_BY_GATE.has(c.claim)).map((c) => c.claim);
  if (contradicted.length === 0) return;
  throw new DomainError(
    'campaign.claim_contradicted',
    {
      zh: `有陈述与事实相矛盾，不能通过审核：${contradicted.join('、')}`,
      en: `Not to be approved while a claim stands contradicted: ${contradicted.join(', ')}`,
    },
    {
      rules: ['DOUBLE-AUDIT'],
      claims: contradicted,
    },
  );
}

/** DOUBLE-AUDIT: a person never overrides the machine without a reason. */
function mustHaveGrounds(body: { readonly rules: readonly string[]; readonly reason: string }): void {
  const [first, ...others]: FieldError[] = [
    ...(body.rules.length === 0
      ? [
          {
            pointer: '/rules',
            message: {
              zh: '须写明活动违反了哪些规则：机器没有发现违反',
              en: 'names the rules that the campaign breaks: the machine found none',
            },
          },
        ]
      : []),
    ...(body.reason.length < 10
      ? [
          {
            pointer: '/reason',
            message: { zh: '至少 10 个字符，因为与机器结论不同', en: 'at least 10 characters, for it goes against the machine' },
          },
        ]
      : []),
  ];
  if (first) throw invalidFields([first, ...others], ['DOUBLE-AUDIT']);
}
