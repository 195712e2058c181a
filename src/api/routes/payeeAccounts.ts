import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { campaignRow, evidenceChanged } from '../../records/campaigns';
import { recordMachineClaims } from '../../records/claims';
import { tell, tellReleases } from '../../records/outbox';
import { changePayee } from '../../records/payeeChange';
import { fileAccount } from '../../records/payeeAccounts';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { bankAccount, campaignAnswer, changedPayee, id } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign } from './campaigns';

/** PAYEE: an account is filed by the platform, confirmed by the bank and accepted by a reviewer, anew after every change. */
export function payeeAccountRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'put',
      path: '/v1/campaigns/{id}/payee',
      tag: 'Campaigns',
      summary: 'Changes the payee, also in mid-release (PAYEE)',
      act: 'payee.change',
      input: { params: id, body: changedPayee },
      answers: {
        200: {
          description:
            'The campaign; signatures are void, and the new account waits for bank and reviewer. `cancelledReleases` went back to the unspent money: ROUTE does not grant them to this payee.',
          schema: campaignAnswer,
        },
      },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        const at = await businessNow(tx, campaign.tenant_id);
        const person = body.name === undefined ? null : { name: body.name, idNumber: body.idNumber! };
        const payee = { kind: body.kind, person, account: body.account ?? null };
        const cancelledReleases = await changePayee(tx, personalData, campaign, payee, auditName(actor), at);
        return { status: 200, body: { ...(await campaignView(tx, await campaignRow(tx, campaign.id))), cancelledReleases } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/campaigns/{id}/payee-account',
      tag: 'Campaigns',
      summary: "Files the payee's account, or a corrected one",
      act: 'payee.file-account',
      input: { params: id, body: bankAccount },
      answers: { 200: { description: 'The campaign; signatures given on the old account are void.', schema: campaignAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        if (campaign.ended_at)
          throw new DomainError('campaign.wrong_phase', { zh: `该活动已结束：${campaign.phase}`, en: `The campaign has ended: ${campaign.phase}` });
        const live = await row(tx, `select 1 from payout where campaign_id = ? and state in ('reserved', 'submitted', 'unknown')`, [campaign.id]);
        if (live)
          throw new DomainError('release.wrong_stage', {
            zh: '有付款正在进行；结果确定后才能变更账户',
            en: 'A payment is under way; the account can be changed when its outcome is certain',
          });
        const at = await businessNow(tx, campaign.tenant_id);
        await fileAccount(tx, personalData, campaign, body, auditName(actor), at);
        await evidenceChanged(tx, campaign.id, at, "the payee's account changed");
        await recordMachineClaims(tx, campaign, at);
        const account = (await row<{ id: string; version: number }>(
          tx,
          'select id, version from payee_account where campaign_id = ? and superseded_at is null',
          [campaign.id],
        ))!;
        await audit(tx, {
          action: 'account.filed',
          subject: `payee-account/${account.id}`,
          actor: auditName(actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
          data: { version: account.version },
        });
        await tell(tx, {
          workflow: 'campaign',
          tenantId: campaign.tenant_id,
          id: campaign.id,
          notice: 'evidence-changed',
          cause: `account-${account.id}`,
        });
        await tellReleases(
          tx,
          { id: campaign.id, tenantId: campaign.tenant_id },
          ['publicity', 'approval', 'correction'],
          'account-changed',
          `filed-${account.id}`,
        );
        return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
  ];
}
