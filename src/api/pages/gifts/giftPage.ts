import { formatYuan } from '../../../domain/money';
import type { GiftRow } from '../../../records/refundRequests';
import type { PublicCampaign } from '../../routes/public';
import type { giftView } from '../../routes/refunds';
import { identity } from '../campaign/moneyPath';
import { lines, type Filled } from '../fields';
import { errorSummary, onceField } from '../forms';
import { capitals, fact, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';

/** A gift as its donor sees it. */
export interface DonorsGift {
  readonly gift: GiftRow;
  readonly view: Awaited<ReturnType<typeof giftView>>;
  readonly campaign: PublicCampaign;
  /** What of it could be given back now, fen. */
  readonly refundableFen: bigint;
  /** The page's address. */
  readonly path: string;
  /** The channel's own page, where the order is paid in a telephone's browser. */
  readonly payUrl: string | null;
}

type Cause = 'above-target' | 'after-close' | 'stopped' | 'surplus' | 'request';
type ReturnStatus = 'due' | 'processing' | 'returned' | 'owed';

/** The order's code, or the receipt; what became of the money; returns; and the way to ask for it back. */
export function giftPage(visit: Visit, of: DonorsGift, filled: Filled = {}): Page {
  const { t, lang } = visit;
  const { gift, campaign } = of;
  return {
    title: t('gift.title'),
    status: Object.keys(filled.errors ?? {}).length > 0 ? 400 : 200,
    path: of.path,
    body: html`${errorSummary(t, filled.errors ?? {})}<h1>${t(gift.status === 'paid' ? 'gift.receipt' : 'gift.title')}</h1>
<section class="card"><p class="figure big">${yuan(gift.amount_fen)}</p><p>${capitals(gift.amount_fen)}</p>
<p><span class="badge${gift.status === 'refused' ? ' bad' : ''}">${t(`gift.${gift.status}`)}</span> ${t(`gift.${gift.status}.means`)}</p>
<dl class="facts rows">${fact(t('shell.campaign'), html`<a href="/c/${campaign.id}">${campaign.title}</a>`)}${fact(t('gift.number'), html`<code>${gift.id}</code>`)}
${fact(t('gift.channel'), t(`channel.${gift.channel}`))}
${fact(t('gift.ordered_at'), moment(lang, gift.ordered_at.toISOString()))}${gift.paid_at !== null && fact(t('gift.paid_at'), moment(lang, gift.paid_at.toISOString()))}
${gift.status === 'paid' && fact(t('gift.credited'), yuan(gift.credited_fen))}${gift.excess_fen > 0n && fact(t('gift.excess'), yuan(gift.excess_fen))}</dl>
<p class="muted">${t('gift.keep')}</p><p class="muted">${t('gift.no_tax')}</p></section>
${gift.status === 'ordered' && (of.payUrl === null ? toPay(visit, gift) : toPage(visit, of.payUrl))}
${gift.status === 'paid' && html`<section><h2>${t('gift.became')}</h2>${identity(visit, campaign.money)}<p><a href="/c/${campaign.id}">${t('gift.whole_path')}</a></p></section>`}
${returns(visit, of)}${requests(visit, of)}${mayAsk(of) && askForm(visit, of, filled)}
<p class="screen-only"><a href="/c/${campaign.id}/complain">${t('complain.title')}</a></p>`,
  };
}

/** How a code begins that the channel's own application opens: nothing else becomes a link. */
const OPENS = { wechat: 'weixin://', alipay: 'https://qr.alipay.com/' } as const;

/** The channel's code, as a link for a telephone and as text; there is nothing else to pay with. */
function toPay({ t }: Visit, { code_url: code, channel }: GiftRow): Html {
  return html`<section class="actions-box"><h2>${t('gift.pay')}</h2>${
    code === null
      ? html`<p>${t('gift.pay.none')}</p>`
      : html`<p>${t(`gift.pay.how.${channel}`)}</p>${code.startsWith(OPENS[channel]) && html`<p><a class="button" href="${code}">${t(`gift.pay.open.${channel}`)}</a></p>`}<p><code>${code}</code></p>`
  }<p class="muted">${t('gift.pay.after')}</p></section>`;
}

/** The channel's own page, for whoever gives in the browser of a telephone. */
function toPage({ t }: Visit, payUrl: string): Html {
  return html`<section class="actions-box"><h2>${t('gift.pay')}</h2><p>${t('gift.pay.page')}</p><p><a class="button" href="${payUrl}">${t('gift.pay.open.alipay')}</a></p><p class="muted">${t('gift.pay.after')}</p></section>`;
}

function returns({ t, lang }: Visit, { view }: DonorsGift): Html | false {
  return (
    view.returns.length > 0 &&
    html`<section><h2>${t('gift.returns')}</h2><ul class="cards">${view.returns.map(
      (
        r,
      ) => html`<li class="card"><p class="figure">${yuan(r.amountFen)}</p><p><span class="badge">${t(`return.${r.status as ReturnStatus}`)}</span> ${t(`return.cause.${r.cause as Cause}`)}</p>
<p class="muted">${t(`return.${r.status as ReturnStatus}.means`)} ${r.returnedAt !== null && moment(lang, r.returnedAt)} ${r.reference !== null && html`<code>${r.reference}</code>`}</p></li>`,
    )}</ul></section>`
  );
}

function requests({ t, lang }: Visit, { view }: DonorsGift): Html | false {
  return (
    view.requests.length > 0 &&
    html`<section><h2>${t('gift.requests')}</h2><ul class="cards">${view.requests.map(
      (r) => html`<li class="card"><p><span class="badge">${t(`request.${r.state}`)}</span></p>
<dl class="facts rows">${fact(t('request.asked_at'), moment(lang, r.askedAt))}${r.decidedAt === null ? fact(t('request.due'), moment(lang, r.dueAt)) : fact(t('request.decided_at'), moment(lang, r.decidedAt))}${r.reply !== null && fact(t('request.reply'), r.reply)}</dl></li>`,
    )}</ul></section>`
  );
}

/** REFUND: whether something could be given back and no request is open. */
function mayAsk({ gift, view, refundableFen }: DonorsGift): boolean {
  return gift.status === 'paid' && refundableFen > 0n && !view.requests.some((r) => r.state === 'asked');
}

function askForm({ t }: Visit, { refundableFen, path }: DonorsGift, filled: Filled): Html {
  return html`<section class="actions-box screen-only"><h2>${t('ask.title')}</h2><p>${t('ask.lead', { amount: formatYuan(refundableFen) })}</p>
<form method="post" action="${path}/refund" novalidate>${onceField()}
${lines({ name: 'reason', label: t('ask.reason'), hint: t('ask.reason.hint'), max: 1_000 }, filled)}
<button class="button">${t('ask.send')}</button></form></section>`;
}
