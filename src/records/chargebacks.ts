import { audit } from '../audit/append';
import type { Transaction } from '../database/connect';
import { post } from '../ledger/post';
import { exceptionRow, mustAllow } from './exceptionStanding';

/**
 * Books what the channel took back of its own accord, as its bill shows: it owes that much less, and somebody owes it to the platform's custody. The exception stays
 * open, with its owner and age, until credits make it good.
 * @throws {DomainError} exception.wrong_act.
 */
export async function bookChargeback(tx: Transaction, exceptionId: string, { by, at }: { readonly by: string; readonly at: Date }): Promise<void> {
  const e = await exceptionRow(tx, exceptionId, { lock: true });
  mustAllow(e, 'book-chargeback');
  const amountFen = BigInt(e.data.amountFen!);
  const subject = `exception/${exceptionId}`;
  const taken = { key: `chargeback/${exceptionId}`, kind: 'chargeback', debit: { kind: 'chargeback' }, credit: { kind: 'clearing' } } as const;
  await post(tx, [{ ...taken, tenantId: e.tenant_id, amountFen, subject, businessAt: at }], by);
  await tx('money_exception').where('id', exceptionId).update({ booked_fen: amountFen.toString() });
  await audit(tx, {
    action: 'chargeback.booked',
    subject,
    actor: by,
    tenantId: e.tenant_id,
    campaignId: e.campaign_id ?? undefined,
    businessAt: at,
    data: { amountFen },
  });
}
