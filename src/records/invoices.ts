import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { shanghaiDate } from '../domain/calendar';
import type { DocumentStore } from '../documents/store';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { InvoiceMistake } from '../domain/invoiceMistakes';
import type { PersonalData } from '../security/personalData';
import { campaignRow } from './campaigns';
import { takeFile } from './documents';
import { mustStand } from './invoiceWithdrawal';
import { keyOf } from './people';
import { type PayoutRow, payoutRow } from './releases';

/** What a hospital billed, as it is filed for a payment. */
export interface NewInvoice {
  readonly number: string;
  /** Civil day, `YYYY-MM-DD`. */
  readonly issuedOn: string;
  readonly amountFen: bigint;
  readonly lines: readonly { readonly item: string; readonly amountFen: bigint }[];
  /** How much of it the payment pays; null: as much as both have left. */
  readonly allocateFen: bigint | null;
}

interface Acting {
  readonly by: string;
  /** Business time. */
  readonly at: Date;
}

interface Party {
  readonly institution_id: string | null;
  readonly patient_id: string;
}

interface InvoiceRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly number_enc: Buffer;
  readonly issued_on: string;
  readonly amount_fen: bigint;
  readonly allocated_fen: bigint;
  readonly filed_at: Date;
  readonly filed_by: string;
  readonly photo_id: string | null;
  readonly withdrawn_at: Date | null;
  readonly withdrawn_by: string | null;
  readonly withdrawn_because: InvoiceMistake | null;
}

const partyOf = async (tx: Connection, campaignId: string): Promise<Party> =>
  (await row<Party>(tx, 'select hospital_id as institution_id, patient_id from campaign where id = ?', [campaignId]))!;

/** What of a payment no invoice covers: less what came back of it, fen. */
const uncovered = ({ net_fen, given_back_fen, invoiced_fen }: Covered): bigint => {
  const leftFen = net_fen - given_back_fen - invoiced_fen;
  return leftFen > 0n ? leftFen : 0n;
};
type Covered = Pick<PayoutRow, 'net_fen'> & { readonly given_back_fen: bigint; readonly invoiced_fen: bigint };

const coveredOf = async (tx: Connection, payoutId: string): Promise<Covered> =>
  (await row<Covered>(tx, 'select net_fen, given_back_fen, invoiced_fen from payout where id = ?', [payoutId]))!;

/**
 * Files an invoice of the campaign's hospital with its lines, and matches it with a payment. An institution's invoice is claimed once, whoever files it.
 * Number and items are sealed with the patient's key.
 * @param payoutId of a booked payout. @returns the invoice's id.
 * @throws {DomainError} request.invalid for a day to come; invoice.does_not_add_up, invoice.claimed, invoice.does_not_fit, match.too_much.
 */
