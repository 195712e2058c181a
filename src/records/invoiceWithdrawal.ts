import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { InvoiceMistake } from '../domain/invoiceMistakes';
import { campaignRow } from './campaigns';

interface Withdrawable {
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly amount_fen: bigint;
  readonly allocated_fen: bigint;
  readonly withdrawn_at: Date | null;
}

/** @throws {DomainError} invoice.withdrawn. */
export function mustStand({ withdrawn_at }: Pick<Withdrawable, 'withdrawn_at'>): void {
  if (withdrawn_at !== null) throw new DomainError('invoice.withdrawn', { zh: '该票据已撤回', en: 'This invoice was withdrawn' });
}

/**
 * Takes an invoice back that was filed by mistake: what it covered of payments is free, and its number may be filed again. It stays on record with who, when and why.
 * Not once it is relied upon: the campaign has ended, or a reviewer accepted evidence of the use of a payment after it was matched with that payment.
 * @param by as the audit names them. @throws {DomainError} invoice.withdrawn, invoice.relied_on.
 */
export async function withdrawInvoice(
  tx: Transaction,
  id: string,
  because: InvoiceMistake,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<void> {
  const { campaign_id: campaignId } = (await row<Withdrawable>(tx, 'select * from invoice where id = ?', [id]))!;
  // Campaign, payments, invoice: what ends a campaign or matches an invoice waits, or is seen here.
  const campaign = await campaignRow(tx, campaignId, { lock: true });
  const payments = await rows<{ id: string }>(
    tx,
    'select id from payout where id in (select payout_id from invoice_allocation where invoice_id = ?) order by id for update',
    [id],
  );
  const invoice = (await row<Withdrawable>(tx, 'select * from invoice where id = ? for update', [id]))!;
  mustStand(invoice);
  if (campaign.ended_at !== null || (await isReliedOn(tx, id)))
    throw new DomainError('invoice.relied_on', {
      zh: '该活动已结束，或审核人已据此核对款项用途；如有误，请联系平台',
      en: 'The campaign has ended, or a reviewer has accepted the use of the payment with this invoice before them: speak to the platform',
    });
  await tx('invoice').where('id', id).update({ withdrawn_at: at, withdrawn_by: by, withdrawn_because: because });
  await audit(tx, {
    action: 'invoice.withdrawn',
    subject: `invoice/${id}`,
    actor: by,
    tenantId: invoice.tenant_id,
    campaignId,
    businessAt: at,
    data: { because, amountFen: invoice.amount_fen, freedFen: invoice.allocated_fen, payouts: payments.map((p) => p.id) },
  });
}

/** Whether evidence of the use of one of its payments was accepted when the invoice was matched with it already. */
async function isReliedOn(tx: Transaction, invoiceId: string): Promise<boolean> {
  // Shared, so that a decision under way is waited for, and a later one comes after the withdrawal.
  const evidence = await rows<{ relied: boolean }>(
    tx,
    `select coalesce(u.decision = 'accept' and u.decided_at >= a.made_at, false) as relied
     from invoice_allocation a join payout p on p.id = a.payout_id join use_evidence u on u.release_id = p.release_id where a.invoice_id = ? order by u.id for share of u`,
    [invoiceId],
  );
  return evidence.some(({ relied }) => relied);
}

/** What a release's payments lost of their invoices, for who may not read what was bought. */
interface WithdrawnInvoice {
  readonly id: string;
  readonly payoutId: string;
  readonly amountFen: bigint;
  readonly withdrawnAt: Date;
  readonly because: InvoiceMistake;
}

/** @returns the invoices of a release's payments that were withdrawn, the first one first. */
export function withdrawnInvoicesOf(connection: Connection, releaseId: string): Promise<WithdrawnInvoice[]> {
  return rows<WithdrawnInvoice>(
    connection,
    `select distinct i.id, p.id as "payoutId", i.amount_fen as "amountFen", i.withdrawn_at as "withdrawnAt", i.withdrawn_because as because
     from payout p join invoice_allocation a on a.payout_id = p.id join invoice i on i.id = a.invoice_id
     where p.release_id = ? and i.withdrawn_at is not null order by i.id`,
    [releaseId],
  );
}
