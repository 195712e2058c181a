import { formatYuan } from '../../../domain/money';
import { errorSummary, type FieldErrors } from '../forms';
import { capitals, fact, moment, percent, yuan } from '../format';
import { html, type Html } from '../html';
import { voidReason } from '../text/voidReasons';
import type { Page } from '../layout';
import type { StaffVisit } from '../serve';
import { actions } from './actions';
import type { SheetContext } from './context';
import { isTurnOf, waitsFor } from './list';

/** @returns a digest as people compare it: its first twelve characters in fours. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12).replace(/(.{4})(?!$)/g, '$1 ');
}

interface Extra {
  readonly alert?: Html | null;
  readonly errors?: FieldErrors;
  readonly reason?: string;
  readonly status?: number;
}

/** The check-answers page: everything that is signed, what it rests on, and only the acts that are this person's now. */
export function sheetPage(visit: StaffVisit, c: SheetContext, { alert = null, errors = {}, reason = '', status = 200 }: Extra = {}): Page {
  const { t, actor } = visit;
  const title = !isTurnOf(actor, c) ? t('sheet.title.read') : actor.role === 'finance-maker' ? t('sheet.title.propose') : t('sheet.title');
  return {
    title,
    status,
    path: `/approvals/${c.release.id}`,
    body: html`<p><a href="/approvals">← ${t('approvals.title')}</a></p>
${alert}${errorSummary(t, errors)}
<h1>${title}</h1>
<p class="lead">${c.campaign.title} · ${t('shell.batch', { n: c.release.batch, of: c.release.batches })}</p>
<p><span class="badge">${c.turn === 'past' ? t(`stage.${c.release.stage}`) : waitsFor(t, c)}</span>${c.heldBy.length > 0 && html` <span class="badge bad">${t('with.held', { rules: c.heldBy.join(', ') })}</span>`}</p>
${c.turn === 'changed' && html`<p class="alert warn">${t(c.expired ? 'changed.expired' : 'changed.stale')}</p>`}
${!c.sheet && c.content && c.turn !== 'past' && html`<p class="alert">${t('sheet.nothing')}</p>`}
${payment(visit, c)}${batchTable(visit, c)}${evidence(visit, c)}${c.sheet && signing(visit, c)}${earlier(visit, c)}
${actions(visit, c, errors, reason)}`,
  };
}

/** What the proposal says; while none stands that could be signed, what one made now would say. */
function amounts(c: SheetContext): { grossFen: bigint; feeFen: bigint; netFen: bigint } | null {
  if (c.sheet && c.turn !== 'changed') return c.sheet;
  return c.content && { grossFen: BigInt(c.content.grossFen), feeFen: BigInt(c.content.feeFen), netFen: BigInt(c.content.netFen) };
}

function payment({ t }: StaffVisit, c: SheetContext): Html {
  const money = amounts(c);
  const { schedule } = c;
  const feeWords = t('sheet.fee.words', {
    service: percent(schedule.serviceBp),
    cap: formatYuan(schedule.serviceCapFen),
    channel: percent(schedule.channelBp),
    version: schedule.version,
  });
  return html`<section class="card"><h2>${t('sheet.pay')}</h2>
${money && html`<p class="figure big">${yuan(money.netFen)}</p><p>${capitals(money.netFen)}</p>`}
<dl class="facts rows">
${fact(t('sheet.payee'), html`${c.payee && html`${c.payee.payeeName} · `}${t(`payee.${c.campaign.payee_kind}`)}`)}
${fact(t('sheet.account'), c.payee ? html`<code>${c.payee.account}</code>` : t('sheet.account.none'))}
${c.payee && fact(t('sheet.bank'), c.payee.wallet ? t(`sheet.wallet.${c.payee.wallet}`) : html`<code>${c.payee.bankCode}</code>`)}
${fact(t('sheet.gross'), yuan(money?.grossFen ?? c.release.gross_fen))}
${money && fact(t('sheet.fee'), html`${yuan(money.feeFen)} <span class="muted">${feeWords}</span>`)}
${money && fact(t('sheet.net'), html`<strong>${yuan(money.netFen)}</strong>`)}
${fact(t('sheet.mode'), html`${t(`mode.${c.release.mode}`)}${c.release.urgent && html` · ${t('sheet.urgent')}`}`)}
${fact(t('sheet.purpose'), c.release.purpose)}
${fact(t('shell.campaign'), html`<a href="/c/${c.campaign.id}">${c.campaign.title}</a>`)}</dl></section>`;
}

