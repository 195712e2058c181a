import { z } from 'zod';
import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { CLAIM_STATES, CLAIMS, type Claim, PERSONS_METHODS } from '../../domain/convention/claims';
import { DomainError, invalidFields } from '../../domain/errors';
import type { CampaignRow } from '../../records/campaigns';
import { claimHistory, claimInFull, type ClaimEvent, standingClaims } from '../../records/claims';
import { partyFacts } from '../../records/facts';
import { keyOf } from '../../records/people';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { id, personText, ulidText } from '../schemas';
import { openCampaign, ownCampaign } from './campaigns';

const said = z.object({
  claim: z.enum(CLAIMS),
  state: z.enum(CLAIM_STATES),
  source: z.enum(['person', 'machine', 'identity-service', 'bank']),
  by: z.string().nullable(),
  method: z.string(),
  documents: z.array(z.string()),
  override: z.boolean(),
  at: z.string(),
  note: z.string().nullable(),
  reason: z.string().nullable(),
});
const claimsAnswer = z
  .object({ claims: z.array(z.object({ claim: z.enum(CLAIMS), standing: said.nullable(), history: z.array(said) })) })
  .openapi('Claims');

const judgement = z.strictObject({
  state: z.enum(['evidenced', 'verified', 'contradicted']),
  how: z.enum(PERSONS_METHODS),
  note: personText(1000),
  documents: z.array(ulidText).max(20).default([]),
  reason: personText(1000).optional(),
});

/** DOUBLE-AUDIT: each claim with who said what of it and how. */
export function claimRoutes(personalData: PersonalData) {
  const answer = async (tx: Transaction, campaign: CampaignRow): Promise<z.infer<typeof claimsAnswer>> => {
    const key = await keyOf(tx, personalData, campaign.patient_id);
    const [standing, history] = [await standingClaims(tx, campaign.id), await claimHistory(tx, campaign.id)];
    const full = (event: ClaimEvent) => claimInFull(event, key) as z.infer<typeof said>;
    return {
      claims: CLAIMS.map((claim) => {
        const now = standing.find((e) => e.claim === claim);
        return { claim, standing: now ? full(now) : null, history: history.filter((e) => e.claim === claim).map(full) };
      }),
    };
  };
  return [
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/claims',
      tag: 'Review',
      summary: 'Shows each claim: how it stands, and everything that was said of it (DOUBLE-AUDIT)',
      act: 'claim.read',
      input: { params: id },
      answers: { 200: { description: 'Every claim of the Convention; `standing` is null where nobody made it.', schema: claimsAnswer } },
      handler: async ({ tx, params, actor }) => ({ status: 200, body: await answer(tx, await ownCampaign(tx, params.id, actor)) }),
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/claims/{claim}',
      tag: 'Review',
      summary: 'Records what a reviewer found out about a claim, and how',
      act: 'claim.judge',
      input: { params: id.extend({ claim: z.enum(CLAIMS) }), body: judgement },
      answers: {
        200: {
          description:
            'Every claim. `reason` (at least 10 characters) is needed against a contradiction by machine or service, and is kept as an override.',
          schema: claimsAnswer,
        },
      },
      handler: async (call) => {
        const { tx, params, body, actor } = call;
        const campaign = await openCampaign(call);
        await mustBeForAPerson(tx, campaign, params.claim);
        await mustBeTheirs(tx, campaign, body.documents);
        const contradiction = body.state === 'contradicted' ? null : await machineContradiction(tx, campaign, params.claim);
        if (contradiction && (body.reason ?? '').length < 10)
          throw new DomainError(
            'request.invalid',
            {
              zh: `reason：${contradiction.source} 的结论与该陈述相矛盾；请用至少 10 个字符说明为何仍然成立`,
              en: `reason: the ${contradiction.source} contradicted this claim; say in at least 10 characters why it stands nevertheless`,
            },
            {
              field: '/reason',
              rules: ['DOUBLE-AUDIT'],
              errors: [{ pointer: '/reason', message: { zh: '至少 10 个字符', en: 'at least 10 characters' } }],
            },
          );
        const at = await businessNow(tx, campaign.tenant_id);
        const key = await keyOf(tx, personalData, campaign.patient_id);
        const event = { id: ulid(), campaign_id: campaign.id, claim: params.claim, state: body.state, source: 'person', method: body.how };
        await tx('claim_event').insert({
          ...event,
          staff_id: actor.id,
          note_enc: key.seal(body.note, 'claim.note'),
          documents: body.documents,
          overrides: contradiction?.id ?? null,
          reason_enc: contradiction ? key.seal(body.reason!, 'claim.reason') : null,
          at,
        });
        await audit(tx, {
          action: contradiction ? 'claim.overridden' : 'claim.judged',
          subject: `campaign/${campaign.id}`,
          actor: auditName(actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
          data: { event: event.id, claim: event.claim, state: event.state, how: event.method, overrides: contradiction?.id ?? null },
        });
        return { status: 200, body: await answer(tx, campaign) };
      },
    }),
  ];
}

/** An identity is decided by the service, or by the resolution of a missing record; a person adds to it, and never against it (IDENTITY). */
async function mustBeForAPerson(tx: Transaction, campaign: CampaignRow, claim: Claim): Promise<void> {
  if (claim !== 'identity-patient' && claim !== 'identity-sponsor') return;
  const parties = await partyFacts(tx, campaign.id);
  const party = claim === 'identity-patient' || campaign.sponsor_relation === 'self' ? parties.patient : parties.sponsor;
  if (party.verdict === 'match' || party.resolution === 'confirmed') return;
  const why =
    party.verdict === 'mismatch'
      ? { zh: '实名核验结果为不符，不能由人工改变', en: 'The identity service found a mismatch, which stays' }
      : { zh: '实名核验服务没有结果；请先作出实名处理决定', en: 'The identity service has no answer; decide it as an identity resolution first' };
  throw new DomainError('identity.mismatch_stands', why, { rules: ['IDENTITY'] });
}

async function mustBeTheirs(tx: Transaction, campaign: CampaignRow, documents: readonly string[]): Promise<void> {
  const known = await rows<{ id: string }>(tx, 'select id from document where campaign_id = ? and id = any(?)', [
    campaign.id,
    [...documents],
  ] as never);
  const missing = documents.findIndex((document) => !known.some((k) => k.id === document));
  if (missing < 0) return;
  throw invalidFields([{ pointer: `/documents/${missing}`, message: { zh: '不是该活动的文件', en: 'no document of this campaign' } }]);
}

/** @returns machine's or service's last word on the claim, if it is a contradiction. */
async function machineContradiction(tx: Transaction, campaign: CampaignRow, claim: Claim): Promise<{ id: string; source: string } | null> {
  const last = await row<{ id: string; source: string; state: string }>(
    tx,
    `select id, source, state from claim_event where campaign_id = ? and claim = ? and source <> 'person' order by seq desc limit 1`,
    [campaign.id, claim],
  );
  return last?.state === 'contradicted' ? last : null;
}
