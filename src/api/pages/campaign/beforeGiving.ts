import { formatYuan } from '../../../domain/money';
import type { ConsentText } from '../../../records/consents';
import type { PublicCampaign } from '../../routes/public';
import { percent } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

const TIPS = ['truth', 'read', 'outcome', 'channel', 'doubt'] as const;

/** RIGHTS: wherever the plea is shown, what it is and who answers for it. */
export function notice({ t, lang }: Visit, { rights }: PublicCampaign): Html {
  return html`<aside class="alert notice" aria-label="${t('campaign.notice.title')}"><strong>${t('campaign.notice.title')}</strong> ${rights.notice[lang]}</aside>`;
}

/** FEES: what is charged, in words, before anybody gives or asks for money. */
export function fees({ t }: Visit, { serviceBp, serviceCapFen, channelBp, version }: PublicCampaign['fees'], heading = t('campaign.fees')): Html {
  return html`<section class="card"><h2>${heading}</h2><ul class="plain">
<li>${serviceBp === 0 ? t('campaign.fees.service.none') : t('campaign.fees.service', { service: percent(serviceBp), cap: formatYuan(serviceCapFen) })}</li>
<li>${channelBp === 0 ? t('campaign.fees.channel.none') : t('campaign.fees.channel', { channel: percent(channelBp) })}</li>
<li>${t('campaign.fees.rest', { version })}</li></ul></section>`;
}

/** RIGHTS: risk tips to the public. */
export function tips({ t }: Visit): Html {
  return html`<section class="card"><h2>${t('tips.title')}</h2><ul class="plain">${TIPS.map((tip) => html`<li>${t(`tips.${tip}`)}</li>`)}</ul></section>`;
}

/** @returns a party's rules as the version in force says them, one point a line. */
export function rules({ t, lang }: Visit, text: ConsentText): Html {
  return html`<ol class="plain rules">${text[lang].split('\n').map((point) => html`<li>${point}</li>`)}</ol><p class="muted">${t('rights.version', { version: text.version })} · ${text.effectiveOn}</p>`;
}

/** The way to give, after everything that one should know; and the way to complain. */
export function ways(visit: Visit, c: PublicCampaign, donorRules: ConsentText): Html {
  const { t } = visit;
  return html`${fees(visit, c.fees)}${tips(visit)}
<section class="card"><h2>${t('rights.title')}</h2><p>${t('rights.lead')}</p><details><summary>${t('rights.donor')}</summary>${rules(visit, donorRules)}</details></section>
<section class="actions-box" id="give"><p class="actions">${c.phase === 'fundraising' ? html`<a class="button" href="/c/${c.id}/give">${t('campaign.give')}</a>` : html`<span>${t('campaign.give.closed')}</span>`}</p>
<p><a href="/c/${c.id}/complain">${t('complain.title')}</a> · <a href="/complaints">${t('shell.complaints')}</a></p></section>`;
}
