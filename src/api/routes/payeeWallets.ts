import { z } from 'zod';
import { auditName } from '../../access/actors';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { WALLETS } from '../../domain/wallets';
import { campaignRow } from '../../records/campaigns';
import { tellReleases } from '../../records/outbox';
import { currentWallet, fileWallet } from '../../records/payeeWallets';
import { payoutRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';
import { confirmationAnswer } from '../answers';
import { route } from '../route';
import { campaignAnswer, id, nameText, versionNumber } from '../schemas';
import { say } from '../text/say';
import { campaignView } from '../views';
import { openCampaign, ownCampaign } from './campaigns';

const IDENTITY = { wechat: /^[\w-]{20,64}$/, alipay: /^(2088\d{12}|[\w-]{20,64})$/ };
const walletBody = z
  .strictObject({ wallet: z.enum(WALLETS), identity: z.string().max(64), name: nameText(70) })
  .refine(({ wallet, identity }) => IDENTITY[wallet].test(identity), {
    path: ['identity'],
    message: say({ zh: '微信须为 openid，支付宝须为 2088 开头的用户号或 open_id', en: 'WeChat: an openid; Alipay: a user id (2088…) or an open id' }),
  });

/** PAYEE: the payee's wallet for small payouts is filed by the platform and accepted by a reviewer; whoever receives a payout there may have to confirm it. */
export function payeeWalletRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'put',
      path: '/v1/campaigns/{id}/payee-wallet',
      tag: 'Campaigns',
      summary: "Files the payee's wallet for small payouts, beside the account",
      act: 'payee.file-wallet',
      input: { params: id, body: walletBody },
      answers: { 200: { description: 'The campaign. The wallet is used once a reviewer has accepted it.', schema: campaignAnswer } },
      handler: async (call) => {
        const { tx, body, actor } = call;
        const campaign = await openCampaign(call);
        await mustBeQuiet(tx, campaign.id);
        const at = await businessNow(tx, campaign.tenant_id);
        const { id: walletId, version, wallet } = await fileWallet(tx, personalData, campaign, body, auditName(actor), at);
        await audit(tx, {
          ...{ action: 'wallet.filed', subject: `payee-wallet/${walletId}`, actor: auditName(actor), data: { version, wallet } },
          ...{ tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at },
        });
        return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/payee-wallet/acceptance',
      tag: 'Review',
      summary: "Accepts the payee's wallet: a reviewer has looked at whose it is (PAYEE)",
      act: 'payee.accept-wallet',
      input: { params: id, body: z.strictObject({ version: versionNumber }) },
      answers: { 200: { description: 'The campaign.', schema: campaignAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const campaign = await ownCampaign(tx, params.id, actor, true);
        const wallet = await currentWallet(tx, campaign.id);
        if (!wallet || wallet.version !== body.version || wallet.refused_at !== null)
          throw new DomainError(
            'object.not_found',
            {
              zh: '该版本的零钱账户不是档案中的现行版本，或已被渠道拒绝',
              en: 'This version of the wallet is not the one on file, or its channel has refused it',
            },
            { field: '/version' },
          );
        if (wallet.accepted_at === null) {
          await mustBeQuiet(tx, campaign.id);
          const at = await businessNow(tx, campaign.tenant_id);
          const about = { tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at };
          await tx('payee_wallet').where('id', wallet.id).update({ accepted_by: actor.id, accepted_at: at });
          await audit(tx, { action: 'wallet.accepted', subject: `payee-wallet/${wallet.id}`, actor: auditName(actor), ...about });
          // Small releases that were signed for the account are signed anew.
          await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['approval'], 'account-changed', `wallet-${wallet.id}`);
        }
        return { status: 200, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/payouts/{id}/confirmation',
      tag: 'Campaigns',
      summary: 'What the receiver of a payout confirms it with, in their own client',
      act: 'payout.confirmation',
      input: { params: id },
      answers: {
        200: {
          description:
            'Until when, and what `wx.requestMerchantTransfer` is given; both null where nobody has to confirm now. What the client then says proves nothing.',
          schema: confirmationAnswer,
        },
      },
      handler: async ({ tx, params }) => {
        const payout = await payoutRow(tx, params.id);
        const waits = payout.state === 'submitted' && payout.confirm_by !== null && payout.confirmation_enc !== null;
        const confirmation = waits ? (JSON.parse(personalData.openForHouse(payout.confirmation_enc!, 'payout.confirmation')) as object) : null;
        return { status: 200, body: { payoutId: payout.id, until: waits ? payout.confirm_by!.toISOString() : null, confirmation } };
      },
    }),
  ];
}

/** What is being paid was signed for as things stand. @throws {DomainError} release.wrong_stage while a payment is under way. */
async function mustBeQuiet(tx: Transaction, campaignId: string): Promise<void> {
  if (await row(tx, `select 1 from payout where campaign_id = ? and state in ('reserved', 'submitted', 'unknown')`, [campaignId]))
    throw new DomainError('release.wrong_stage', {
      zh: '有付款正在进行；结果确定后才能变更零钱账户',
      en: 'A payment is under way; the wallet can be changed when its outcome is certain',
    });
}
