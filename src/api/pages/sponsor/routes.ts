import type { Request } from 'express';
import { businessNow } from '../../../database/clock';
import { inTransaction, type Transaction } from '../../../database/connect';
import { DOCUMENT_KINDS } from '../../../domain/convention/terms';
import { DomainError } from '../../../domain/errors';
import { sniffedType } from '../../../documents/inspect';
import { serviceCharged } from '../../../records/approvals';
import { type CampaignRow, campaignRow } from '../../../records/campaigns';
import { recordSponsorsOwnConsent } from '../../../records/consents';
import { UPDATE_KINDS } from '../../../records/supervision';
import { opensPage } from '../../pageKeys';
import { askToClose } from '../../routes/campaigns';
import { MAX_BYTES, takeDocument } from '../../routes/documents';
import { fileDeath } from '../../routes/endings';
import { answerRequest, openRequest } from '../../routes/evidenceRequests';
import { extendRaise } from '../../routes/extensions';
import { requestRelease } from '../../routes/releaseRequests';
import { publishUpdate } from '../../routes/updates';
import { dateText, personText, ulidText } from '../../schemas';
import { z } from 'zod';
import { errorsOf, type FieldErrors, openFormOnce } from '../forms';
import { idOf } from '../params';
import type { Form, PageAnswer, PageRouter } from '../serve';
import type { Translate } from '../text/catalogue';
import { keepPrivate, type Pages, type Visit } from '../visit';
import { checkPage } from './checkPage';
import { readMoney } from './moneyForm';
import { sponsorPage } from './page';
import { sponsorView } from './view';

/** One act of the sponsor: what its form must hold, and what it does with a locked campaign. */
interface Act {
  readonly name: string;
  readonly errors: (t: Translate, form: Form, campaign: CampaignRow) => FieldErrors;
  readonly run: (tx: Transaction, campaign: CampaignRow, form: Form, by: string) => Promise<unknown>;
}

const ticked =
  (field: string, words: string) =>
  (form: Form): FieldErrors =>
    form[field] === 'yes' ? {} : { [field]: words };
const versionIn = (form: Form): number => (/^[0-9]{1,6}$/.test(form.version ?? '') ? Number(form.version) : 0);
/** Audit rows name the sponsor by the person's id, never by name. */
const sponsorName = (campaign: CampaignRow): string => `sponsor:${campaign.sponsor_id}`;

