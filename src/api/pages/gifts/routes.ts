import type { Request } from 'express';
import { inTransaction, type Transaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { campaignRow } from '../../../records/campaigns';
import { refundableNow } from '../../../records/refunds';
import { publicCampaign, type PublicCampaign } from '../../routes/public';
import { ask, donorsGift, giftKey, giftView } from '../../routes/refunds';
import { personText } from '../../schemas';
import { rulesOf } from '../campaign/routes';
import { errorsOf, onceOf, openFormOnce } from '../forms';
import { idOf } from '../params';
import type { Form, PageRouter } from '../serve';
import { keepPrivate, type Pages } from '../visit';
import { readGift } from './giveForm';
import { giverClient } from './giverClient';
import { givePage } from './givePage';
import { type DonorsGift, giftPage } from './giftPage';

/** A version number as a form carries it; what is none was never shown. */
const versionIn = (form: Form, field: string): number => (/^[0-9]{1,6}$/.test(form[field] ?? '') ? Number(form[field]) : 0);

/** RIGHTS, FEES, REFUND as pages for donors: give, the receipt, what became of it, and the way back. */
export function mountGifts(pages: PageRouter, { db, personalData, gifts, config }: Pages): void {
  const campaignUrl = (campaignId: string): string => `${config.publicUrl}/c/${campaignId}`;
  /** @throws {DomainError} object.not_found; campaign.wrong_phase while no gifts are taken. */
  const raising = async (tx: Transaction, req: Request): Promise<PublicCampaign> => {
    const campaign = await publicCampaign(tx, personalData, idOf(req, 'campaignId'));
    if (campaign.phase !== 'fundraising')
      throw new DomainError('campaign.wrong_phase', {
        zh: `筹款未开放：该活动处于 ${campaign.phase}`,
        en: `The raise is not open: the campaign stands in ${campaign.phase}`,
      });
    return campaign;
  };

  pages.open('/c/:campaignId/give', async (visit, req) =>
    inTransaction(db, async (tx) => {
      const campaign = await raising(tx, req);
      return givePage(visit, campaign, await rulesOf(tx, campaign.id, 'donor'));
    }),
  );

  pages.openForm('/c/:campaignId/give', async (visit, form, req) => {
    const shown = await inTransaction(db, async (tx) => {
      const campaign = await publicCampaign(tx, personalData, idOf(req, 'campaignId'));
      const { tenant_id: tenantId } = await campaignRow(tx, campaign.id);
      return { campaign, tenantId, rules: await rulesOf(tx, campaign.id, 'donor') };
    });
    const read = readGift(visit.t, form, shown.campaign.money.askFen!);
    if ('errors' in read) return givePage(visit, shown.campaign, shown.rules, { errors: read.errors, form });
    try {
      const saw = { version: versionIn(form, 'version'), feeVersion: versionIn(form, 'feeVersion') };
      const client = giverClient(req, campaignUrl(shown.campaign.id));
      const key = `public/form/${onceOf(form)}`;
      const [order] = await gifts.order(shown.tenantId, shown.campaign.id, [read.amountFen], key, saw, read.channel, client);
      return { to: `/g/${order!.id}/${giftKey(personalData, order!.id)}` };
    } catch (error) {
      if (error instanceof DomainError && error.code === 'channel.not_offered')
        return givePage(visit, shown.campaign, shown.rules, { errors: { channel: visit.t('give.channel.wrong') }, form });
      const outdated = error instanceof DomainError && (error.code === 'consent.not_current' || error.code === 'fees.not_shown');
      if (!outdated) throw error;
      const { consent: _consent, ...rest } = form;
      return givePage(visit, shown.campaign, shown.rules, { errors: { consent: visit.t('give.consent.outdated') }, form: rest });
    }
  });

  const seen = async (tx: Transaction, req: Request): Promise<DonorsGift> => {
    const at = { id: idOf(req, 'giftId'), key: String(req.params.key) };
    const gift = await donorsGift(tx, personalData, at);
    const campaign = await campaignRow(tx, gift.campaign_id);
    return {
      gift,
      view: await giftView(tx, gift),
      campaign: await publicCampaign(tx, personalData, campaign.id),
      refundableFen: gift.status === 'paid' ? await refundableNow(tx, campaign, gift.id) : 0n,
      path: `/g/${at.id}/${at.key}`,
      payUrl: null,
    };
  };

  pages.open('/g/:giftId/:key', async (visit, req, res) => {
    keepPrivate(res);
    const of = await inTransaction(db, (tx) => seen(tx, req));
    return giftPage(visit, { ...of, payUrl: await gifts.payPage(of.gift, campaignUrl(of.campaign.id)) });
  });

  pages.openForm('/g/:giftId/:key/refund', async (visit, form, req) =>
    inTransaction(db, async (tx) => {
      const of = await seen(tx, req);
      const errors = errorsOf(form, { reason: { schema: personText(1_000), words: visit.t('ask.reason.wrong') } });
      if (Object.keys(errors).length > 0) return giftPage(visit, of, { errors, form });
      const to = await openFormOnce(tx, personalData, `refund ${of.gift.id}`, form, async () => {
        await ask(tx, personalData, of.gift, (form.reason ?? '').trim(), 'donor-page', 'public');
        return '';
      });
      // The key to the gift is kept in no table: the address is made anew.
      return { to: `${of.path}${to}` };
    }),
  );
}
