import { formatYuan } from '../../../domain/money';
import type { returnsOf } from '../../../records/surplusReturns';
import { type Filled, line, lines } from '../fields';
import { errorSummary, hiddenFields } from '../forms';
import { fact, moment, yuan } from '../format';
import { html } from '../html';
import type { Page } from '../layout';
import type { StaffVisit } from '../serve';

type Announced = Awaited<ReturnType<typeof returnsOf>>;

/** SURPLUS: what a hospital sends back of a payment, each with the reference for its transfer. @param mostFen what can still be announced. */
export function surplusPage(
  visit: StaffVisit,
  payoutId: string,
  mostFen: bigint,
  announced: Announced,
  { errors = {}, form = {} }: Filled = {},
): Page {
  const { t, lang } = visit;
  const here = `/hospital/payouts/${payoutId}/surplus`;
  return {
    title: t('surplus.title'),
    status: Object.keys(errors).length > 0 ? 400 : 200,
    path: here,
    body: html`<p><a href="/hospital/payouts/${payoutId}">← ${t('payout.title')}</a></p>${errorSummary(t, errors)}<h1>${t('surplus.title')}</h1><p class="lead">${t('surplus.lead')}</p>
${announced.length === 0 && html`<p class="muted">${t('surplus.none')}</p>`}
${announced.map(
  (s) => html`<section class="card"><p><span class="figure big">${yuan(s.amountFen)}</span> <span class="badge">${t(`surplus.${s.state}`)}</span></p>
<dl class="facts rows">${fact(t('surplus.reference'), html`<strong><code>${s.reference}</code></strong>`)}${fact(t('surplus.reason'), s.reason)}${fact(t('receipt.received_at'), moment(lang, s.announcedAt))}</dl>
${s.state === 'announced' && html`<form method="post" action="${here}/${s.id}/withdrawal">${hiddenFields(visit)}<button class="button quiet">${t('surplus.withdraw', { amount: formatYuan(s.amountFen) })}</button></form>`}</section>`,
)}
${
  mostFen > 0n &&
  html`<form class="card" method="post" action="${here}">${hiddenFields(visit)}<p class="muted">${t('surplus.left')} ${yuan(mostFen)}</p>
${line({ name: 'amountYuan', label: t('surplus.amount'), max: 30, mode: 'decimal' }, { errors, form })}${lines({ name: 'reason', label: t('surplus.reason'), max: 500, rows: 3 }, { errors, form })}
<button class="button">${t('surplus.announce')}</button></form>`
}`,
  };
}
