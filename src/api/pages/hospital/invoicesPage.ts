import { INVOICE_MISTAKE_CODES, INVOICE_MISTAKES } from '../../../domain/invoiceMistakes';
import { formatYuan } from '../../../domain/money';
import type { invoicesOf, NewInvoice } from '../../../records/invoices';
import { carried, type Filled, line } from '../fields';
import { errorSummary, fieldError, type FieldErrors, fieldState, hiddenFields } from '../forms';
import { capitals, fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Form, StaffVisit } from '../serve';
import { INVOICE_FIELDS, LINES } from './invoiceForm';

type Invoices = Awaited<ReturnType<typeof invoicesOf>>;

const back = (visit: StaffVisit, payoutId: string): Html => html`<p><a href="/hospital/payouts/${payoutId}">← ${visit.t('payout.title')}</a></p>`;

function lineTable({ t }: StaffVisit, lines: readonly { readonly item: string; readonly amountFen: bigint }[]): Html {
  return html`<table class="plain"><thead><tr><th scope="col">${t('invoices.lines')}</th><th scope="col" class="amount">${t('invoices.total')}</th></tr></thead>
<tbody>${lines.map(({ item, amountFen }) => html`<tr><td>${item}</td><td class="amount">${yuan(amountFen)}</td></tr>`)}</tbody></table>`;
}

/** What of a payment is billed, each invoice with its lines and picture, and the form for the next one. */
export function invoicesPage(
  visit: StaffVisit,
  of: Invoices,
  { errors = {}, form = {}, photo, withdrawing }: Filled & { readonly photo?: string; readonly withdrawing?: string } = {},
): Page {
  const { t, lang } = visit;
  const here = `/hospital/payouts/${of.payoutId}/invoices`;
  return {
    title: t('invoices.title'),
    status: Object.keys(errors).length > 0 ? 400 : 200,
    path: here,
    body: html`${back(visit, of.payoutId)}${errorSummary(t, errors)}<h1>${t('invoices.title')}</h1><p class="lead">${t('invoices.lead')}</p>
<section class="card"><dl class="facts rows">${fact(t('invoices.covered'), yuan(of.invoicedFen))}${fact(t('invoices.uncovered'), html`<strong>${yuan(of.uninvoicedFen)}</strong>`)}</dl></section>
${of.invoices.length === 0 && html`<p class="muted">${t('invoices.none')}</p>`}
${of.invoices.map(
  (
    i,
  ) => html`<section class="card"><h2><code>${i.number}</code>${i.withdrawal && html` <span class="badge">${t('invoices.withdrawn')}</span>`}</h2><dl class="facts rows">${fact(t('invoices.issued'), i.issuedOn)}${fact(t('invoices.total'), yuan(i.amountFen))}
${fact(t('invoices.here'), yuan(i.matchedHereFen))}${fact(t('receipt.received_at'), moment(lang, i.filedAt))}
${i.withdrawal && html`${fact(t('invoices.withdrawn'), moment(lang, i.withdrawal.at))}${fact(t('invoices.withdraw.because'), INVOICE_MISTAKES[i.withdrawal.because][lang])}`}</dl>${lineTable(visit, i.lines)}
${i.photoId !== null && html`<p class="alert good">✓ ${t('invoices.photo.kept')}</p>`}${
  i.withdrawal === null &&
  html`${photoForm(visit, of.payoutId, i.id, photo === i.id ? errors.file : undefined)}${withdrawForm(visit, of.payoutId, i.id, withdrawing === i.id ? errors.because : undefined)}`
}</section>`,
)}
${of.uninvoicedFen === 0n ? html`<p class="alert good">✓ ${t('invoices.full')}</p>` : newForm(visit, here, { errors, form })}`,
  };
}