/** The sponsor's page, by a key in its address: how the campaign stands and everything that its sponsor does about it. */
export function mountSponsor(pages: PageRouter, { db, personalData, documents }: Pages): void {
  const may = (req: Request): void => {
    if (!opensPage(personalData, 'sponsor-page', idOf(req, 'campaignId'), String(req.params.key)))
      throw new DomainError('object.not_found', { zh: '没有与该密钥对应的求助活动', en: 'There is no such campaign under this key' });
  };
  const pathOf = (req: Request): string => `/s/${req.params.campaignId as string}/${req.params.key as string}`;
  const shown = async (tx: Transaction, visit: Visit, req: Request, filled?: { errors: FieldErrors; form: Form }): Promise<PageAnswer> => {
    const campaign = await campaignRow(tx, idOf(req, 'campaignId'));
    return sponsorPage(visit, await sponsorView(tx, personalData, campaign, pathOf(req)), filled);
  };

  pages.open('/s/:campaignId/:key', async (visit, req, res) => {
    may(req);
    keepPrivate(res);
    return inTransaction(db, (tx) => shown(tx, visit, req));
  });

  const acts: readonly Act[] = [
    {
      name: 'consent',
      errors: (t, form) => ticked('consent', t('sponsor.consent.missing'))(form),
      run: async (tx, campaign, form, by) => recordSponsorsOwnConsent(tx, campaign, versionIn(form), await businessNow(tx, campaign.tenant_id), by),
    },
    {
      name: 'update',
      errors: (t, form) =>
        errorsOf(form, {
          updateKind: { schema: z.enum(UPDATE_KINDS), words: t('sponsor.update.kind.missing') },
          updateText: { schema: personText(4_000), words: t('sponsor.update.text.wrong') },
        }),
      run: (tx, campaign, form, by) =>
        publishUpdate(tx, personalData, campaign, { kind: z.enum(UPDATE_KINDS).parse(form.updateKind), text: form.updateText!.trim() }, by),
    },
    {
      name: 'extension',
      errors: (t, form) => errorsOf(form, { extensionReason: { schema: personText(500), words: t('sponsor.extend.wrong') } }),
      run: (tx, campaign, form, by) => extendRaise(tx, personalData, campaign, form.extensionReason!.trim(), by),
    },
    {
      name: 'close',
      errors: (t, form) => ticked('closeSure', t('sponsor.close.missing'))(form),
      run: (tx, campaign, _form, by) => askToClose(tx, campaign, by),
    },
    {
      name: 'death',
      errors: (t, form) => errorsOf(form, { diedOn: { schema: dateText, words: t('sponsor.death.wrong') } }),
      run: (tx, campaign, form, by) => fileDeath(tx, campaign, { diedOn: form.diedOn!.trim(), evidenceSha256: null }, by),
    },
    {
      name: 'answer',
      errors: (t, form) => {
        if (!ulidText.safeParse(form.request).success)
          throw new DomainError('object.not_found', { zh: '没有该补充材料要求', en: 'There is no such request for evidence' });
        return errorsOf(form, { [`answer-${form.request!}`]: { schema: personText(2_000), words: t('sponsor.answer.wrong') } });
      },
      run: async (tx, campaign, form, by) => {
        const { request } = await openRequest(tx, form.request!, { tenantId: campaign.tenant_id });
        if (request.campaign_id !== campaign.id)
          throw new DomainError('object.not_found', { zh: '没有该补充材料要求', en: 'There is no such request for evidence' });
        await answerRequest(tx, personalData, campaign, request, { answer: form[`answer-${request.id}`]!.trim(), documents: [] }, by);
      },
    },
  ];

  /** What a refusal says at a field, where it belongs to one; null where it is the page's own matter. */
  const atField = (t: Translate, form: Form, error: DomainError): FieldErrors | null => {
    if (error.code === 'consent.not_current') return { consent: t('give.consent.outdated') };
    if (error.code === 'request.invalid' && error.details.field === '/diedOn') return { diedOn: t('sponsor.death.wrong') };
    if (error.code === 'request.invalid' && error.details.field === '/documents')
      return { [`answer-${form.request ?? ''}`]: t('sponsor.answer.documents') };
    return null;
  };

  for (const act of acts)
    pages.openForm(`/s/:campaignId/:key/${act.name}`, async (visit, form, req) => {
      may(req);
      const campaign = await campaignRow(db, idOf(req, 'campaignId'));
      const errors = act.errors(visit.t, form, campaign);
      if (Object.keys(errors).length > 0) return inTransaction(db, (tx) => shown(tx, visit, req, { errors, form }));
      try {
        await inTransaction(db, async (tx) => {
          const locked = await campaignRow(tx, campaign.id, { lock: true });
          await openFormOnce(tx, personalData, `${act.name} ${campaign.id}`, form, async () => {
            await act.run(tx, locked, form, sponsorName(locked));
            // The page's key is kept in no table.
            return '';
          });
        });
      } catch (error) {
        const said = error instanceof DomainError ? atField(visit.t, form, error) : null;
        if (said === null) throw error;
        return inTransaction(db, (tx) => shown(tx, visit, req, { errors: said, form }));
      }
      return { to: pathOf(req) };
    });

  pages.openForm('/s/:campaignId/:key/money', async (visit, form, req) => {
    may(req);
    return inTransaction(db, async (tx): Promise<PageAnswer> => {
      const campaign = await campaignRow(tx, idOf(req, 'campaignId'));
      const view = await sponsorView(tx, personalData, campaign, pathOf(req));
      const read = readMoney(visit.t, form, view.availableFen);
      if ('errors' in read) return sponsorPage(visit, view, { errors: read.errors, form });
      if (form.change === 'yes') return sponsorPage(visit, view, { form });
      try {
        return checkPage(visit, view, read.asked, await serviceCharged(tx, campaign, view.fees.channelBp), form);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return sponsorPage(visit, view, { errors: { amount: visit.t('sponsor.money.amount.too_small') }, form });
      }
    });
  });

  pages.openForm('/s/:campaignId/:key/money-request', async (visit, form, req) => {
    may(req);
    return inTransaction(db, async (tx): Promise<PageAnswer> => {
      const campaign = await campaignRow(tx, idOf(req, 'campaignId'), { lock: true });
      await openFormOnce(tx, personalData, `money ${campaign.id}`, form, async () => {
        const { availableFen } = await sponsorView(tx, personalData, campaign, pathOf(req));
        const read = readMoney(visit.t, form, availableFen);
        if ('errors' in read)
          throw new DomainError('request.invalid', { zh: Object.keys(read.errors).join('、'), en: Object.keys(read.errors).join(', ') });
        const feeVersion = /^[0-9]{1,6}$/.test(form.feeVersion ?? '') ? Number(form.feeVersion) : 0;
        await requestRelease(tx, campaign, sponsorName(campaign), { ...read.asked, feeVersion });
        return '';
      });
      return { to: `${pathOf(req)}#money` };
    });
  });

  pages.openUpload('/s/:campaignId/:key/document', may, MAX_BYTES, async (visit, form, file, req) => {
    const kind = z.enum(DOCUMENT_KINDS).safeParse(form.kind);
    const errors = {
      ...(kind.success ? {} : { kind: visit.t('sponsor.upload.kind.missing') }),
      ...(file ? {} : { file: visit.t('sponsor.upload.file.missing') }),
    };
    if (!kind.success || !file) return inTransaction(db, (tx) => shown(tx, visit, req, { errors, form }));
    try {
      await inTransaction(db, async (tx) => {
        const campaign = await campaignRow(tx, idOf(req, 'campaignId'), { lock: true });
        if (campaign.ended_at)
          throw new DomainError('campaign.wrong_phase', { zh: `该活动已结束：${campaign.phase}`, en: `The campaign has ended: ${campaign.phase}` });
        // A telephone's browser may name a type by the file's name; what counts is what the bytes are.
        const arrived = { kind: kind.data, bytes: file.bytes, mediaType: sniffedType(file.bytes) ?? file.mediaType };
        await takeDocument(tx, personalData, documents, campaign, arrived, sponsorName(campaign));
      });
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'document.refused')) throw error;
      return inTransaction(db, (tx) => shown(tx, visit, req, { errors: { file: visit.t('sponsor.upload.refused') }, form }));
    }
    return { to: `${pathOf(req)}#documents` };
  });
}