/** BATCH: what was declared, and that its parts add up to it. */
function batchTable({ t }: StaffVisit, c: SheetContext): Html {
  const sumFen = c.batches.reduce((sum, b) => sum + b.grossFen, 0n);
  const equal = sumFen === c.request.amountFen;
  return html`<section><h2>${t('sheet.batches')}</h2><table class="list compact"><thead><tr><th scope="col">${t('sheet.batch')}</th><th scope="col">${t('sheet.purpose')}</th><th scope="col">${t('sheet.stage')}</th><th scope="col" class="amount">${t('sheet.gross')}</th></tr></thead>
<tbody>${c.batches.map((b) => html`<tr${b.id === c.release.id ? html` class="here"` : null}><td data-label="${t('sheet.batch')}">${t('shell.batch', { n: b.batch, of: c.batches.length })}</td><td data-label="${t('sheet.purpose')}">${b.purpose}</td><td data-label="${t('sheet.stage')}">${t(`stage.${b.stage}`)}</td><td data-label="${t('sheet.gross')}" class="amount">${yuan(b.grossFen)}</td></tr>`)}</tbody>
<tfoot><tr><th scope="row" colspan="3">${t('shell.total')} ${t('shell.count', { n: c.batches.length })}</th><td class="amount">${yuan(sumFen)}</td></tr></tfoot></table>
<p>${t('sheet.batches.sum', { requested: formatYuan(c.request.amountFen), sum: formatYuan(sumFen) })} <span class="${equal ? 'good' : 'warn'}">${equal ? '✓ ' : '✗ '}${t(equal ? 'sheet.batches.equal' : 'sheet.batches.unequal')}</span></p></section>`;
}

function evidence({ t, lang }: StaffVisit, c: SheetContext): Html {
  const marks = { pass: '✓', fail: '✗', needs: '!' } as const;
  return html`<section><h2>${t('sheet.evidence')}</h2><dl class="facts rows">
${fact(t('sheet.evidence.version'), c.sheet?.evidenceVersion ?? c.campaign.evidence_version)}
${c.review && fact(t('sheet.reviewed'), html`${t('sheet.reviewed.by', { name: c.review.name, reason: c.review.reason })} <span class="muted">${moment(lang, c.review.at)}</span>`)}
${c.release.publicity_ends_at && fact(t('sheet.publicised'), moment(lang, c.release.publicity_ends_at.toISOString()))}</dl>
<h3>${t('sheet.findings')}</h3><ul class="findings">${c.request.findings.map((f) => html`<li class="${f.verdict}"><span aria-hidden="true">${marks[f.verdict]}</span> <strong>${t(`verdict.${f.verdict}`)}</strong> <code>${f.rule}</code> ${f[lang]}</li>`)}</ul></section>`;
}

function signing({ t, lang }: StaffVisit, c: SheetContext): Html {
  const sheet = c.sheet!;
  return html`<section class="card"><h2>${t('sheet.digest')}</h2>
${
  c.turn !== 'changed' &&
  html`<p class="digest"><span class="muted">${t('sheet.digest.short')}</span> <code>${shortDigest(sheet.digest)}</code></p>
<details><summary>${t('sheet.digest.full')}</summary><code class="full">${sheet.digest}</code></details>
<p class="muted">${t('sheet.digest.hint')}</p>`
}
<dl class="facts rows">${fact(t('sheet.maker'), html`${sheet.maker} · ${moment(lang, sheet.madeAt)}`)}
${fact(t('sheet.expires'), moment(lang, sheet.expiresAt))}
${fact(
  t('sheet.signatures'),
  sheet.signatures.length === 0
    ? t('sheet.signatures.none', { needed: c.checkersNeeded })
    : html`<ol class="plain">${sheet.signatures.map((s) => html`<li>${s.checker} · <strong>${t(s.decision === 'approve' ? 'sheet.signature.approve' : 'sheet.signature.reject')}</strong> · ${moment(lang, s.at)}</li>`)}</ol>`,
)}</dl></section>`;
}

function earlier({ t, lang }: StaffVisit, c: SheetContext): Html | null {
  if (c.earlier.length === 0) return null;
  return html`<section><h2>${t('sheet.earlier')}</h2><ul>${c.earlier.map((a) => html`<li>${moment(lang, a.at)} · ${t('sheet.earlier.row', { name: a.maker, net: formatYuan(a.netFen), reason: voidReason(lang, a.reason) })}${a.rejection && html` · ${a.rejection}`}</li>`)}</ul></section>`;
}
