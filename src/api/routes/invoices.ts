import { z } from 'zod';
import { auditName } from '../../access/actors';
import { mustBeTheirs } from '../../access/owners';
import { nowOf } from '../ofPlatform';
import { row, type Transaction } from '../../database/connect';
import { MEDIA_TYPES } from '../../documents/inspect';
import type { DocumentStore } from '../../documents/store';
import { INVOICE_MISTAKE_CODES } from '../../domain/invoiceMistakes';
import { withdrawInvoice } from '../../records/invoiceWithdrawal';
import { allocateInvoice, fileInvoice, invoicesOf, photographInvoice } from '../../records/invoices';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { amount, dateText, id, personText, ulidText } from '../schemas';
import { say } from '../text/say';
import { MAX_BYTES, mustBePlain } from './documents';

/** An invoice's number as it is printed. */
export const invoiceNumber = z
  .string()
  .regex(/^[0-9A-Za-z-]{4,40}$/, say({ zh: '须为 4 至 40 个字母、数字或连字符', en: '4 to 40 letters, digits and hyphens' }));

const invoiceBody = z.strictObject({
  number: invoiceNumber,
  issuedOn: dateText,
  amountFen: amount,
  lines: z
    .array(z.strictObject({ item: personText(200), amountFen: amount }))
    .min(1)
    .max(200),
  allocateFen: amount
    .optional()
    .openapi({ description: 'How much of the invoice this payment pays; left out: as much as both have left. Integer fen.' }),
});
const covered = z.looseObject({ id: z.string(), uninvoicedFen: z.string(), unmatchedFen: z.string() });
const answered = z.looseObject({ payoutId: z.string(), invoices: z.array(z.looseObject({ id: z.string() })) });

/** Invoices and expense lines, matched with the payments that they were paid with. */
export function invoiceRoutes(personalData: PersonalData, store: DocumentStore) {
  return [
    route({
      method: 'post',
      path: '/v1/payouts/{id}/invoices',
      tag: 'Hospital',
      summary: 'Files an invoice of the hospital with its expense lines, and matches it with the payment',
      act: 'invoice.file',
      idempotencyKey: true,
      input: { params: id, body: invoiceBody },
      answers: { 201: { description: 'Filed and matched: what it covers, and what stays without a match.', schema: covered } },
      handler: async ({ tx, params, body, actor }) => {
        const at = await nowOf(tx, 'payout', params.id);
        const invoiceId = await fileInvoice(
          tx,
          personalData,
          params.id,
          { ...body, allocateFen: body.allocateFen ?? null },
          { by: auditName(actor), at },
        );
        return { status: 201, body: { id: invoiceId, ...(await coverage(tx, params.id, invoiceId)) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/payouts/{id}/invoices',
      tag: 'Hospital',
      summary: 'What a payment was used for by its invoices, and what of either is unmatched',
      act: 'invoice.read',
      input: { params: id },
      answers: { 200: { description: 'Invoices with their lines.', schema: answered } },
      handler: async ({ tx, params }) => ({ status: 200, body: await invoicesOf(tx, personalData, params.id) }),
    }),
    route({
      method: 'post',
      path: '/v1/invoices/{id}/photo',
      tag: 'Hospital',
      summary: 'Files a picture of an invoice: the body is its bytes, up to 20 MB of JPEG, PNG or PDF',
      act: 'invoice.file',
      input: { params: id },
      upload: { mediaTypes: MEDIA_TYPES, maxBytes: MAX_BYTES },
      answers: { 201: { description: 'Kept with the campaign’s documents; a later picture takes the place of the one before.' } },
      handler: async ({ tx, params, upload, actor }) => {
        mustBePlain(upload);
        await photographInvoice(tx, personalData, store, params.id, upload, { by: auditName(actor), at: await nowOf(tx, 'invoice', params.id) });
        return { status: 201, body: { id: params.id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/invoices/{id}/withdrawal',
      tag: 'Hospital',
      summary: 'Takes an invoice of the hospital back that was filed by mistake',
      act: 'invoice.withdraw',
      input: { params: id, body: z.strictObject({ because: z.enum(INVOICE_MISTAKE_CODES) }) },
      answers: {
        200: {
          description:
            'Withdrawn: what it covered of payments is free, and its number may be filed again. `invoice.relied_on` once the campaign has ended or its use was accepted.',
          schema: z.object({ id: z.string() }),
        },
      },
      handler: async ({ tx, params, body, actor }) => {
        await withdrawInvoice(tx, params.id, body.because, { by: auditName(actor), at: await nowOf(tx, 'invoice', params.id) });
        return { status: 200, body: { id: params.id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/invoices/{id}/allocations',
      tag: 'Hospital',
      summary: 'Matches what is left of an invoice with a further payment of its campaign',
      act: 'invoice.file',
      idempotencyKey: true,
      input: { params: id, body: z.strictObject({ payoutId: ulidText, amountFen: amount }) },
      answers: { 201: { description: 'Matched: what it covers, and what stays without a match.', schema: covered } },
      handler: async ({ tx, params, body, actor }) => {
        await mustBeTheirs(tx, actor, 'invoice.file', 'payouts', body.payoutId);
        const acting = { by: auditName(actor), at: await nowOf(tx, 'payout', body.payoutId) };
        await allocateInvoice(tx, params.id, body, acting);
        return { status: 201, body: { id: params.id, ...(await coverage(tx, body.payoutId, params.id)) } };
      },
    }),
  ];
}

/** What of the payment and of the invoice is matched with nothing, without a word of what was bought: the answer is for a platform too. */
async function coverage(tx: Transaction, payoutId: string, invoiceId: string) {
  return row<{ uninvoicedFen: bigint; unmatchedFen: bigint }>(
    tx,
    `select greatest(0, p.net_fen - p.given_back_fen - p.invoiced_fen) as "uninvoicedFen", i.amount_fen - i.allocated_fen as "unmatchedFen" from payout p, invoice i
     where p.id = ? and i.id = ?`,
    [payoutId, invoiceId],
  );
}
