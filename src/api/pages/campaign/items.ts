import type { PublicityItem } from '../../../domain/convention/terms';
import type { PublicCampaign } from '../../routes/public';
import { bar } from '../bars';
import { moment } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

type Item = PublicCampaign['publicity']['items'][number];

/** PUBLICITY: each required item with its text, or the words that it is not published; RUMOUR: what was withdrawn says when and why. */
export function items(visit: Visit, publicity: PublicCampaign['publicity']): Html {
  const { t } = visit;
  const of = publicity.items.length;
  const n = publicity.items.filter((item) => item.text !== null).length;
  return html`<p>${n === of ? html`<span class="good">✓ ${t('items.complete', { n })}</span>` : html`<span class="warn">! ${t('items.incomplete', { n, of })}</span>`}</p>${bar(BigInt(n), BigInt(of))}
<dl class="items">${publicity.items.map((one) => html`<div><dt>${t(`item.${one.item as PublicityItem}`)}</dt>\n<dd>${said(visit, one)}</dd></div>`)}</dl>`;
}

function said({ t, lang }: Visit, { text, publishedAt, withdrawn }: Item): Html {
  const shown =
    text === null
      ? html`<span class="warn">${t('items.missing')}</span>`
      : html`${text} <span class="muted">✓ ${t('items.published')} ${moment(lang, publishedAt)}</span>`;
  return html`${shown}${withdrawn !== null && html`<p class="muted">${t(text === null ? 'items.withdrawn' : 'items.withdrawn_before')} ${moment(lang, withdrawn.at)}: ${withdrawn.reason[lang]}</p>`}`;
}
