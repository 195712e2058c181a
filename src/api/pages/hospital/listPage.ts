import type { HospitalPayout } from '../../routes/hospital';
import { capitals, fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { StaffVisit } from '../serve';

/** The hospital's payments: what waits for a receipt, soonest due first, then what is signed for. */
export function listPage(visit: StaffVisit, payouts: readonly HospitalPayout[]): Page {
  const { t } = visit;
  const waiting = payouts.filter((p) => p.receipt !== 'signed').sort((a, b) => (a.receiptDueAt ?? '').localeCompare(b.receiptDueAt ?? ''));
  const done = payouts.filter((p) => p.receipt === 'signed');
  return {
    title: t('hospital.title'),
    body: html`<h1>${t('hospital.title')}</h1>
<section><h2>${t('hospital.waiting')}</h2>${waiting.length === 0 ? html`<p class="muted">${t('hospital.waiting.none')}</p>` : html`${total(visit, waiting)}${cards(visit, waiting)}`}</section>
<section><h2>${t('hospital.done')}</h2>${done.length === 0 ? html`<p class="muted">${t('hospital.done.none')}</p>` : html`${total(visit, done)}${cards(visit, done)}`}</section>`,
  };
}

function total({ t }: StaffVisit, payouts: readonly HospitalPayout[]): Html {
  const sumFen = payouts.reduce((sum, p) => sum + p.netFen, 0n);
  return html`<p class="total card"><span>${t('shell.total')} ${t('shell.count', { n: payouts.length })}</span> <strong class="figure">${yuan(sumFen)}</strong> ${capitals(sumFen)}</p>`;
}

function cards({ t, lang }: StaffVisit, payouts: readonly HospitalPayout[]): Html {
  return html`<ul class="cards">${payouts.map(
    (
      p,
    ) => html`<li class="card"><a class="card-title" href="/hospital/payouts/${p.id}${p.receipt === 'signed' ? '/receipt' : ''}"><span class="figure">${yuan(p.netFen)}</span></a>
<p><span class="badge${p.receipt === 'overdue' || p.receipt === 'denied' ? ' bad' : ''}">${t(`receipt.${p.receipt}`)}</span></p>
<dl class="facts rows">${fact(t('hospital.admission'), html`<code>${p.admissionNumber}</code>`)}${fact(t('hospital.booked'), moment(lang, p.bookedAt))}
${p.receipt !== 'signed' && fact(t('hospital.due'), moment(lang, p.receiptDueAt))}${fact(t('shell.campaign'), p.title)}</dl></li>`,
  )}</ul>`;
}
