import { parseYuan } from '../../../domain/money';
import type { NewInvoice } from '../../../records/invoices';
import { invoiceNumber } from '../../routes/invoices';
import { dateText, personText } from '../../schemas';
import type { FieldErrors } from '../forms';
import type { Form } from '../serve';
import type { Translate } from '../text/catalogue';

/** How many lines the page offers; the API takes more. */
export const LINES = [1, 2, 3, 4, 5, 6] as const;
/** Every field of the form, in its order: what the check page carries on. */
export const INVOICE_FIELDS = ['number', 'issuedOn', ...LINES.flatMap((n) => [`item${n}`, `amount${n}`])];

/** @returns what was typed in yuan, as fen above zero; null where it is no amount. */
export function fenIn(text: string | undefined): bigint | null {
  try {
    const amountFen = parseYuan(text ?? '');
    return amountFen === 0n ? null : amountFen;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @returns the invoice as it was typed, or what is wrong by field. */
export function readInvoice(t: Translate, form: Form): { readonly invoice: NewInvoice } | { readonly errors: FieldErrors } {
  const errors: Record<string, string> = {};
  const number = (form.number ?? '').trim();
  const issuedOn = (form.issuedOn ?? '').trim();
  if (!invoiceNumber.safeParse(number).success) errors.number = t('invoices.number.wrong');
  if (!dateText.safeParse(issuedOn).success) errors.issuedOn = t('invoices.issued.wrong');
  const lines: { item: string; amountFen: bigint }[] = [];
  for (const n of LINES) {
    const [item, amount] = [(form[`item${n}`] ?? '').trim(), (form[`amount${n}`] ?? '').trim()];
    if (item === '' && amount === '' && n > 1) continue;
    const amountFen = fenIn(amount);
    if (!personText(200).safeParse(item).success) errors[`item${n}`] = t('invoices.item.wrong', { n });
    if (amountFen === null) errors[`amount${n}`] = t('invoices.amount.wrong', { n });
    lines.push({ item, amountFen: amountFen ?? 0n });
  }
  if (Object.keys(errors).length > 0) return { errors };
  const amountFen = lines.reduce((sum, line) => sum + line.amountFen, 0n);
  return { invoice: { number, issuedOn, amountFen, lines, allocateFen: null } };
}
