import type { Request } from 'express';
import { businessNow } from '../../../database/clock';
import { inTransaction, type Transaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { campaignRow } from '../../../records/campaigns';
import { appealInPublic, complainInPublic, filing, mustBePublic } from '../../routes/complaints';
import { complaintByNumber, complaintStatus } from '../../routes/complaintViews';
import { personText } from '../../schemas';
import { errorsOf, type FieldErrors, openFormOnce } from '../forms';
import { idOf } from '../params';
import type { Form, PageRouter } from '../serve';
import type { Translate } from '../text/catalogue';
import { keepPrivate, type Pages } from '../visit';
import { type About, whatPage, whoPage } from './filePages';
import { lookUpPage } from './lookUpPage';
import { type Followed, statusPage } from './statusPage';

const { subject, text, name, contact } = filing.shape;
const whatErrors = (t: Translate, form: Form): FieldErrors =>
  errorsOf(form, { subject: { schema: subject, words: t('complain.subject.wrong') }, text: { schema: text, words: t('complain.text.wrong') } });
const whoErrors = (t: Translate, form: Form): FieldErrors =>
  errorsOf(form, {
    name: { schema: name, words: t('complain.name.wrong'), optional: true },
    contact: { schema: contact, words: t('complain.contact.wrong'), optional: true },
  });

async function followed(tx: Transaction, number: string): Promise<Followed> {
  const complaint = await complaintByNumber(tx, number);
  const campaign = await campaignRow(tx, complaint.campaign_id);
  const now = await businessNow(tx, complaint.tenant_id);
  return { ...(await complaintStatus(tx, complaint)), campaignTitle: campaign.title, now: now.toISOString() };
}

/** COMPLAINT in three pages without an account: what, who and check, the receipt number. Answers travel in the form; nothing is stored before the last. */
export function mountComplaints(pages: PageRouter, { db, personalData }: Pages): void {
  const about = (req: Request): Promise<About> =>
    inTransaction(db, async (tx) => {
      const campaign = await campaignRow(tx, idOf(req, 'campaignId'));
      mustBePublic(campaign);
      return campaign;
    });

  pages.open('/c/:campaignId/complain', async (visit, req) => whatPage(visit, await about(req)));

  pages.openForm('/c/:campaignId/complain', async (visit, form, req) => {
    const campaign = await about(req);
    if (form.change === 'yes') return whatPage(visit, campaign, { form });
    const errors = whatErrors(visit.t, form);
    return Object.keys(errors).length > 0 ? whatPage(visit, campaign, { errors, form }) : whoPage(visit, campaign, form);
  });

  pages.openForm('/c/:campaignId/complaint', async (visit, form, req) => {
    const campaign = await about(req);
    const errors = whatErrors(visit.t, form);
    if (Object.keys(errors).length > 0) return whatPage(visit, campaign, { errors, form });
    const who = whoErrors(visit.t, form);
    if (Object.keys(who).length > 0) return whoPage(visit, campaign, form, { errors: who });
    const filed = filing.parse(Object.fromEntries(['subject', 'text', 'name', 'contact'].flatMap((f) => (form[f]?.trim() ? [[f, form[f]]] : []))));
    return inTransaction(db, async (tx) => ({
      to: await openFormOnce(tx, personalData, `complaint ${campaign.id}`, form, async () => {
        const { receipt_number } = await complainInPublic(tx, personalData, campaign.id, filed);
        return `/complaints/${receipt_number}`;
      }),
    }));
  });

  pages.open('/complaints', async (visit) => lookUpPage(visit));

  pages.openForm('/complaints', async (visit, form) => {
    const number = (form.number ?? '').trim();
    if (!/[0-9A-Za-z]/.test(number)) return lookUpPage(visit, { errors: { number: visit.t('lookup.missing') }, form }, 400);
    try {
      const { receipt_number } = await inTransaction(db, (tx) => complaintByNumber(tx, number));
      return { to: `/complaints/${receipt_number}` };
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'object.not_found')) throw error;
      return lookUpPage(visit, { errors: { number: visit.t('lookup.unknown') }, form }, 404);
    }
  });

  pages.open('/complaints/:number', async (visit, req, res) => {
    keepPrivate(res);
    return statusPage(visit, await inTransaction(db, (tx) => followed(tx, String(req.params.number))));
  });

  pages.openForm('/complaints/:number/appeal', async (visit, form, req) => {
    const complaint = await inTransaction(db, (tx) => followed(tx, String(req.params.number)));
    const errors = errorsOf(form, { text: { schema: personText(5_000), words: visit.t('complain.text.wrong') } });
    if (Object.keys(errors).length > 0) return statusPage(visit, complaint, { errors, form });
    return inTransaction(db, async (tx) => ({
      to: await openFormOnce(tx, personalData, `appeal ${complaint.receiptNumber}`, form, async () => {
        await appealInPublic(tx, personalData, complaint.receiptNumber, (form.text ?? '').trim());
        return `/complaints/${complaint.receiptNumber}`;
      }),
    }));
  });
}
