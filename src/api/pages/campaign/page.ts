import { formatYuan } from '../../../domain/money';
import type { CampaignPhase } from '../../../records/campaigns';
import type { PublicCampaign } from '../../routes/public';
import { bar } from '../bars';
import { moment, percent } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';
import { items } from './items';
import { identity, moneyPath } from './moneyPath';
import { holds, releases } from './releases';

/** @returns the public page: notice, plea, fees, money's path, releases, published information. */
export function campaignPage(visit: Visit, campaign: PublicCampaign): Page {
  const { t } = visit;
  return {
    title: campaign.title,
    body: html`<article>
<aside class="alert notice" aria-label="${t('campaign.notice.title')}"><strong>${t('campaign.notice.title')}</strong> ${t('campaign.notice')}</aside>
${head(visit, campaign)}
<section><h2>${t('campaign.story')}</h2><div class="story">${campaign.story.split(/\n+/).map((paragraph) => html`<p>${paragraph}</p>`)}</div></section>
${fees(visit, campaign.fees)}
<section><h2>${t('money.title')}</h2>${identity(visit, campaign.money)}${moneyPath(visit, campaign.money)}</section>
<section><h2>${t('releases.title')}</h2>${holds(visit, campaign.holds)}${releases(visit, campaign.releases)}</section>
<section><h2>${t('items.title')}</h2>${items(visit, campaign.publicity)}</section>
<p class="muted"><a href="/v1/public/campaigns/${campaign.id}">${t('campaign.data')}</a> · ${t('campaign.edition')}: <code>${campaign.edition}</code></p>
</article>`,
  };
}

function head({ t, lang }: Visit, c: PublicCampaign): Html {
  const money = { raised: formatYuan(c.money.raisedFen!), ask: formatYuan(c.money.askFen!) };
  return html`<h1>${c.title}</h1>
<p class="muted">${c.platform[lang]} · <span class="badge">${t(`phase.${c.phase as CampaignPhase}`)}</span></p>
<p class="figure big">${money.raised}</p>${bar(c.money.raisedFen!, c.money.askFen!)}
<p>${t('campaign.raised_of', money)} · ${t('campaign.gifts', { n: c.giftCount })}</p>
<dl class="facts"><div><dt>${t('campaign.hospital')}</dt><dd>${c.hospital}</dd></div>
<div><dt>${t('campaign.opened')}</dt><dd>${moment(lang, c.openedAt)}</dd></div>
<div><dt>${c.closedAt ? t('campaign.closed') : t('campaign.closes')}</dt><dd>${moment(lang, c.closedAt ?? c.closesAt)}</dd></div></dl>`;
}

/** FEES: what is charged, in words, before anybody gives. */
function fees({ t }: Visit, { serviceBp, serviceCapFen, channelBp, version }: PublicCampaign['fees']): Html {
  return html`<section class="card"><h2>${t('campaign.fees')}</h2><ul class="plain">
<li>${serviceBp === 0 ? t('campaign.fees.service.none') : t('campaign.fees.service', { service: percent(serviceBp), cap: formatYuan(serviceCapFen) })}</li>
<li>${channelBp === 0 ? t('campaign.fees.channel.none') : t('campaign.fees.channel', { channel: percent(channelBp) })}</li>
<li>${t('campaign.fees.rest', { version })}</li></ul></section>`;
}
