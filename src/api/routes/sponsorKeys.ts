import { type Actor, auditName } from '../../access/actors';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import type { Transaction } from '../../database/connect';
import type { CampaignRow } from '../../records/campaigns';
import type { PersonalData } from '../../security/personalData';
import { renewSponsorKey, revokeSponsorKey } from '../pageKeys';
import { route } from '../route';
import { id } from '../schemas';
import { ownCampaign } from './campaigns';

/** A sponsor's page is opened by the key in its address: one that leaked is closed, and a new one made. */
export function sponsorKeyRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/sponsor-key',
      tag: 'Campaigns',
      summary: "Makes a new key of the sponsor's page; every earlier address is closed",
      act: 'sponsor-key.renew',
      input: { params: id },
      answers: { 201: { description: 'The new `sponsorKey`: give it to the sponsor alone.' } },
      handler: async ({ tx, params, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        const sponsorKey = await renewSponsorKey(tx, personalData, campaign.id);
        await told(tx, actor, campaign, 'sponsor-key.renewed');
        return { status: 201, body: { sponsorKey } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/sponsor-key/revocation',
      tag: 'Campaigns',
      summary: "Closes the sponsor's page until a new key is made",
      act: 'sponsor-key.revoke',
      input: { params: id },
      answers: { 200: { description: 'Closed.' } },
      handler: async ({ tx, params, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        await revokeSponsorKey(tx, campaign.id, await businessNow(tx, campaign.tenant_id));
        await told(tx, actor, campaign, 'sponsor-key.revoked');
        return { status: 200, body: {} };
      },
    }),
  ];
}

async function told(tx: Transaction, actor: Actor, campaign: CampaignRow, action: string): Promise<void> {
  await audit(tx, {
    action,
    subject: `campaign/${campaign.id}`,
    actor: auditName(actor),
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: await businessNow(tx, campaign.tenant_id),
  });
}
