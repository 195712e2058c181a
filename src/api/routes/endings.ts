import { say } from '../text/say';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { shanghaiDate } from '../../domain/calendar';
import { DomainError } from '../../domain/errors';
import { balanceOf } from '../../ledger/post';
import { campaignRow, type CampaignRow } from '../../records/campaigns';
import { deathRow, decideDeath, reportDeath } from '../../records/deaths';
import { tell } from '../../records/outbox';
import { sealedForPatient } from '../../records/words';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { campaignAnswer, dateText, fenText, id, personText, recordText } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign } from './campaigns';

const campaignAnswered = { 200: { description: 'The campaign.', schema: campaignAnswer } };

/** Routes by which a campaign ends otherwise than by its last release. Source: DEATH, SURPLUS. */
export const endingRoutes = (personalData: PersonalData) => [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/deaths',
    tag: 'Endings',
    summary: "Reports the patient's death: payouts freeze at once, until a named person has looked",
    act: 'death.report',
    input: {
      params: id,
      body: z.strictObject({
        diedOn: dateText,
        evidenceSha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, say({ zh: '须为小写十六进制的 SHA-256', en: 'SHA-256 in lower-case hex' }))
          .optional(),
      }),
    },
    answers: { 201: { description: 'The report.' } },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      const deathId = await fileDeath(tx, campaign, { diedOn: body.diedOn, evidenceSha256: body.evidenceSha256 ?? null }, auditName(actor));
      return { status: 201, body: { id: deathId, state: 'reported' } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/deaths',
    tag: 'Endings',
    summary: 'The death reports of a campaign',
    act: 'death.read',
    input: { params: id },
    answers: { 200: { description: 'The reports.' } },
    handler: async ({ tx, params, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor);
      const deaths = await rows<{ id: string; died_on: string; state: string; reported_at: Date; decided_at: Date | null; debt_fen: bigint | null }>(
        tx,
        'select * from death_report where campaign_id = ? order by reported_at',
        [campaign.id],
      );
      return {
        status: 200,
        body: {
          deaths: deaths.map((d) => ({
            id: d.id,
            diedOn: d.died_on,
            state: d.state,
            reportedAt: d.reported_at.toISOString(),
            decidedAt: d.decided_at?.toISOString() ?? null,
            debtFen: d.debt_fen,
          })),
        },
      };
    },
  }),
  route({
    method: 'post',
    path: '/v1/deaths/{id}/decision',
    tag: 'Endings',
    summary: 'Confirms a death, which stops the campaign and returns what is unspent, or finds the report mistaken',
    act: 'death.decide',
    input: { params: id, body: z.strictObject({ confirmed: z.boolean(), reason: personText(1_000), debtFen: fenText.default('0') }) },
    answers: campaignAnswered,
    handler: async ({ tx, params, body, actor }) => {
      const known = await deathRow(tx, params.id, actor.tenantId ?? '');
      const campaign = await campaignRow(tx, known.campaign_id, { lock: true });
      const death = await deathRow(tx, params.id, actor.tenantId ?? '');
      const at = await businessNow(tx, campaign.tenant_id);
      const reasonEnc = await sealedForPatient(tx, personalData, campaign, body.reason, 'death-report.reason');
      const decision = { confirmed: body.confirmed, reasonEnc, debtFen: BigInt(body.debtFen) };
      if (!body.confirmed && decision.debtFen > 0n)
        throw new DomainError(
          'request.invalid',
          { zh: 'debtFen：仅在确认身故时填写', en: 'debtFen: only with a confirmed death' },
          { field: '/debtFen', rules: ['DEATH'] },
        );
      await decideDeath(tx, campaign, death, { ...decision, staffId: actor.id, actor: auditName(actor), at });
      return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/surplus',
    tag: 'Endings',
    summary: 'Declares what is left to be surplus: it goes back to the donors, pro rata and by the original route',
    act: 'surplus.declare',
    input: { params: id, body: z.strictObject({ reason: recordText(1_000) }) },
    answers: campaignAnswered,
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      const open = await row(tx, 'select 1 from release where campaign_id = ? and closed_at is null limit 1', [campaign.id]);
      if (campaign.phase !== 'release' || open)
        throw new DomainError(
          'surplus.not_now',
          {
            zh: '结余须在最后一笔拨付结束之后、活动结束之前认定',
            en: 'Surplus is declared after the last release has closed and before the campaign ends',
          },
          {
            rules: ['SURPLUS'],
          },
        );
      const leftFen = await balanceOf(tx, campaign.tenant_id, { kind: 'held', campaignId: campaign.id });
      if (leftFen === 0n) throw new DomainError('surplus.not_now', { zh: '没有剩余款项', en: 'No fen is left' }, { rules: ['SURPLUS'] });
      const at = await businessNow(tx, campaign.tenant_id);
      await tx('campaign').where('id', campaign.id).update({ surplus_declared_at: at, surplus_reason: body.reason });
      const common = { tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at };
      await audit(tx, {
        action: 'campaign.surplus_declared',
        subject: `campaign/${campaign.id}`,
        actor: auditName(actor),
        ...common,
        data: { leftFen },
      });
      await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'surplus-declared', cause: 'declared' });
      return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
];

/** DEATH: @param campaign locked. @returns the report's id. @throws {DomainError} campaign.wrong_phase after its end; request.invalid for a day to come. */
export async function fileDeath(
  tx: Transaction,
  campaign: CampaignRow,
  { diedOn, evidenceSha256 }: { readonly diedOn: string; readonly evidenceSha256: string | null },
  by: string,
): Promise<string> {
  if (campaign.ended_at)
    throw new DomainError('campaign.wrong_phase', { zh: `该活动已结束：${campaign.phase}`, en: `The campaign has ended: ${campaign.phase}` });
  const at = await businessNow(tx, campaign.tenant_id);
  if (diedOn > shanghaiDate(at.getTime()))
    throw new DomainError('request.invalid', { zh: 'diedOn：日期在将来', en: 'diedOn: lies in the future' }, { field: '/diedOn', rules: ['DEATH'] });
  return reportDeath(tx, campaign, { diedOn, evidenceSha256, actor: by, at });
}
