import type { PublicCampaign } from '../../routes/public';
import { moment } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

/** @returns in plain words what a reader must know first when the campaign does not simply raise or pay; nothing otherwise. */
export function standing(visit: Visit, c: PublicCampaign): Html {
  const { t, lang } = visit;
  const frozen = c.stoppedBy.length === 0 && c.holds.some((h) => h.rule === 'DEATH' && h.liftedAt === null);
  return html`${
    c.phase === 'certificate-publicity' &&
    html`<div class="alert warn"><h2>${t('standing.certificate')}</h2><p>${t('standing.certificate.means')} ${moment(lang, c.certificatePublicityEndsAt)}</p>
<p><a href="/c/${c.id}/complain">${t('standing.certificate.object')}</a></p></div>`
  }${
    c.stoppedBy.length > 0 &&
    html`<div class="alert bad"><h2>${t('standing.stopped')} ${moment(lang, c.stoppedAt)}</h2>
${c.stoppedBy.includes('COMPLAINT') && html`<p>${t('standing.stopped.complaint')}</p>`}${c.stoppedBy.includes('DEATH') && html`<p>${t('standing.stopped.death')}</p>`}</div>`
  }${frozen && html`<div class="alert warn"><h2>${t('standing.frozen')}</h2><p>${t('standing.frozen.means')}</p></div>`}${
    c.phase === 'refunding' && html`<div class="alert warn"><h2>${t('standing.refunding')}</h2><p>${t('standing.refunding.means')}</p></div>`
  }${
    c.phase === 'refunded' &&
    html`<div class="alert"><h2>${t('standing.refunded')} ${moment(lang, c.endedAt)}</h2><p>${t('standing.refunded.means')}</p></div>`
  }${c.phase === 'settled' && html`<div class="alert"><h2>${t('standing.settled')} ${moment(lang, c.endedAt)}</h2><p>${t('standing.settled.means')}</p></div>`}`;
}
