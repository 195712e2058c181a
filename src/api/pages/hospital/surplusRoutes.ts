import type { Request } from 'express';
import { auditName } from '../../../access/actors';
import { inTransaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { formatYuan } from '../../../domain/money';
import { announceReturn, returnable, returnsOf, withdrawReturn } from '../../../records/surplusReturns';
import { nowOf } from '../../ofPlatform';
import { recordText } from '../../schemas';
import type { Filled } from '../fields';
import { formOnce } from '../forms';
import type { PageAnswer, PageRouter, StaffVisit } from '../serve';
import type { Pages } from '../visit';
import { fenIn } from './invoiceForm';
import { surplusPage } from './surplusPage';

const payoutIn = (req: Request): string => String(req.params.payoutId);
const pathOf = (req: Request): string => `/hospital/payouts/${payoutIn(req)}/surplus`;

/** SURPLUS as pages: announced, shown with its reference, withdrawn. */
export function mountSurplus(pages: PageRouter, { db, personalData }: Pages): void {
  const shown = (visit: StaffVisit, req: Request, filled: Filled = {}): Promise<PageAnswer> =>
    inTransaction(db, async (tx) =>
      surplusPage(visit, payoutIn(req), await returnable(tx, payoutIn(req)), await returnsOf(tx, payoutIn(req)), filled),
    );

  pages.page('/hospital/payouts/:payoutId/surplus', 'payout.read', (visit, req) => shown(visit, req));

  pages.form('/hospital/payouts/:payoutId/surplus', 'surplus.announce', pathOf, async (visit, form, req) => {
    const payoutId = payoutIn(req);
    const amountFen = fenIn(form.amountYuan);
    const reason = (form.reason ?? '').trim();
    const mostFen = await inTransaction(db, (tx) => returnable(tx, payoutId));
    const wrongAmount = { amountYuan: visit.t('surplus.amount.wrong', { most: formatYuan(mostFen) }) };
    const reasonHolds = recordText(500).safeParse(reason).success;
    if (amountFen === null || !reasonHolds)
      return shown(visit, req, {
        errors: { ...(amountFen === null ? wrongAmount : {}), ...(reasonHolds ? {} : { reason: visit.t('surplus.reason.wrong') }) },
        form,
      });
    try {
      return await inTransaction(db, async (tx) => ({
        to: await formOnce(tx, personalData, visit, `surplus ${payoutId}`, form, async () => {
          const acting = { by: auditName(visit.actor), at: await nowOf(tx, 'payout', payoutId) };
          await announceReturn(tx, payoutId, { amountFen, reason, institutionId: visit.actor.institutionId! }, acting);
          return pathOf(req);
        }),
      }));
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'match.too_much')) throw error;
      return shown(visit, req, { errors: wrongAmount, form });
    }
  });

  pages.form('/hospital/payouts/:payoutId/surplus/:returnId/withdrawal', 'surplus.announce', pathOf, async (visit, _form, req) => {
    const id = String(req.params.returnId);
    await inTransaction(db, async (tx) => withdrawReturn(tx, id, { by: auditName(visit.actor), at: await nowOf(tx, 'surplus_return', id) }));
    return { to: pathOf(req) };
  });
}
