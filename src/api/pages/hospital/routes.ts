import type { Request } from 'express';
import { businessNow } from '../../../database/clock';
import { inTransaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { RECEIPT_REASON_CODES, reasonFits, type ReceiptReason } from '../../../domain/receiptReasons';
import { payoutRow } from '../../../records/releases';
import { giveReceipt, hospitalPayouts, receiptBody } from '../../routes/hospital';
import { recordText, ulidText } from '../../schemas';
import { formOnce } from '../forms';
import type { Form, PageRouter, StaffVisit } from '../serve';
import type { Translate } from '../text/catalogue';
import type { Pages } from '../visit';
import { listPage } from './listPage';
import { fenIn } from './invoiceForm';
import { mountInvoices } from './invoiceRoutes';
import { type CashierAnswer, checkPage, payoutPage } from './payoutPage';
import { receiptPage } from './receiptPage';
import { payoutRecord, type PayoutRecord } from './records';
import { mountSurplus } from './surplusRoutes';

function payoutIdOf(req: Request): string {
  const { success, data } = ulidText.safeParse(req.params.payoutId);
  if (!success) throw new DomainError('object.not_found', { zh: '没有该笔付款', en: 'There is no such payout' });
  return data;
}

/** @returns what is missing in a cashier's answer, by field. A denial says why, and so does a receipt in part. */
function answerErrors(t: Translate, form: Form): Record<string, string> {
  const { outcome } = form;
  if (outcome !== 'confirm' && outcome !== 'part' && outcome !== 'deny') return { outcome: t('payout.choice.missing') };
  const note = (form.note ?? '').trim();
  const needsNote = outcome === 'deny' || form.reason === 'other';
  const noteHolds = note === '' ? !needsNote : recordText(500).safeParse(note).success;
  const reasonHolds = outcome === 'confirm' || (isReason(form.reason) && reasonFits(form.reason, outcome));
  return {
    ...(outcome === 'part' && form.amountFen === undefined && fenIn(form.amountYuan) === null ? { amountYuan: t('payout.amount.missing') } : {}),
    ...(reasonHolds ? {} : { reason: t('payout.reason.missing') }),
    ...(noteHolds ? {} : { note: t('payout.note.missing') }),
  };
}

const isReason = (code: string | undefined): code is ReceiptReason => RECEIPT_REASON_CODES.some((each) => each === code);

/** @returns a cashier's answer without errors, as it is shown once more. */
function answerOf({ payout }: PayoutRecord, form: Form): CashierAnswer {
  const outcome = form.outcome as CashierAnswer['outcome'];
  const amountFen = outcome === 'part' ? fenIn(form.amountYuan)! : outcome === 'deny' ? payout.netFen : payout.mostFen;
  return { outcome, amountFen, reason: outcome === 'confirm' ? null : (form.reason as ReceiptReason), note: (form.note ?? '').trim() };
}

/** RECEIPT as pages: what was paid, check, sign, and the paper. */
export function mountHospital(pages: PageRouter, house: Pages): void {
  const { db, personalData, config } = house;
  const payoutPath = (req: Request): string => `/hospital/payouts/${payoutIdOf(req)}`;
  const recordOf = (visit: StaffVisit, req: Request): Promise<PayoutRecord> =>
    inTransaction(db, (tx) => payoutRecord(tx, personalData, payoutIdOf(req), visit.actor));

  pages.page('/hospital', 'payout.read', async (visit) =>
    listPage(visit, await inTransaction(db, (tx) => hospitalPayouts(tx, personalData, visit.actor))),
  );

  pages.page('/hospital/payouts/:payoutId', 'payout.read', async (visit, req) => payoutPage(visit, await recordOf(visit, req)));

  pages.form('/hospital/payouts/:payoutId/check', 'payout.read', payoutPath, async (visit, form, req) => {
    const record = await recordOf(visit, req);
    const errors = answerErrors(visit.t, form);
    if (Object.keys(errors).length > 0) return payoutPage(visit, record, { errors, form });
    return checkPage(visit, record, answerOf(record, form));
  });

  pages.form('/hospital/payouts/:payoutId/receipt', 'payout.sign-for', payoutPath, async (visit, form, req) => {
    const payoutId = payoutIdOf(req);
    if (Object.keys(answerErrors(visit.t, form)).length > 0)
      return payoutPage(visit, await recordOf(visit, req), { errors: answerErrors(visit.t, form), form });
    return inTransaction(db, async (tx) => ({
      to: await formOnce(tx, personalData, visit, `receipt ${payoutId}`, form, async () => {
        // Signed when the button is pressed, by the clock that the payment lives on.
        const signedAt = (await businessNow(tx, (await payoutRow(tx, payoutId)).tenant_id)).toISOString();
        const answer = receiptBody.safeParse({
          outcome: form.outcome === 'deny' ? 'deny' : 'confirm',
          amountFen: form.amountFen,
          signedAt,
          ...(form.reason ? { reason: form.reason } : {}),
          ...(form.note ? { note: form.note } : {}),
        });
        if (!answer.success) throw new DomainError('request.invalid', { zh: '表单不完整', en: 'The form is not complete' });
        await giveReceipt(tx, payoutId, visit.actor, answer.data);
        return `${payoutPath(req)}/receipt`;
      }),
    }));
  });

  pages.page('/hospital/payouts/:payoutId/receipt', 'payout.read', async (visit, req) => {
    const record = await recordOf(visit, req);
    return record.receipt ? receiptPage(visit, record, record.receipt, config.publicUrl) : { to: payoutPath(req) };
  });

  mountInvoices(pages, house);
  mountSurplus(pages, house);
}
