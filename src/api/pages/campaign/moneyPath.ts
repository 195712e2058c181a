import { formatYuan } from '../../../domain/money';
import type { PublicCampaign } from '../../routes/public';
import { bar, stackedBar } from '../bars';
import { yuan } from '../format';
import { html, type Html } from '../html';
import type { Visit } from '../visit';

type Money = PublicCampaign['money'];

/** Every money word, in the order in which money meets it. */
export const MONEY_GROUPS = [
  { group: 'in', words: ['askFen', 'giftsPaidFen', 'raisedFen', 'inCustodyFen'] },
  { group: 'out', words: ['requestedFen', 'approvedFen', 'sentFen', 'receivedFen', 'receiptConfirmedFen', 'usedFen'] },
  { group: 'aside', words: ['feesFen', 'pendingFen', 'refundedFen', 'returnedFen', 'owedBackFen'] },
] as const;

/** raised = paid out + refunded + pending, drawn and written, with its own numbers; says so loudly if it does not hold. */
export function identity({ t }: Visit, money: Money): Html {
  const raisedFen = money.raisedFen!;
  const parts = [
    ['paid', money.paidFen!],
    ['refunded', money.refundedFen!],
    ['pending', money.pendingFen!],
  ] as const;
  const differenceFen = raisedFen - parts.reduce((sum, [, amountFen]) => sum + amountFen, 0n);
  return html`<figure class="identity card">
<figcaption>${t('identity.title')}</figcaption>
${stackedBar(parts.map(([tone, amountFen]) => ({ tone, amountFen })))}
<dl class="equation"><div class="term"><dt>${t('identity.raised')}</dt><dd>${yuan(raisedFen)}</dd></div>
${parts.map(([tone, amountFen], i) => html`<div class="term"><dt><span class="sign" aria-hidden="true">${i === 0 ? '=' : '+'}</span><span class="swatch ${tone}"></span>${t(`identity.${tone}`)}</dt><dd>${yuan(amountFen)}</dd></div>`)}</dl>
${differenceFen === 0n ? html`<p class="good">✓ ${t('identity.holds')}</p>` : html`<p class="alert bad" role="alert">✗ ${t('identity.broken', { difference: formatYuan(differenceFen) })}</p>`}
</figure>`;
}

/** The table of all money words; its bars are a picture of the same numbers. */
export function moneyPath({ t }: Visit, money: Money): Html {
  const whole = [money.askFen!, money.giftsPaidFen!].reduce((a, b) => (a > b ? a : b));
  return html`<table class="money"><caption>${t('money.caption')}</caption>
<thead><tr><th scope="col">${t('money.word')}</th><th scope="col" class="amount">${t('shell.amount')}</th></tr></thead>
${MONEY_GROUPS.map(
  ({ group, words }) => html`<tbody><tr class="group"><th scope="rowgroup" colspan="2">${t(`money.${group}`)}</th></tr>
${words.map((word) => html`<tr><th scope="row">${t(`money.${word}`)} <span class="muted">${t(`money.${word}.note`)}</span>${bar(money[word]!, whole, group)}</th><td class="amount">${yuan(money[word]!)}</td></tr>`)}</tbody>`,
)}</table>`;
}
