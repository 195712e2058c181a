import { splitIntoBatches } from '../../../domain/batches';
import { feeOf, type FeeSchedule } from '../../../domain/fees';
import { fees } from '../campaign/beforeGiving';
import { carried } from '../fields';
import { onceField } from '../forms';
import { yuan } from '../format';
import { html } from '../html';
import type { Page } from '../layout';
import type { Form } from '../serve';
import type { Visit } from '../visit';
import { MONEY_FIELDS, type MoneyAsked } from './moneyForm';
import type { SponsorView } from './view';

interface Part {
  readonly purpose: string;
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
}

/** FEES: each batch with what would be charged of it if it were the next to be paid. @param chargedFen service fees charged before. @throws {RangeError} for parts that round to nothing. */
function parts(asked: MoneyAsked, schedule: FeeSchedule, chargedFen: bigint): Part[] {
  const batches = asked.batches ?? [{ basisPoints: 10_000, purpose: asked.purpose }];
  const amounts = splitIntoBatches(
    asked.amountFen,
    batches.map((b) => b.basisPoints),
  );
  let before = chargedFen;
  return batches.map(({ purpose }, i) => {
    const fee = feeOf(amounts[i]!, schedule, before);
    before += fee.serviceFen;
    return { purpose, grossFen: amounts[i]!, feeFen: fee.feeFen, netFen: fee.netFen };
  });
}

/** Second step of asking for money: fees and what arrives, before anything is asked. @throws {RangeError} for parts that round to nothing. */
export function checkPage(visit: Visit, view: SponsorView, asked: MoneyAsked, chargedFen: bigint, form: Form): Page {
  const { t } = visit;
  const all = parts(asked, view.fees, chargedFen);
  const sum = (word: 'grossFen' | 'feeFen' | 'netFen'): bigint => all.reduce((total, part) => total + part[word], 0n);
  return {
    title: t('sponsor.check'),
    path: view.path,
    body: html`<h1>${t('sponsor.check')}</h1><p class="lead">${t('sponsor.check.lead')}</p>
<p>${t('sponsor.money.mode')}: <strong>${t(`mode.${asked.mode}`)}</strong></p>
<table class="list"><thead><tr><th scope="col">${t('sponsor.money.purpose')}</th><th scope="col" class="amount">${t('releases.gross')}</th><th scope="col" class="amount">${t('releases.fee')}</th><th scope="col" class="amount">${t('releases.net')}</th></tr></thead>
<tbody>${all.map((part) => html`<tr><td data-label="${t('sponsor.money.purpose')}">${part.purpose}</td><td class="amount" data-label="${t('releases.gross')}">${yuan(part.grossFen)}</td><td class="amount" data-label="${t('releases.fee')}">${yuan(part.feeFen)}</td><td class="amount" data-label="${t('releases.net')}">${yuan(part.netFen)}</td></tr>`)}
<tr class="here"><td data-label="${t('sponsor.money.purpose')}"><strong>${t('shell.total')}</strong></td><td class="amount" data-label="${t('releases.gross')}">${yuan(sum('grossFen'))}</td><td class="amount" data-label="${t('releases.fee')}">${yuan(sum('feeFen'))}</td><td class="amount" data-label="${t('releases.net')}"><strong>${yuan(sum('netFen'))}</strong></td></tr></tbody></table>
${fees(visit, view.fees, t('sponsor.fees'))}
<form class="actions-box" method="post" action="${view.path}/money-request">${onceField()}<input type="hidden" name="feeVersion" value="${view.fees.version}">${carried(form, MONEY_FIELDS)}
<button class="button">${t('sponsor.check.send')}</button><p class="muted">${t('sponsor.check.hint')}</p></form>
<form method="post" action="${view.path}/money" class="inline">${carried(form, MONEY_FIELDS)}<input type="hidden" name="change" value="yes"><button class="link">${t('shell.change')}</button></form>`,
  };
}
