import { formatYuan } from '../../../domain/money';
import type { CampaignPhase } from '../../../records/campaigns';
import type { ConsentText } from '../../../records/consents';
import type { PublicCampaign } from '../../routes/public';
import { bar } from '../bars';
import { moment } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';
import { notice, ways } from './beforeGiving';
import { complaints, origin, refunds, updates } from './disclosures';
import { items } from './items';
import { flow } from './flow';
import { identity, moneyPath } from './moneyPath';
import { holds, releases } from './releases';
import { standing } from './standing';

/** @param donorRules what a donor agrees to, in force now. @returns the public page: notice, plea, fees and rights before the way to give, money's path, and what is disclosed. */
export function campaignPage(visit: Visit, campaign: PublicCampaign, donorRules: ConsentText): Page {
  const { t } = visit;
  return {
    title: campaign.title,
    body: html`<article>
${notice(visit, campaign)}
${head(visit, campaign)}
${standing(visit, campaign)}
<section><h2>${t('campaign.story')}</h2><div class="story">${campaign.story.split(/\n+/).map((paragraph) => html`<p>${paragraph}</p>`)}</div></section>
${ways(visit, campaign, donorRules)}
<section><h2>${t('money.title')}</h2>${identity(visit, campaign.money)}${flow(visit, campaign.money)}${moneyPath(visit, campaign.money)}</section>
<section><h2>${t('releases.title')}</h2>${holds(visit, campaign.holds)}${releases(visit, campaign.releases)}</section>
${updates(visit, campaign)}
${complaints(visit, campaign)}
${refunds(visit, campaign)}
<section id="items"><h2>${t('items.title')}</h2>${items(visit, campaign.publicity)}</section>
${origin(visit, campaign)}
<p class="muted"><a href="/v1/public/campaigns/${campaign.id}">${t('campaign.data')}</a> · ${t('campaign.edition')}: <code>${campaign.edition}</code></p>
</article>`,
  };
}

function head({ t, lang }: Visit, c: PublicCampaign): Html {
  const money = { raised: formatYuan(c.money.raisedFen!), ask: formatYuan(c.money.askFen!) };
  return html`<h1>${c.title}</h1>
<p class="muted">${c.platform[lang]} · <span class="badge">${t(`phase.${c.phase as CampaignPhase}`)}</span></p>
<p class="figure big">${money.raised}</p>${bar(c.money.raisedFen!, c.money.askFen!)}
<p>${t('campaign.raised_of', money)} · ${t('campaign.gifts', { n: c.giftCount })}${c.phase === 'fundraising' && html` · <a href="#give">${t('campaign.give')}</a>`}</p>
<dl class="facts"><div><dt>${t('campaign.hospital')}</dt><dd>${c.hospital}</dd></div>
<div><dt>${t('campaign.opened')}</dt><dd>${c.openedAt === null ? t('campaign.not_open') : moment(lang, c.openedAt)}</dd></div>
<div><dt>${c.closedAt ? t('campaign.closed') : t('campaign.closes')}</dt><dd>${moment(lang, c.closedAt ?? c.closesAt)}</dd></div></dl>`;
}