export async function fileInvoice(tx: Transaction, data: PersonalData, payoutId: string, invoice: NewInvoice, { by, at }: Acting): Promise<string> {
  if (invoice.issuedOn > shanghaiDate(at.getTime()))
    throw new DomainError('request.invalid', { zh: 'issuedOn：该日期尚未到来', en: 'issuedOn: this day is to come' }, { field: '/issuedOn' });
  const payout = await bookedPayout(tx, payoutId);
  const sumFen = invoice.lines.reduce((fen, line) => fen + line.amountFen, 0n);
  if (sumFen !== invoice.amountFen)
    throw new DomainError(
      'invoice.does_not_add_up',
      {
        zh: `明细合计 ${sumFen} 分，票据金额 ${invoice.amountFen} 分`,
        en: `The lines come to ${sumFen} fen and the invoice to ${invoice.amountFen} fen`,
      },
      { field: '/lines', sumFen },
    );
  const { institution_id: institutionId, patient_id: patientId } = await partyOf(tx, payout.campaign_id);
  if (institutionId === null) throw doesNotFit('该活动没有已登记的就诊医院', 'The campaign has no registered hospital');
  const key = await keyOf(tx, data, patientId);
  const id = ulid();
  const filed = (await tx.raw(
    `insert into invoice (id, tenant_id, campaign_id, institution_id, number_enc, number_hash, issued_on, amount_fen, filed_at, filed_by)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (institution_id, number_hash) where withdrawn_at is null do nothing returning id`,
    [
      id,
      payout.tenant_id,
      payout.campaign_id,
      institutionId,
      key.seal(invoice.number, 'invoice.number'),
      data.lookup('invoice-claim', plainNumber(invoice.number)),
      invoice.issuedOn,
      invoice.amountFen.toString(),
      at,
      by,
    ],
  )) as { rows: unknown[] };
  if (filed.rows.length === 0)
    throw new DomainError(
      'invoice.claimed',
      { zh: '该医院的此票据号已经登记，不能再次使用', en: 'This invoice of this hospital was claimed before; it counts once' },
      { field: '/number' },
    );
  await tx('invoice_line').insert(
    invoice.lines.map((line, i) => ({
      invoice_id: id,
      seq: i + 1,
      item_enc: key.seal(line.item, 'invoice.item'),
      amount_fen: line.amountFen.toString(),
    })),
  );
  const common = { actor: by, tenantId: payout.tenant_id, campaignId: payout.campaign_id, businessAt: at };
  const filedWith = { payoutId, amountFen: invoice.amountFen, lines: invoice.lines.length };
  await audit(tx, { action: 'invoice.filed', subject: `invoice/${id}`, ...common, data: filedWith });
  const leftFen = uncovered(await coveredOf(tx, payoutId));
  const most = leftFen < invoice.amountFen ? leftFen : invoice.amountFen;
  await allocate(tx, payout, { id, openFen: invoice.amountFen }, invoice.allocateFen ?? (most > 0n ? most : invoice.amountFen), { by, at });
  return id;
}

/** A number is the same in small letters and with or without spaces and hyphens. */
const plainNumber = (number: string): string => number.toUpperCase().replace(/[\s-]/g, '');

/**
 * Matches what is left of an invoice with a further payment of its campaign.
 * @throws {DomainError} object.not_found, invoice.does_not_fit, invoice.withdrawn, match.too_much.
 */
export async function allocateInvoice(
  tx: Transaction,
  invoiceId: string,
  { payoutId, amountFen }: { readonly payoutId: string; readonly amountFen: bigint },
  acting: Acting,
): Promise<void> {
  const of = (await row<{ campaign_id: string }>(tx, 'select campaign_id from invoice where id = ?', [invoiceId]))!;
  // Asked before anything is locked, so that another platform's payout is not even waited for.
  if (!(await row(tx, 'select 1 from payout where id = ? and campaign_id = ?', [payoutId, of.campaign_id])))
    throw doesNotFit('该笔付款不属于票据所属的活动', 'The payout is not of the campaign that the invoice is for', '/payoutId');
  const payout = await bookedPayout(tx, payoutId);
  const invoice = (await row<InvoiceRow>(tx, 'select * from invoice where id = ? for update', [invoiceId]))!;
  mustStand(invoice);
  await allocate(tx, payout, { id: invoiceId, openFen: invoice.amount_fen - invoice.allocated_fen }, amountFen, acting);
}

/**
 * Keeps a picture of an invoice with the campaign's documents, sealed; a later one takes the place of the one before, which stays on record. What was
 * audited is not touched by it: no signature is void.
 * @param file looked at already: a picture or a PDF that does nothing. @throws {DomainError} invoice.withdrawn.
 */
export async function photographInvoice(
  tx: Transaction,
  data: PersonalData,
  store: DocumentStore,
  invoiceId: string,
  file: { readonly bytes: Buffer; readonly mediaType: string },
  { by, at }: Acting,
): Promise<void> {
  const { campaign_id: campaignId, tenant_id: tenantId } = (await row<InvoiceRow>(tx, 'select * from invoice where id = ?', [invoiceId]))!;
  const campaign = await campaignRow(tx, campaignId, { lock: true });
  mustStand((await row<InvoiceRow>(tx, 'select * from invoice where id = ? for update', [invoiceId]))!);
  const { document } = await takeFile(tx, data, store, campaign, { kind: 'receipts', ...file }, at, by);
  await tx('invoice').where('id', invoiceId).update({ photo_id: document.id });
  await audit(tx, {
    action: 'invoice.photographed',
    subject: `invoice/${invoiceId}`,
    actor: by,
    tenantId,
    campaignId,
    businessAt: at,
    data: { documentId: document.id, sha256: document.sha256, byteLength: file.bytes.length },
  });
}

