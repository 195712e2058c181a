import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { DomainError } from '../../domain/errors';
import type { Transaction } from '../../database/connect';
import { campaignRow, type CampaignRow } from '../../records/campaigns';
import { postUpdate, type UpdateKind, UPDATE_KINDS } from '../../records/supervision';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { campaignAnswer, id, personText } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign } from './campaigns';

/** SUPERVISE, DISCLOSE: how the public hears of progress, use of funds, completion and surplus. */
export function updateRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/updates',
      tag: 'Supervision',
      summary: 'Publishes an update with its time; what it answers is no longer owed, and a hold for it is lifted',
      act: 'campaign.update',
      input: { params: id, body: z.strictObject({ kind: z.enum(UPDATE_KINDS), text: personText(4000) }) },
      answers: { 201: { description: 'The campaign with its duties.', schema: campaignAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        await publishUpdate(tx, personalData, campaign, body, auditName(actor));
        return { status: 201, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
  ];
}

/** Publishes an update of a campaign that the public sees. @param campaign locked. @throws {DomainError} campaign.wrong_phase. */
export async function publishUpdate(
  tx: Transaction,
  personalData: PersonalData,
  campaign: CampaignRow,
  update: { readonly kind: UpdateKind; readonly text: string },
  by: string,
): Promise<void> {
  if (campaign.opened_at === null)
    throw new DomainError(
      'campaign.wrong_phase',
      {
        zh: `动态从开放筹款起发布；该活动处于 ${campaign.phase}`,
        en: `Updates are owed from the opening on; this campaign stands in ${campaign.phase}`,
      },
      {
        rules: ['PRE-AUDIT'],
      },
    );
  await postUpdate(tx, personalData, campaign, { ...update, actor: by, at: await businessNow(tx, campaign.tenant_id) });
}
