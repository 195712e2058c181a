import { z } from 'zod';
import { auditName } from '../../access/actors';
import { mustBeTheirs } from '../../access/owners';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { shanghaiDate } from '../../domain/calendar';
import { DomainError } from '../../domain/errors';
import { allocateInvoice, fileInvoice, invoicesOf } from '../../records/invoices';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { amount, dateText, id, personText, ulidText } from '../schemas';
import { say } from '../text/say';

const invoiceBody = z.strictObject({
  number: z.string().regex(/^[0-9A-Za-z-]{4,40}$/, say({ zh: '须为 4 至 40 个字母、数字或连字符', en: '4 to 40 letters, digits and hyphens' })),
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
export function invoiceRoutes(personalData: PersonalData) {
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
        const at = await nowAt(tx, params.id);
        if (body.issuedOn > shanghaiDate(at.getTime()))
          throw new DomainError('request.invalid', { zh: 'issuedOn：该日期尚未到来', en: 'issuedOn: this day is to come' }, { field: '/issuedOn' });
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
      path: '/v1/invoices/{id}/allocations',
      tag: 'Hospital',
      summary: 'Matches what is left of an invoice with a further payment of its campaign',
      act: 'invoice.file',
      idempotencyKey: true,
      input: { params: id, body: z.strictObject({ payoutId: ulidText, amountFen: amount }) },
      answers: { 201: { description: 'Matched: what it covers, and what stays without a match.', schema: covered } },
      handler: async ({ tx, params, body, actor }) => {
        await mustBeTheirs(tx, actor, 'invoice.file', 'payouts', body.payoutId);
        const acting = { by: auditName(actor), at: await nowAt(tx, body.payoutId) };
        await allocateInvoice(tx, params.id, body, acting);
        return { status: 201, body: { id: params.id, ...(await coverage(tx, body.payoutId, params.id)) } };
      },
    }),
  ];
}

/** Business time of the platform that made the payment: a hospital has none of its own. */
async function nowAt(tx: Transaction, payoutId: string): Promise<Date> {
  const { tenant_id } = (await row<{ tenant_id: string }>(tx, 'select tenant_id from payout where id = ?', [payoutId]))!;
  return businessNow(tx, tenant_id);
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
