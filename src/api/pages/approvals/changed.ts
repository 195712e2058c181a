import { moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { StaffVisit } from '../serve';
import type { Version } from './context';
import { shortDigest } from './sheetPage';

/** Says that a signature was not taken, and what differs between the version that was shown and the one that stands. */
export function changedAlert({ t, lang }: StaffVisit, { shown, now }: { readonly shown: Version | null; readonly now: Version | null }): Html {
  const other = shown && now && shown.digest !== now.digest ? now : null;
  const facts = (a: Version): readonly (readonly [string, Html])[] => [
    [t('sheet.gross'), yuan(a.gross_fen)],
    [t('sheet.fee'), yuan(a.fee_fen)],
    [t('sheet.net'), yuan(a.net_fen)],
    [t('sheet.account'), html`<code>${a.account}</code>`],
    [t('changed.evidence'), html`${a.content.evidenceVersion}`],
    [t('sheet.expires'), moment(lang, a.expires_at.toISOString())],
    [t('sheet.digest.short'), html`<code>${shortDigest(a.digest)}</code>`],
  ];
  return html`<div class="alert bad" role="alert"><h2>${t('changed.title')}</h2>
<p>${t(other ? 'changed.lead' : 'changed.lead.none')}</p>
${
  other &&
  shown &&
  html`<table class="list compact"><thead><tr><th scope="col">${t('changed.field')}</th><th scope="col">${t('changed.shown')}</th><th scope="col">${t('changed.now')}</th></tr></thead>
<tbody>${different(facts(shown), facts(other)).map(([words, before, after]) => html`<tr><th scope="row">${words}</th><td data-label="${t('changed.shown')}">${before}</td><td data-label="${t('changed.now')}">${after}</td></tr>`)}</tbody></table>`
}</div>`;
}

function different(before: readonly (readonly [string, Html])[], after: readonly (readonly [string, Html])[]): (readonly [string, Html, Html])[] {
  return before.map(([words, value], i) => [words, value, after[i]![1]] as const).filter(([, a, b]) => a.markup !== b.markup);
}
