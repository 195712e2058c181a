import { formatYuan } from '../../../domain/money';
import { fees, rules } from '../campaign/beforeGiving';
import { holds, releases } from '../campaign/releases';
import type { Filled } from '../fields';
import { errorSummary } from '../forms';
import { fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';
import { acts, answerForm, consentForm } from './acts';
import type { SponsorView } from './view';

/** Where the campaign stands, what is due, what was found and asked for, the money, and everything that the sponsor may do now. */
export function sponsorPage(visit: Visit, view: SponsorView, filled: Filled = {}): Page {
  const { t, lang } = visit;
  const { campaign, told } = view;
  return {
    title: t('sponsor.title'),
    status: Object.keys(filled.errors ?? {}).length > 0 ? 400 : 200,
    path: view.path,
    body: html`${errorSummary(t, filled.errors ?? {})}<p class="muted">${t('sponsor.private')}</p>
<h1>${campaign.title}</h1><p><span class="badge${campaign.phase === 'refused' ? ' bad' : ''}">${t(`phase.${campaign.phase}`)}</span> ${t(`sponsor.phase.${campaign.phase}`)}</p>
<p class="figure big">${yuan(campaign.raised_fen)}</p><dl class="facts">${fact(t('money.askFen'), yuan(campaign.ask_fen))}${fact(t('sponsor.available'), yuan(view.availableFen))}
${fact(t('money.paidFen'), yuan(told.money.paidFen!))}${campaign.closes_at !== null && fact(campaign.closed_at ? t('campaign.closed') : t('campaign.closes'), moment(lang, (campaign.closed_at ?? campaign.closes_at).toISOString()))}</dl>
${campaign.opened_at !== null && html`<p><a href="/c/${campaign.id}">${t('sponsor.public_page')}</a></p>`}
${due(visit, view)}${consentForm(visit, view, filled)}${asked(visit, view, filled)}${found(visit, view)}
<section id="money"><h2>${t('sponsor.money')}</h2>${holds(visit, told.holds)}${requests(visit, view)}${releases(visit, told.releases)}</section>
${fees(visit, view.fees, t('sponsor.fees'))}
${acts(visit, view, filled)}
${files(visit, view)}
<section><h2>${t('sponsor.agreed')}</h2><ul class="plain">${told.consents.map((c) => html`<li>${t(c.party === 'sponsor' ? 'sponsor.agreed.sponsor' : 'sponsor.agreed.seeker', { version: c.version })} ${moment(lang, c.agreedAt)}</li>`)}</ul>
<details><summary>${t('sponsor.rules')}</summary>${rules(visit, view.rules)}</details></section>`,
  };
}

/** SUPERVISE, DOUBLE-AUDIT: what falls due and when; what is late says so. */
function due({ t, lang }: Visit, { duties, evidence, now }: SponsorView): Html {
  const line = (words: string, at: string, link: string): Html =>
    html`<li><a href="#${link}">${words}</a> · ${t('sponsor.due.by')} ${moment(lang, at)}${Date.parse(at) < now.getTime() && html` <strong class="warn">${t('sponsor.due.late')}</strong>`}</li>`;
  const all = [
    ...evidence.filter((e) => e.status === 'open').map((e) => line(t('sponsor.due.evidence'), e.dueAt, `evidence-${e.id}`)),
    ...duties.map((d) => line(t(`sponsor.due.${d.kind}`), d.due_at.toISOString(), 'act-update')),
  ];
  return html`<section class="card"><h2>${t('sponsor.due')}</h2>${all.length === 0 ? html`<p>${t('sponsor.due.none')}</p>` : html`<ul class="plain">${all}</ul>`}</section>`;
}

function asked(visit: Visit, view: SponsorView, filled: Filled): Html | false {
  const { t, lang } = visit;
  return (
    view.evidence.length > 0 &&
    html`<section><h2>${t('sponsor.evidence')}</h2>${view.evidence.map(
      (
        e,
      ) => html`<div class="card" id="evidence-${e.id}"><p><span class="badge">${t(`sponsor.evidence.${e.status}`)}</span> ${t('sponsor.due.by')} ${moment(lang, e.dueAt)}</p><p>${e.message}</p>
${e.documents.length > 0 && html`<p>${t('sponsor.evidence.documents')} ${e.documents.map((kind) => t(`document.${kind}`)).join(lang === 'zh' ? '、' : ', ')}</p>`}
${e.answer !== null && html`<p class="muted">${t('sponsor.evidence.your_answer')} ${e.answer}</p>`}${e.status === 'open' && answerForm(visit, view, e, filled)}</div>`,
    )}</section>`
  );
}

/** What does not pass, in words; and a refusal with the rules it names. */
function found({ t, lang }: Visit, { told, campaign }: SponsorView): Html {
  const open = (told.report?.findings ?? []).filter((f) => f.verdict !== 'pass');
  const refused = told.decision?.decision === 'refuse' ? told.decision : null;
  return html`${refused !== null && html`<div class="alert bad"><h2>${t('sponsor.refused')}</h2><p>${refused.rules.join(', ')}: ${refused.reason}</p></div>`}
${campaign.phase === 'prior-audit' && html`<section><h2>${t('sponsor.found')}</h2>${told.report === null ? html`<p class="muted">${t('sponsor.found.later')}</p>` : open.length === 0 ? html`<p class="good">✓ ${t('sponsor.found.none')}</p>` : html`<ul class="findings">${open.map((f) => html`<li class="${f.verdict}"><strong>${t(`verdict.${f.verdict}`)}</strong> <code>${f.rule}</code> ${f[lang]}</li>`)}</ul>`}</section>`}
${!told.publicity.complete && campaign.ended_at === null && html`<p class="alert warn">${t('sponsor.missing')} ${told.publicity.missing.map((item) => t(`item.${item}`)).join(lang === 'zh' ? '、' : ', ')}</p>`}`;
}

/** ROUTE, BATCH: what was asked for, and why it was refused where it was. */
function requests({ t, lang }: Visit, { told }: SponsorView): Html[] {
  return told.requests.toReversed().map(
    (
      r,
    ) => html`<div class="alert${r.outcome === 'refused' ? ' bad' : ''}"><p><strong>${t(`sponsor.request.${r.outcome}`)}</strong> ${formatYuan(r.amountFen)} · ${t(`mode.${r.mode}`)} · ${moment(lang, r.requestedAt)}</p>
${r.outcome === 'refused' && html`<ul>${r.findings.filter((f) => f.verdict !== 'pass').map((f) => html`<li><code>${f.rule}</code> ${f[lang]}</li>`)}</ul>`}</div>`,
  );
}

function files({ t, lang }: Visit, { documents }: SponsorView): Html {
  return html`<section id="documents"><h2>${t('sponsor.documents')}</h2>${
    documents.length === 0
      ? html`<p class="muted">${t('sponsor.documents.none')}</p>`
      : html`<ul class="plain">${documents.map((d) => html`<li>${t(`document.${d.kind}`)} · ${t('sponsor.documents.version', { version: d.version })} · ${moment(lang, d.registeredAt)} · ${t(d.stored ? 'sponsor.documents.stored' : 'sponsor.documents.hash')}</li>`)}</ul>`
  }</section>`;
}
