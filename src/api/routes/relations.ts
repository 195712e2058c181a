import { z } from 'zod';
import { administered, voidWhatTheySigned } from '../../access/administration';
import { row } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { campaignRow } from '../../records/campaigns';
import { route } from '../route';
import { id, ulidText } from '../schemas';

/** What ties somebody of the staff to a campaign: nearly always they or a relative know the family. */
const TIES = ['family', 'friend', 'colleague', 'treating-staff', 'business', 'other'] as const;

/** DISBURSE-REVIEW: who is related to a campaign neither makes nor checks its payments. Ties that no citizen number shows are declared here. */
export const relationRoutes = [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/relations',
    tag: 'Administration',
    summary: "Declares one's own tie to a campaign, or, as an operator, a colleague's; it stands for ever",
    act: 'relation.declare',
    input: { params: id, body: z.strictObject({ relation: z.enum(TIES), staffId: ulidText.optional() }) },
    answers: { 201: { description: 'On record. What they proposed or signed for this campaign and is not yet paid is void.' } },
    handler: async ({ tx, params, body, actor }) => {
      const staffId = body.staffId ?? actor.id;
      if (staffId !== actor.id && actor.role !== 'operator')
        throw new DomainError('auth.forbidden', {
          zh: '只能声明本人的关系；他人的由运营人员登记',
          en: "Your own tie is yours to declare; a colleague's is an operator's",
        });
      const campaign = await campaignRow(tx, params.id, { lock: true });
      if (!(await row(tx, 'select 1 from staff where id = ? and tenant_id = ?', [staffId, campaign.tenant_id])))
        throw new DomainError(
          'request.invalid',
          { zh: 'staffId：不是本平台的人员', en: 'staffId: nobody of this platform' },
          { field: '/staffId', rules: ['DISBURSE-REVIEW'] },
        );
      const tie = { staff_id: staffId, campaign_id: campaign.id, relation: body.relation, declared_at: new Date(), declared_by: actor.id };
      const added = await tx('staff_relation').insert(tie).onConflict().ignore().returning('staff_id');
      if (added.length > 0) await administered(tx, actor, 'staff.tied', `staff/${staffId}`, { campaignId: campaign.id, relation: body.relation });
      await voidWhatTheySigned(tx, actor, staffId, 'related-party', campaign.id);
      return { status: 201, body: { staffId, campaignId: campaign.id } };
    },
  }),
];
