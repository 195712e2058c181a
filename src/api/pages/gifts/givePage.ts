import { formatYuan } from '../../../domain/money';
import type { ConsentText } from '../../../records/consents';
import type { PublicCampaign } from '../../routes/public';
import { fees, notice, rules, tips } from '../campaign/beforeGiving';
import { choices, type Filled, line, tick } from '../fields';
import { errorSummary, onceField } from '../forms';
import { html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';

/** Amounts to choose from, fen. */
export const PRESETS_FEN = ['2000', '5000', '10000', '50000'] as const;

/** Everything that is charged, agreed and risked, then the amount. Nothing is chosen or ticked for the donor, and nothing is added to the gift. */
export function givePage(visit: Visit, campaign: PublicCampaign, donorRules: ConsentText, filled: Filled = {}): Page {
  const { t } = visit;
  const presets = PRESETS_FEN.map((amountFen) => [amountFen, formatYuan(BigInt(amountFen))] as const);
  return {
    title: t('give.title', { title: campaign.title }),
    status: Object.keys(filled.errors ?? {}).length > 0 ? 400 : 200,
    path: `/c/${campaign.id}/give`,
    body: html`<p><a href="/c/${campaign.id}">← ${campaign.title}</a></p>${errorSummary(t, filled.errors ?? {})}
<h1>${t('give.heading')}</h1>${notice(visit, campaign)}
${fees(visit, campaign.fees)}${tips(visit)}
<section class="card"><h2>${t('rights.donor')}</h2>${rules(visit, donorRules)}</section>
<form method="post" action="/c/${campaign.id}/give" novalidate>${onceField()}<input type="hidden" name="version" value="${donorRules.version}"><input type="hidden" name="feeVersion" value="${campaign.fees.version}">
${choices({ name: 'preset', label: t('give.amount'), of: [...presets, ['own', t('give.own')]] }, filled)}
${line({ name: 'amount', label: t('give.own.amount'), hint: t('give.own.hint'), mode: 'decimal', max: 20 }, filled)}
${campaign.channels.length > 1 && choices({ name: 'channel', label: t('give.channel'), of: campaign.channels.map((each) => [each, t(`channel.${each}`)] as const) }, filled)}
${tick({ name: 'consent', label: t('give.consent') }, filled)}
<button class="button">${t('give.send')}</button><p class="muted">${t('give.send.hint')}</p></form>`,
  };
}
