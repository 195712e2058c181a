import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { DomainError } from '../../domain/errors';
import { campaignRow, type CampaignRow } from '../../records/campaigns';
import { tell } from '../../records/outbox';
import { keyOf } from '../../records/people';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { campaignAnswer, id, personText } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign } from './campaigns';

/** A raise runs for the edition's days, and may be extended once by as many. Source: Edition convention-2.0, default windows. */
export function extensionRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/extension',
      tag: 'Campaigns',
      summary: 'Extends an open raise at the sponsor’s wish, once, by the edition’s fundraising days',
      act: 'campaign.extend',
      input: { params: id, body: z.strictObject({ reason: personText(500) }) },
      answers: { 200: { description: 'The campaign with its new deadline.', schema: campaignAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        await extendRaise(tx, personalData, campaign, body.reason, auditName(actor));
        return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
  ];
}

/** @param campaign locked. @throws {DomainError} campaign.wrong_phase unless the raise is open; campaign.rule_failed for a second time. */
export async function extendRaise(tx: Transaction, personalData: PersonalData, campaign: CampaignRow, reason: string, by: string): Promise<void> {
  const at = await businessNow(tx, campaign.tenant_id);
  if (campaign.phase !== 'fundraising' || campaign.closes_at === null || campaign.closes_at <= at)
    throw new DomainError('campaign.wrong_phase', {
      zh: `只有进行中的筹款可以延期；该活动处于 ${campaign.phase}`,
      en: `Only an open raise can be extended; this campaign stands in ${campaign.phase}`,
    });
  if (await row(tx, 'select 1 from raise_extension where campaign_id = ?', [campaign.id]))
    throw new DomainError(
      'campaign.rule_failed',
      { zh: '该筹款已延期过；公约只允许一次', en: 'The raise was extended already; an edition allows it once' },
      { rules: ['DISCLOSE'] },
    );
  const closesAt = new Date(campaign.closes_at.getTime() + (editionOf(campaign.edition).windows.fundraisingDays * DAY_MS) / campaign.window_speed);
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await tx('raise_extension').insert({
    campaign_id: campaign.id,
    reason_enc: key.seal(reason, 'extension.reason'),
    closed_at_before: campaign.closes_at,
    closes_at: closesAt,
    extended_at: at,
    extended_by: by,
  });
  await tx('campaign').where('id', campaign.id).update({ closes_at: closesAt });
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'raise-extended', cause: 'once' });
  await audit(tx, {
    action: 'campaign.extended',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { closesAt },
  });
}
