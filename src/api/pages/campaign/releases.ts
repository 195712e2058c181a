import type { PayeeKind, ReleaseMode } from '../../../domain/convention/terms';
import type { ReleaseStage } from '../../../records/releases';
import type { PublicCampaign } from '../../routes/public';
import { fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

/** The fields of a release that the public view lets through, as views.ts makes them. */
interface PublicRelease {
  readonly id: string;
  readonly seq: number;
  readonly batch: number;
  readonly batches: number;
  readonly mode: ReleaseMode;
  readonly purpose: string;
  readonly payeeKind: PayeeKind;
  readonly grossFen: bigint;
  readonly feeFen: bigint | null;
  readonly netFen: bigint | null;
  readonly stage: ReleaseStage;
  readonly publicityEndsAt: string | null;
  readonly paidAt: string | null;
  readonly receipt: 'awaited' | 'signed' | 'overdue' | 'denied' | null;
  readonly evidencedFen: bigint;
}

/** The way of a release when nothing goes wrong. */
const WAY = ['review', 'publicity', 'approval', 'transfer', 'receipt', 'evidence', 'watch', 'closed'] as const;

/** @returns every release with its way, amounts, publicity and receipt. */
export function releases(visit: Visit, all: PublicCampaign['releases']): Html {
  if (all.length === 0) return html`<p class="muted">${visit.t('releases.none')}</p>`;
  return html`<ol class="cards wide-cards">${(all as unknown as readonly PublicRelease[]).map((release) => card(visit, release))}</ol>`;
}

function card(visit: Visit, r: PublicRelease): Html {
  const { t, lang } = visit;
  const receipt =
    r.payeeKind !== 'institution' ? t('releases.receipt.person') : r.receipt === null ? t('releases.receipt.later') : t(`receipt.${r.receipt}`);
  return html`<li class="card"><h3>${t('shell.batch', { n: r.batch, of: r.batches })} · ${yuan(r.grossFen)}</h3>
<p class="muted">${t(`mode.${r.mode}`)} · ${r.purpose}</p>
${way(visit, r.stage)}
<dl class="facts">${fact(t('releases.to'), t(`payee.${r.payeeKind}`))}
${fact(t('releases.fee'), r.feeFen === null ? t('releases.fee.later') : yuan(r.feeFen))}
${r.netFen !== null && fact(t('releases.net'), yuan(r.netFen))}
${r.publicityEndsAt !== null && fact(t('releases.publicity'), moment(lang, r.publicityEndsAt))}
${r.paidAt !== null && fact(t('releases.paid'), moment(lang, r.paidAt))}
${r.stage !== 'refused' && r.stage !== 'cancelled' && fact(t('releases.receipt'), receipt)}
${r.paidAt !== null && fact(t('releases.evidenced'), yuan(r.evidencedFen))}</dl></li>`;
}

function way({ t }: Visit, stage: ReleaseStage): Html {
  if (stage === 'planned' || stage === 'refused' || stage === 'cancelled' || stage === 'correction')
    return html`<p><span class="badge${stage === 'planned' ? '' : ' bad'}">${t(`stage.${stage}`)}</span></p>`;
  const at = WAY.indexOf(stage);
  const state = (i: number): 'done' | 'now' | 'ahead' => (i < at || stage === 'closed' ? 'done' : i === at ? 'now' : 'ahead');
  return html`<ol class="way" aria-label="${t('releases.steps')}">${WAY.map((step, i) => html`<li class="${state(i)}"${state(i) === 'now' ? html` aria-current="step"` : null}>${t(`stage.${step}`)} <span class="visually-hidden">${t(`releases.${state(i)}`)}</span></li>`)}</ol>`;
}

/** @returns what stopped payouts, and when that ended; nothing where nothing did. */
export function holds({ t, lang }: Visit, all: PublicCampaign['holds']): Html | null {
  if (all.length === 0) return null;
  const words = (h: PublicCampaign['holds'][number]): Html => {
    const line = h.liftedAt === null ? t('holds.standing', { rule: h.rule }) : t('holds.lifted', { rule: h.rule });
    const [before, between, after] = line.split(/\{from\}|\{to\}/);
    return html`${before}${moment(lang, h.placedAt)}${between}${h.liftedAt !== null && moment(lang, h.liftedAt)}${after}`;
  };
  return html`<div class="alert${all.some((h) => h.liftedAt === null) ? ' bad' : ''}"><h3>${t('holds.title')}</h3><ul>${all.map((h) => html`<li>${words(h)}</li>`)}</ul></div>`;
}
