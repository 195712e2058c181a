import type { Request } from 'express';
import { auditName } from '../../../access/actors';
import { inTransaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { sniffedType } from '../../../documents/inspect';
import { INVOICE_MISTAKE_CODES, type InvoiceMistake } from '../../../domain/invoiceMistakes';
import { withdrawInvoice } from '../../../records/invoiceWithdrawal';
import { fileInvoice, invoicesOf, photographInvoice } from '../../../records/invoices';
import { nowOf } from '../../ofPlatform';
import { MAX_BYTES, mustBePlain } from '../../routes/documents';
import type { Filled } from '../fields';
import { formOnce } from '../forms';
import type { PageAnswer, PageRouter, StaffVisit } from '../serve';
import type { Pages } from '../visit';
import { readInvoice } from './invoiceForm';
import { invoiceCheckPage, invoicesPage } from './invoicesPage';

const idIn = (req: Request, name: string): string => String(req.params[name]);
const pathOf = (req: Request): string => `/hospital/payouts/${idIn(req, 'payoutId')}/invoices`;

/** RECEIPT: what a payment was used for, as the hospital's invoices say it. */
export function mountInvoices(pages: PageRouter, { db, personalData, documents }: Pages): void {
  const shown = (
    visit: StaffVisit,
    req: Request,
    filled: Filled & { readonly photo?: string; readonly withdrawing?: string } = {},
  ): Promise<PageAnswer> => inTransaction(db, async (tx) => invoicesPage(visit, await invoicesOf(tx, personalData, idIn(req, 'payoutId')), filled));

  pages.page('/hospital/payouts/:payoutId/invoices', 'invoice.read', shown);

  pages.form('/hospital/payouts/:payoutId/invoices/check', 'invoice.file', pathOf, async (visit, form, req) => {
    const read = readInvoice(visit.t, form);
    if ('errors' in read) return shown(visit, req, { errors: read.errors, form });
    return invoiceCheckPage(visit, idIn(req, 'payoutId'), read.invoice, form);
  });

  pages.form('/hospital/payouts/:payoutId/invoices/file', 'invoice.file', pathOf, async (visit, form, req) => {
    const read = readInvoice(visit.t, form);
    if ('errors' in read) return shown(visit, req, { errors: read.errors, form });
    if (form.change === 'yes') return shown(visit, req, { form });
    const payoutId = idIn(req, 'payoutId');
    try {
      return await inTransaction(db, async (tx) => ({
        to: await formOnce(tx, personalData, visit, `invoice ${payoutId}`, form, async () => {
          await fileInvoice(tx, personalData, payoutId, read.invoice, { by: auditName(visit.actor), at: await nowOf(tx, 'payout', payoutId) });
          return pathOf(req);
        }),
      }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === 'invoice.claimed') return shown(visit, req, { errors: { number: visit.t('invoices.number.claimed') }, form });
      if (error.details.field === '/issuedOn') return shown(visit, req, { errors: { issuedOn: visit.t('invoices.issued.wrong') }, form });
      throw error;
    }
  });

  pages.form('/hospital/payouts/:payoutId/invoices/:invoiceId/withdrawal', 'invoice.withdraw', pathOf, async (visit, form, req) => {
    const invoiceId = idIn(req, 'invoiceId');
    const wrong = (because: string): Promise<PageAnswer> => shown(visit, req, { errors: { because }, withdrawing: invoiceId });
    const because = INVOICE_MISTAKE_CODES.find((code): code is InvoiceMistake => code === form.because);
    if (because === undefined) return wrong(visit.t('invoices.withdraw.missing'));
    try {
      await inTransaction(db, async (tx) =>
        withdrawInvoice(tx, invoiceId, because, { by: auditName(visit.actor), at: await nowOf(tx, 'invoice', invoiceId) }),
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Pressed twice: the page shows that it is withdrawn.
      if (error.code === 'invoice.relied_on') return wrong(visit.t('invoices.relied_on'));
      if (error.code !== 'invoice.withdrawn') throw error;
    }
    return { to: pathOf(req) };
  });

  pages.upload('/hospital/payouts/:payoutId/invoices/:invoiceId/photo', 'invoice.file', MAX_BYTES, pathOf, async (visit, _form, file, req) => {
    const invoiceId = idIn(req, 'invoiceId');
    if (!file) return shown(visit, req, { errors: { file: visit.t('invoices.photo.missing') }, photo: invoiceId });
    // A telephone's browser may name a type by the file's name; what counts is what the bytes are.
    const arrived = { bytes: file.bytes, mediaType: sniffedType(file.bytes) ?? file.mediaType };
    try {
      mustBePlain(arrived);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'document.refused')) throw error;
      return shown(visit, req, { errors: { file: visit.t('invoices.photo.refused') }, photo: invoiceId });
    }
    await inTransaction(db, async (tx) => {
      const acting = { by: auditName(visit.actor), at: await nowOf(tx, 'invoice', invoiceId) };
      await photographInvoice(tx, personalData, documents, invoiceId, arrived, acting);
    });
    return { to: pathOf(req) };
  });
}