async function bookedPayout(tx: Transaction, payoutId: string): Promise<PayoutRow> {
  const payout = await payoutRow(tx, payoutId, { lock: true });
  if (payout.state !== 'succeeded') throw doesNotFit('该笔付款尚未入账，或已被退回', 'The payout is not booked, or the bank has taken it back');
  return payout;
}

const doesNotFit = (zh: string, en: string, field?: string): DomainError =>
  new DomainError('invoice.does_not_fit', { zh, en }, field === undefined ? {} : { field });

async function allocate(
  tx: Transaction,
  payout: PayoutRow,
  invoice: { readonly id: string; readonly openFen: bigint },
  amountFen: bigint,
  { by, at }: Acting,
): Promise<void> {
  const leftFen = uncovered(await coveredOf(tx, payout.id));
  if (amountFen > leftFen || amountFen > invoice.openFen)
    throw new DomainError(
      'match.too_much',
      {
        zh: `票据剩余 ${invoice.openFen} 分，付款尚无票据的部分为 ${leftFen} 分`,
        en: `${invoice.openFen} fen of the invoice and ${leftFen} fen of the payment are open`,
      },
      { field: '/amountFen', invoiceFen: invoice.openFen, payoutFen: leftFen },
    );
  const id = ulid();
  const made = { id, invoice_id: invoice.id, payout_id: payout.id, amount_fen: amountFen.toString(), made_at: at, made_by: by };
  await tx('invoice_allocation').insert(made);
  await audit(tx, {
    action: 'invoice.matched',
    subject: `invoice/${invoice.id}`,
    actor: by,
    tenantId: payout.tenant_id,
    campaignId: payout.campaign_id,
    businessAt: at,
    data: { allocation: id, payoutId: payout.id, amountFen },
  });
}

/** @returns what a payment was used for by its invoices, and what of the payment and of each invoice is matched with nothing. */
export async function invoicesOf(connection: Connection, data: PersonalData, payoutId: string) {
  const payout = await payoutRow(connection, payoutId);
  const covered = await coveredOf(connection, payoutId);
  const key = await keyOf(connection, data, (await partyOf(connection, payout.campaign_id)).patient_id);
  const found = await rows<InvoiceRow & { readonly here_fen: bigint }>(
    connection,
    `select i.*, i.issued_on::text as issued_on, a.fen as here_fen from invoice i
     join (select invoice_id, sum(amount_fen)::bigint as fen from invoice_allocation where payout_id = ? group by 1) a on a.invoice_id = i.id order by i.id`,
    [payoutId],
  );
  const lines = await rows<{ invoice_id: string; item_enc: Buffer; amount_fen: bigint }>(
    connection,
    'select invoice_id, item_enc, amount_fen from invoice_line where invoice_id = any(?) order by invoice_id, seq',
    [found.map(({ id }) => id)] as never,
  );
  return {
    payoutId,
    netFen: covered.net_fen,
    givenBackFen: covered.given_back_fen,
    invoicedFen: covered.invoiced_fen,
    uninvoicedFen: uncovered(covered),
    invoices: found.map((i) => ({
      id: i.id,
      number: key.open(i.number_enc, 'invoice.number'),
      issuedOn: i.issued_on,
      amountFen: i.amount_fen,
      matchedHereFen: i.withdrawn_at === null ? i.here_fen : 0n,
      unmatchedFen: i.withdrawn_at === null ? i.amount_fen - i.allocated_fen : 0n,
      withdrawal: i.withdrawn_at && { at: i.withdrawn_at.toISOString(), by: i.withdrawn_by!, because: i.withdrawn_because! },
      filedAt: i.filed_at.toISOString(),
      filedBy: i.filed_by,
      photoId: i.photo_id,
      lines: lines
        .filter((line) => line.invoice_id === i.id)
        .map((line) => ({ item: key.open(line.item_enc, 'invoice.item'), amountFen: line.amount_fen })),
    })),
  };
}
