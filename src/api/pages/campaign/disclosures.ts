import { DAY_MS } from '../../../domain/calendar';
import type { DutyKind } from '../../../records/supervision';
import type { PublicCampaign } from '../../routes/public';
import { moment, yuan } from '../format';
import { html, type Html, type Slot } from '../html';
import type { Visit } from '../visit';

/** How many updates and replies the page shows in full; the data has them all. */
const SHOWN = 10;
const paragraphs = (text: string): Html[] => text.split(/\n+/).map((p) => html`<p>${p}</p>`);
const more = ({ t }: Visit, all: number): Slot => all > SHOWN && html`<p class="muted">${t('disclose.more', { n: SHOWN, of: all })}</p>`;

/** SUPERVISE, DISCLOSE: what is owed and late, and what was published with its time and delay. */
export function updates(visit: Visit, c: PublicCampaign): Html {
  const { t, lang } = visit;
  return html`<section id="updates"><h2>${t('updates.title')}</h2>
${c.overdue.map((o) => html`<p class="alert bad">${t(`updates.overdue.${o.kind as DutyKind}`)} ${moment(lang, o.dueAt)}</p>`)}
${c.updates.length === 0 && html`<p class="muted">${t('updates.none')}</p>`}
<ol class="plain">${c.updates.slice(0, SHOWN).map(
    (u) => html`<li class="card"><h3>${t(`update.${u.kind}`)} <span class="muted">${moment(lang, u.postedAt)}</span></h3>
<p class="muted">${u.delayHours === null ? t('updates.not_due') : u.delayHours === 0 ? html`${t('updates.in_time')} ${moment(lang, u.dueAt)}` : html`<span class="warn">${t('updates.late', { hours: u.delayHours })}</span> ${moment(lang, u.dueAt)}`}</p>${paragraphs(u.text)}</li>`,
  )}</ol>${more(visit, c.updates.length)}</section>`;
}

/** COMPLAINT, DISCLOSE: every complaint with its times and the reply. */
export function complaints(visit: Visit, c: PublicCampaign): Html {
  const { t, lang } = visit;
  const newest = c.complaints.toReversed();
  const open = newest.filter((one) => one.decidedAt === null).length;
  const days = (from: string, to: string): number => Math.ceil((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return html`<section id="complaints"><h2>${t('complaints.title')}</h2>
<p>${newest.length === 0 ? t('complaints.none') : t('complaints.count', { n: newest.length, open })}</p>
<ol class="plain">${newest.slice(0, SHOWN).map(
    (
      one,
    ) => html`<li class="card"><h3>${t(`subject.${one.subject}`)} <span class="badge${one.state === 'upheld' ? ' bad' : ''}">${t(`complaint.${one.state}`)}</span></h3>
<p class="muted">${t('status.filed')} ${moment(lang, one.filedAt)} · ${
      one.decidedAt === null
        ? html`${t('complaints.due')} ${moment(lang, one.answerBy)}`
        : html`${t('status.answered')} ${moment(lang, one.decidedAt)}, ${t('complaints.after', { days: days(one.filedAt, one.decidedAt) })}`
    }${one.overdue && html` · <strong class="warn">${t('complaints.overdue')}</strong>`}</p>${one.reply !== null && paragraphs(one.reply)}</li>`,
  )}</ol>${more(visit, newest.length)}</section>`;
}

/** SURPLUS, REFUND: what went back in rounds, and how often donors asked. */
export function refunds(visit: Visit, { refunds: { rounds, requests } }: PublicCampaign): Html {
  const { t, lang } = visit;
  const whole = rounds.filter((r) => r.cause !== 'request');
  const asked = rounds.filter((r) => r.cause === 'request');
  const sum = (of: typeof rounds, word: 'amountFen' | 'returnedFen' | 'owedFen'): bigint => of.reduce((total, r) => total + r[word], 0n);
  const row = (words: Slot, when: Slot, of: typeof rounds): Html =>
    html`<tr><th scope="row" data-label="${t('refunds.round')}">${words}</th><td data-label="${t('refunds.when')}">${when}</td><td class="amount" data-label="${t('shell.amount')}">${yuan(sum(of, 'amountFen'))}</td><td class="amount" data-label="${t('refunds.returned')}">${yuan(sum(of, 'returnedFen'))}</td><td class="amount" data-label="${t('refunds.owed')}">${yuan(sum(of, 'owedFen'))}</td></tr>`;
  return html`<section id="refunds"><h2>${t('refunds.title')}</h2>
<p>${t('refunds.requests', { asked: requests.asked, granted: requests.granted, refused: requests.refused, open: requests.asked - requests.granted - requests.refused })}</p>
${
  rounds.length === 0
    ? html`<p class="muted">${t('refunds.none')}</p>`
    : html`<table class="list"><thead><tr><th scope="col">${t('refunds.round')}</th><th scope="col">${t('refunds.when')}</th><th scope="col" class="amount">${t('shell.amount')}</th><th scope="col" class="amount">${t('refunds.returned')}</th><th scope="col" class="amount">${t('refunds.owed')}</th></tr></thead><tbody>
${whole.map((r) => row(html`${t(`refunds.${r.cause as 'stopped' | 'surplus'}`)} <span class="muted">${t('campaign.gifts', { n: r.gifts })}</span>`, html`${moment(lang, r.begunAt)}${r.finishedAt === null ? html` <span class="warn">${t('refunds.going')}</span>` : html` – ${moment(lang, r.finishedAt)}`}`, [r]))}
${asked.length > 0 && row(t('refunds.request'), html`${t('shell.count', { n: asked.length })}`, asked)}</tbody></table>`
}</section>`;
}

/** CONDUCT, CHARITY: who brought the campaign, and whether charities were asked. */
export function origin({ t }: Visit, c: PublicCampaign): Html {
  return html`<section><h2>${t('origin.title')}</h2><dl class="facts">
<div><dt>${t('origin.by')}</dt><dd>${c.broughtBy === null ? t('origin.unknown') : html`${t(`origin.${c.broughtBy.kind}`)} · ${t(`origin.pay.${c.broughtBy.compensation}`)}`}</dd></div>
<div><dt>${t('origin.charity')}</dt><dd>${c.charityReferrals === 0 ? t('origin.charity.none') : t('origin.charity.asked', { n: c.charityReferrals })}</dd></div></dl></section>`;
}
