import type { PublicityItem } from '../../../domain/convention/terms';
import type { PublicCampaign } from '../../routes/public';
import { bar } from '../bars';
import { moment } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

/** PUBLICITY: each required item with its text, or the words that it is not published. */
export function items({ t, lang }: Visit, publicity: PublicCampaign['publicity']): Html {
  const of = publicity.items.length;
  const n = publicity.items.filter((item) => item.text !== null).length;
  return html`<p>${n === of ? html`<span class="good">✓ ${t('items.complete', { n })}</span>` : html`<span class="warn">! ${t('items.incomplete', { n, of })}</span>`}</p>${bar(BigInt(n), BigInt(of))}
<dl class="items">${publicity.items.map(
    ({ item, text, publishedAt }) => html`<div><dt>${t(`item.${item as PublicityItem}`)}</dt>
<dd>${text === null ? html`<span class="warn">${t('items.missing')}</span>` : html`${text} <span class="muted">${moment(lang, publishedAt)}</span>`}</dd></div>`,
  )}</dl>`;
}
