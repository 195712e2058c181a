import { RECEIPT_REASON_CODES, RECEIPT_REASONS, type ReceiptReason } from '../../../domain/receiptReasons';
import { formatYuan } from '../../../domain/money';
import { errorSummary, fieldError, fieldState, type FieldErrors, hiddenFields } from '../forms';
import { capitals, fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Form, StaffVisit } from '../serve';
import type { PayoutRecord } from './records';

/** The facts of a payment that a cashier compares with the bank's advice. */
function paymentFacts({ t, lang }: StaffVisit, { payout, platform, hospital }: PayoutRecord): Html {
  return html`<p class="figure big">${yuan(payout.netFen)}</p><p>${capitals(payout.netFen)}</p>
<dl class="facts rows">${fact(t('hospital.admission'), html`<code>${payout.admissionNumber}</code>`)}
${fact(t('hospital.reference'), html`<code>${payout.bankReference ?? '–'}</code>`)}
${fact(t('hospital.booked'), moment(lang, payout.bookedAt))}
${fact(t('receipt.hospital'), hospital)}
${fact(t('receipt.platform'), platform[lang])}
${(payout.receipt === 'part' || payout.givenBackFen > 0n) && fact(t('hospital.confirmed'), yuan(payout.confirmedFen))}${payout.givenBackFen > 0n && fact(t('hospital.given_back'), yuan(payout.givenBackFen))}${payout.receipt === 'part' && fact(t('hospital.open'), yuan(payout.openFen))}
${fact(t('shell.campaign'), payout.title)}
${fact(t('hospital.payout'), html`<code>${payout.id}</code>`)}</dl>`;
}

/** First step: compare and choose. Nothing is chosen for the person. */
export function payoutPage(visit: StaffVisit, record: PayoutRecord, { errors = {}, form = {} }: { errors?: FieldErrors; form?: Form } = {}): Page {
  const { t, lang } = visit;
  const { payout, receipt } = record;
  const choice = (value: 'confirm' | 'part' | 'deny', words: string, first: boolean): Html =>
    html`<label class="choice"><input type="radio" name="outcome" value="${value}"${first ? html` id="outcome"` : null}${form.outcome === value ? html` checked` : null} required> <span>${words}</span></label>`;
  return {
    title: t('payout.title'),
    status: Object.keys(errors).length > 0 ? 400 : 200,
    path: `/hospital/payouts/${payout.id}`,
    body: html`<p><a href="/hospital">← ${t('hospital.title')}</a></p>${errorSummary(t, errors)}
<h1>${t('payout.title')}</h1><p class="lead">${t('payout.lead')}</p>
${receipt?.outcome === 'deny' && html`<p class="alert warn">${t('payout.denied_before')} <a href="/hospital/payouts/${payout.id}/receipt">${t('payout.see_receipt')}</a></p>`}
<section class="card">${paymentFacts(visit, record)}
<p class="actions"><a class="button quiet" href="/hospital/payouts/${payout.id}/invoices">${t('invoices.title')}</a> <a class="button quiet" href="/hospital/payouts/${payout.id}/surplus">${t('surplus.title')}</a></p></section>
${
  payout.openFen === 0n
    ? html`<p class="alert good">✓ ${t('payout.signed_already')} <a href="/hospital/payouts/${payout.id}/receipt">${t('payout.see_receipt')}</a></p>`
    : html`<form method="post" action="/hospital/payouts/${payout.id}/check">${hiddenFields(visit)}
<fieldset${errors.outcome !== undefined && html` class="wrong" aria-describedby="outcome-error"`}><legend>${t('payout.choice')}</legend>${fieldError(errors, 'outcome')}
${choice('confirm', t('payout.confirm', { net: formatYuan(payout.mostFen) }), true)}${choice('part', t('payout.part'), false)}${choice('deny', t('payout.deny'), false)}</fieldset>
<label for="amountYuan">${t('payout.amount')}</label>${fieldError(errors, 'amountYuan')}
<input id="amountYuan" name="amountYuan" inputmode="decimal" maxlength="30" value="${form.amountYuan ?? ''}"${fieldState(errors, 'amountYuan')}>
<label for="reason">${t('payout.reason')}</label>${fieldError(errors, 'reason')}
<select id="reason" name="reason"${fieldState(errors, 'reason')}><option value="">–</option>${RECEIPT_REASON_CODES.map((code) => html`<option value="${code}"${form.reason === code ? html` selected` : null}>${RECEIPT_REASONS[code][lang]}</option>`)}</select>
<label for="note">${t('payout.note')}</label>${fieldError(errors, 'note')}
<textarea id="note" name="note" rows="3" maxlength="500"${fieldState(errors, 'note')}>${form.note ?? ''}</textarea>
<button class="button">${t('payout.continue')}</button></form>`
}`,
  };
}

/** A cashier's answer that is whole. */
export interface CashierAnswer {
  readonly outcome: 'confirm' | 'part' | 'deny';
  /** Received in all; of a denial, what was paid. */
  readonly amountFen: bigint;
  readonly reason: ReceiptReason | null;
  readonly note: string;
}

/** Second step: everything once more, and a button that says what it does. */
export function checkPage(visit: StaffVisit, record: PayoutRecord, answer: CashierAnswer): Page {
  const { t, lang, actor } = visit;
  const { payout } = record;
  const here = `/hospital/payouts/${payout.id}`;
  const sum = { net: formatYuan(answer.amountFen) };
  return {
    title: t('check.title'),
    path: here,
    body: html`<h1>${t('check.title')}</h1><p class="lead">${t('check.lead')}</p>
<section class="card">${paymentFacts(visit, record)}
<dl class="facts rows">${fact(t('check.answer'), html`<strong>${t(`check.answer.${answer.outcome}`)}</strong> <a href="${here}">${t('shell.change')}</a>`)}
${answer.outcome === 'part' && fact(t('payout.amount'), yuan(answer.amountFen))}${answer.reason !== null && fact(t('payout.reason'), RECEIPT_REASONS[answer.reason][lang])}
${answer.note !== '' && fact(t('check.note'), answer.note)}${fact(t('check.signer'), actor.name)}</dl></section>
<form class="actions-box" method="post" action="${here}/receipt">${hiddenFields(visit)}<input type="hidden" name="outcome" value="${answer.outcome}"><input type="hidden" name="note" value="${answer.note}"><input type="hidden" name="reason" value="${answer.reason ?? ''}"><input type="hidden" name="amountFen" value="${answer.amountFen}">
<button class="button${answer.outcome === 'deny' ? ' danger' : ''}">${t(`check.${answer.outcome}`, sum)}</button>
<p class="muted">${t(`check.${answer.outcome}.hint`)}</p></form>`,
  };
}
