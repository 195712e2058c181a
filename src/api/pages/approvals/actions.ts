import { formatYuan } from '../../../domain/money';
import { fieldError, fieldState, type FieldErrors, hiddenFields } from '../forms';
import { moment } from '../format';
import { html, type Html } from '../html';
import type { StaffVisit } from '../serve';
import type { SheetContext } from './context';
import { isTurnOf } from './list';

/** @returns the buttons that are this person's now, each named after what it does; or the words why there are none. */
export function actions(visit: StaffVisit, c: SheetContext, errors: FieldErrors, reason: string): Html {
  if (!isTurnOf(visit.actor, c)) return html`<section class="actions-box"><p>${whyNot(visit, c)}</p></section>`;
  return visit.actor.role === 'finance-maker' ? propose(visit, c) : sign(visit, c, errors, reason);
}

function whyNot({ t, lang, actor }: StaffVisit, c: SheetContext): Html {
  const own = c.signatures.find((s) => s.checkerId === actor.id);
  if (own) {
    const [before, after] = t('act.none.signed', {
      decision: t(own.decision === 'approve' ? 'sheet.signature.approve' : 'sheet.signature.reject'),
    }).split('{at}');
    return html`<strong>✓</strong> ${before}${moment(lang, own.at)}${after}`;
  }
  if (c.turn === 'past' || c.turn === 'correct' || c.turn === 'account')
    return html`${t('act.none.stage', { stage: t(`stage.${c.release.stage}`) })}`;
  return html`${t(actor.role === 'finance-maker' ? 'act.none.maker' : 'act.none.checker')}`;
}

function propose(visit: StaffVisit, c: SheetContext): Html {
  const { t } = visit;
  return html`<form class="actions-box" method="post" action="/approvals/${c.release.id}/proposal">${hiddenFields(visit)}
<button class="button">${t('act.propose', { net: formatYuan(BigInt(c.content!.netFen)) })}</button>
<p class="muted">${t('act.propose.hint')}</p></form>`;
}

function sign(visit: StaffVisit, c: SheetContext, errors: FieldErrors, reason: string): Html {
  const { t } = visit;
  const { digest, netFen } = c.sheet!;
  const action = `/approvals/${c.release.id}/signatures`;
  const shown = html`<input type="hidden" name="digest" value="${digest}">`;
  return html`<div class="actions-box"><form method="post" action="${action}">${hiddenFields(visit)}${shown}
${proof(visit, c, errors, 'approve')}
<button class="button" name="decision" value="approve">${t('act.approve', { net: formatYuan(netFen) })}</button>
<p class="muted">${t('act.approve.hint')}</p></form>
<details${errors.reason === undefined ? null : html` open`}><summary>${t('act.reject.open')}</summary>
<form method="post" action="${action}">${hiddenFields(visit)}${shown}
<label for="reason">${t('act.reject.reason')}</label>${fieldError(errors, 'reason')}
<textarea id="reason" name="reason" rows="3" maxlength="500" required${fieldState(errors, 'reason')}>${reason}</textarea>
${proof(visit, c, errors, 'reject')}
<button class="button danger" name="decision" value="reject">${t('act.reject', { net: formatYuan(netFen) })}</button></form></details></div>`;
}

/** Who signs shows once more that it is them: the code of their second factor, else their password. */
function proof({ t }: StaffVisit, { secondFactor }: SheetContext, errors: FieldErrors, decision: string): Html {
  const [name, id] = [secondFactor ? 'code' : 'password', `proof-${decision}`];
  const kind = secondFactor
    ? html`inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="one-time-code"`
    : html`type="password" maxlength="200" autocomplete="current-password"`;
  return html`<label for="${id}">${t(secondFactor ? 'act.proof.code' : 'act.proof.password')}</label>${fieldError(errors, id)}
<input id="${id}" name="${name}" ${kind} required${fieldState(errors, id)}>`;
}
