import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { DomainError } from '../../domain/errors';
import { campaignRow, evidenceChanged } from '../../records/campaigns';
import { tell } from '../../records/outbox';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { campaignAnswer, recordText, ulidText } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign } from './campaigns';

/** RUMOUR: content is withdrawn by an accountable person, with its reason in public, never silently. */
export const withdrawalRoutes = [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/publications/{item}/withdrawal',
    tag: 'Review',
    summary: 'Withdraws a published item: its text is no longer shown, the public is told when and why, and it counts as not published',
    act: 'campaign.withdraw-item',
    input: {
      params: z.strictObject({ id: ulidText, item: z.string().max(40) }),
      body: z.strictObject({ reasonZh: recordText(500), reasonEn: recordText(500) }),
    },
    answers: { 201: { description: 'The campaign. Approvals that were signed on the item are void.', schema: campaignAnswer } },
    handler: async ({ tx, params, body, actor }) => {
      const campaign = await ownCampaign(tx, params.id, actor, true);
      const at = await businessNow(tx, campaign.tenant_id);
      const id = ulid();
      await tx('publication_withdrawal').insert({
        id,
        campaign_id: campaign.id,
        item: params.item,
        withdrawn_at: at,
        withdrawn_by: actor.id,
        reason_zh: body.reasonZh,
        reason_en: body.reasonEn,
      });
      const withdrawn = await tx('publication')
        .where({ campaign_id: campaign.id, item: params.item })
        .whereNull('withdrawn_id')
        .update({ withdrawn_id: id });
      if (withdrawn === 0)
        throw new DomainError(
          'object.not_found',
          { zh: '没有公示该项内容', en: 'No such item is published' },
          { field: '/params/item', rules: ['RUMOUR'] },
        );
      await audit(tx, {
        action: 'publication.withdrawn',
        subject: `campaign/${campaign.id}`,
        actor: auditName(actor),
        tenantId: campaign.tenant_id,
        campaignId: campaign.id,
        businessAt: at,
        data: { item: params.item, withdrawal: id },
      });
      if (campaign.ended_at === null) {
        await evidenceChanged(tx, campaign.id, at, `the item ${params.item} was withdrawn`);
        await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'evidence-changed', cause: id });
      }
      return { status: 201, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
    },
  }),
];
