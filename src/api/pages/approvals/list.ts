import { row, rows, type Transaction } from '../../../database/connect';
import type { ReleaseRow } from '../../../records/releases';
import type { Actor } from '../../../access/actors';
import { capitals, moment, yuan } from '../format';
import { html, type Html } from '../html';
import type { Page } from '../layout';
import type { StaffVisit } from '../serve';
import type { Translate } from '../text/catalogue';
import { type Standing, standingOf } from './standing';

/** How many releases one page lists; the total always counts all. */
const LISTED = 200;

export interface Waiting {
  readonly standings: readonly Standing[];
  readonly count: number;
  readonly grossFen: bigint;
}

/** @returns what waits for finance at the actor's platform, urgent ones first, then the longest, with the total of all of it. */
export async function waitingReleases(tx: Transaction, actor: Actor): Promise<Waiting> {
  const waits = `from release r join campaign c on c.id = r.campaign_id where c.tenant_id = ? and r.stage in ('approval', 'correction')`;
  const all = (await row<{ n: number; gross: bigint }>(tx, `select count(*)::int as n, coalesce(sum(r.gross_fen)::bigint, 0) as gross ${waits}`, [
    actor.tenantId ?? '',
  ]))!;
  const listed = await rows<ReleaseRow>(tx, `select r.*, c.tenant_id ${waits} order by r.urgent desc, r.stage_since, r.id limit ?`, [
    actor.tenantId ?? '',
    LISTED,
  ]);
  const standings: Standing[] = [];
  for (const release of listed) standings.push(await standingOf(tx, release));
  return { standings, count: all.n, grossFen: all.gross };
}

/** @returns whether this person can do something about it now. */
export function isTurnOf(actor: Actor, { turn, signatures }: Standing): boolean {
  if (actor.role === 'finance-maker') return turn === 'propose' || turn === 'changed';
  return turn === 'sign' && !signatures.some((s) => s.checkerId === actor.id);
}

/** @returns whom a release waits for, in words. */
export function waitsFor(t: Translate, { turn, signatures, checkersNeeded, heldBy }: Standing): string {
  if (turn === 'signed' && heldBy.length > 0) return t('with.held', { rules: heldBy.join(', ') });
  if (turn === 'past') return '';
  return t(`with.${turn}`, { signed: signatures.filter((s) => s.decision === 'approve').length, needed: checkersNeeded });
}

/** The list: first what this person can do, then what others have to. Urgent ones first, then the largest. */
export function listPage(visit: StaffVisit, { standings, count, grossFen }: Waiting): Page {
  const { t, actor } = visit;
  const bySize = [...standings].sort(
    (a, b) => Number(b.release.urgent) - Number(a.release.urgent) || (a.release.gross_fen < b.release.gross_fen ? 1 : -1),
  );
  const mine = bySize.filter((s) => isTurnOf(actor, s));
  const others = bySize.filter((s) => !isTurnOf(actor, s));
  return {
    title: t('approvals.title'),
    body: html`<h1>${t('approvals.title')}</h1>
<p class="total card"><span>${t('approvals.all')} ${t('shell.count', { n: count })}</span> <strong class="figure">${yuan(grossFen)}</strong> ${capitals(grossFen)}
${count > LISTED && html`<span class="muted">${t('approvals.oldest', { n: LISTED })}</span>`}</p>
${
  count === 0
    ? html`<p class="muted">${t('approvals.none')}</p>`
    : html`<section><h2>${t('approvals.mine')}</h2>${mine.length === 0 ? html`<p class="muted">${t('approvals.mine.none')}</p>` : table(visit, mine)}</section>
${others.length > 0 && html`<section><h2>${t('approvals.others')}</h2>${table(visit, others)}</section>`}`
}`,
  };
}

function table(visit: StaffVisit, standings: readonly Standing[]): Html {
  const { t, lang, actor } = visit;
  const sumFen = standings.reduce((sum, s) => sum + s.release.gross_fen, 0n);
  return html`<table class="list"><thead><tr><th scope="col">${t('shell.campaign')}</th><th scope="col">${t('approvals.payee')}</th><th scope="col">${t('approvals.with')}</th><th scope="col">${t('approvals.since')}</th><th scope="col" class="amount">${t('approvals.gross')}</th></tr></thead>
<tbody>${standings.map(
    (
      s,
    ) => html`<tr><td data-label="${t('shell.campaign')}"><div><a href="/approvals/${s.release.id}">${s.campaign.title}</a><br><span class="muted">${t('shell.batch', { n: s.release.batch, of: s.release.batches })}</span></div></td>
<td data-label="${t('approvals.payee')}">${t(`payee.${s.campaign.payee_kind}`)}</td>
<td data-label="${t('approvals.with')}"><div>${waitsFor(t, s)}${s.signatures.some((x) => x.checkerId === actor.id) && html` · ${t('with.you_signed')}`}</div></td>
<td data-label="${t('approvals.since')}">${moment(lang, s.release.stage_since.toISOString())}</td>
<td data-label="${t('approvals.gross')}" class="amount">${yuan(s.release.gross_fen)}</td></tr>`,
  )}</tbody>
<tfoot><tr><th scope="row" colspan="4">${t('shell.total')} ${t('shell.count', { n: standings.length })}</th><td class="amount">${yuan(sumFen)}</td></tr></tfoot></table>`;
}
