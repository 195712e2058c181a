import type { ComplaintState, ComplaintSubject } from '../../../records/complaints';
import type { complaintStatus } from '../../routes/complaintViews';
import { lines, type Filled } from '../fields';
import { errorSummary, onceField } from '../forms';
import { fact, moment } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';

/** A complaint as whoever holds its number sees it. */
export interface Followed extends Awaited<ReturnType<typeof complaintStatus>> {
  readonly campaignTitle: string;
  /** Business time, RFC 3339. */
  readonly now: string;
}

/** Whether the complainant may still appeal: decided by a person, not in their favour, in time, and not appealed yet. */
function mayAppeal(c: Followed): boolean {
  const lost = c.state === 'dismissed' || c.state === 'inadmissible';
  return lost && c.appealUntil !== null && c.appealUntil >= c.now && !c.appeals.some((a) => a.party === 'complainant');
}

/** The receipt number, how the complaint stands, what was answered, and the way to appeal. */
export function statusPage(visit: Visit, c: Followed, filled: Filled = {}): Page {
  const { t, lang } = visit;
  const late = (duty: string): Html | false => {
    const found = c.overdue.find((o) => o.duty === duty);
    return found !== undefined && html` <strong class="warn">${t('status.overdue')}</strong> ${moment(lang, found.since)}`;
  };
  return {
    title: t('status.title', { number: c.receiptNumber }),
    status: Object.keys(filled.errors ?? {}).length > 0 ? 400 : 200,
    path: `/complaints/${c.receiptNumber}`,
    body: html`${errorSummary(t, filled.errors ?? {})}<h1>${t('status.heading')}</h1>
<section class="card"><p class="muted">${t('status.number')}</p><p class="figure big"><code>${c.receiptNumber}</code></p>
<p>${t('status.keep')} <a href="/complaints">${t('status.look_up')}</a></p></section>
<section><h2>${t('status.state')}</h2><p><span class="badge${c.state === 'upheld' ? ' bad' : ''}">${t(`complaint.${c.state as ComplaintState}`)}</span> ${t(`complaint.${c.state as ComplaintState}.means`)}</p>
<dl class="facts rows">${fact(t('shell.campaign'), html`<a href="/c/${c.campaignId}">${c.campaignTitle}</a>`)}
${fact(t('complain.subject'), t(`subject.${c.subject as ComplaintSubject}`))}
${fact(t('status.by'), c.anonymous ? t('status.anonymous') : t('status.named'))}
${fact(t('status.filed'), moment(lang, c.filedAt))}
${fact(t('status.acknowledged'), html`${c.acknowledgedAt ? moment(lang, c.acknowledgedAt) : html`${t('status.by_then')} ${moment(lang, c.acknowledgeBy)}`}${late('acknowledge')}`)}
${fact(t('status.answered'), html`${c.decidedAt ? moment(lang, c.decidedAt) : html`${t('status.by_then')} ${moment(lang, c.answerBy)}`}${late('answer')}`)}</dl></section>
${c.reply !== null && html`<section><h2>${t('status.reply')}</h2><div class="card story">${c.reply.split(/\n+/).map((p) => html`<p>${p}</p>`)}</div></section>`}
${appeals(visit, c)}
${mayAppeal(c) && appealForm(visit, c, filled)}`,
  };
}

function appeals({ t, lang }: Visit, c: Followed): Html | false {
  return (
    c.appeals.length > 0 &&
    html`<section><h2>${t('appeal.title')}</h2><ul class="plain">${c.appeals.map(
      (a) =>
        html`<li>${t(a.party === 'complainant' ? 'appeal.by.complainant' : 'appeal.by.fundraiser')}, ${moment(lang, a.filedAt)}: ${
          a.decidedAt === null
            ? t('appeal.open')
            : html`<strong>${t(a.outcome === 'changed' ? 'appeal.outcome.changed' : 'appeal.outcome.stands')}</strong> ${moment(lang, a.decidedAt)} ${a.reply}`
        }</li>`,
    )}</ul></section>`
  );
}

function appealForm({ t, lang }: Visit, c: Followed, filled: Filled): Html {
  return html`<section class="actions-box"><h2>${t('appeal.file')}</h2><p>${t('appeal.until')} ${moment(lang, c.appealUntil)}</p>
<form method="post" action="/complaints/${c.receiptNumber}/appeal" novalidate>${onceField()}
${lines({ name: 'text', label: t('appeal.text'), hint: t('appeal.text.hint'), max: 5_000 }, filled)}
<button class="button">${t('appeal.send')}</button></form></section>`;
}