function photoForm(visit: StaffVisit, payoutId: string, invoiceId: string, error: string | undefined): Html {
  const { t } = visit;
  // The summary at the head of the page leads to the one that is wrong.
  const field = error === undefined ? `file-${invoiceId}` : 'file';
  const errors: FieldErrors = error === undefined ? {} : { file: error };
  return html`<form method="post" enctype="multipart/form-data" action="/hospital/payouts/${payoutId}/invoices/${invoiceId}/photo">${hiddenFields(visit)}
<label for="${field}">${t('invoices.photo')}</label><p class="muted" id="${field}-hint">${t('invoices.photo.hint')}</p>${fieldError(errors, 'file')}
<input type="file" id="${field}" name="file" accept="image/jpeg,image/png,application/pdf"${error === undefined ? html` aria-describedby="${field}-hint"` : fieldState(errors, 'file')}>
<button class="button quiet">${t('invoices.photo.send')}</button></form>`;
}

/** Folded away: it is the exception. */
function withdrawForm(visit: StaffVisit, payoutId: string, invoiceId: string, error: string | undefined): Html {
  const { t, lang } = visit;
  const field = error === undefined ? `because-${invoiceId}` : 'because';
  const errors: FieldErrors = error === undefined ? {} : { because: error };
  return html`<details${error === undefined ? null : html` open`}><summary>${t('invoices.withdraw')}</summary><p class="muted">${t('invoices.withdraw.lead')}</p>
<form method="post" action="/hospital/payouts/${payoutId}/invoices/${invoiceId}/withdrawal">${hiddenFields(visit)}
<label for="${field}">${t('invoices.withdraw.because')}</label>${fieldError(errors, 'because')}
<select id="${field}" name="because" required${error === undefined ? null : fieldState(errors, 'because')}><option value="">–</option>${INVOICE_MISTAKE_CODES.map((code) => html`<option value="${code}">${INVOICE_MISTAKES[code][lang]}</option>`)}</select>
<button class="button quiet">${t('invoices.withdraw')}</button></form></details>`;
}

function newForm(visit: StaffVisit, here: string, filled: Filled): Html {
  const { t } = visit;
  return html`<form method="post" action="${here}/check"><h2>${t('invoices.new')}</h2>${hiddenFields(visit)}
${line({ name: 'number', label: t('invoices.number'), max: 40 }, filled)}${line({ name: 'issuedOn', label: t('invoices.issued'), type: 'date' }, filled)}
<h3>${t('invoices.lines')}</h3><p class="muted">${t('invoices.lines.hint')}</p>
${LINES.map((n) => html`<div class="pair">${line({ name: `item${n}`, label: t('invoices.item', { n }), max: 200 }, filled)}${line({ name: `amount${n}`, label: t('invoices.amount', { n }), max: 30, mode: 'decimal' }, filled)}</div>`)}
<button class="button">${t('payout.continue')}</button></form>`;
}

/** Everything once more, and a button that says what it does. */
export function invoiceCheckPage(visit: StaffVisit, payoutId: string, invoice: NewInvoice, form: Form): Page {
  const { t } = visit;
  const here = `/hospital/payouts/${payoutId}/invoices`;
  return {
    title: t('invoices.check'),
    path: here,
    body: html`<h1>${t('invoices.check')}</h1><p class="lead">${t('invoices.check.lead')}</p>
<section class="card"><p class="figure big">${yuan(invoice.amountFen)}</p><p>${capitals(invoice.amountFen)}</p>
<dl class="facts rows">${fact(t('invoices.number'), html`<code>${invoice.number}</code>`)}${fact(t('invoices.issued'), invoice.issuedOn)}</dl>${lineTable(visit, invoice.lines)}</section>
<form class="actions-box" method="post" action="${here}/file">${hiddenFields(visit)}${carried(form, INVOICE_FIELDS)}<button class="button">${t('invoices.file', { amount: formatYuan(invoice.amountFen) })}</button>
<button class="button quiet" name="change" value="yes">${t('shell.change')}</button></form>`,
  };
}
