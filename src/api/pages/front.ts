import { type Connection, rows } from '../../database/connect';
import type { CampaignPhase } from '../../records/campaigns';
import { formatYuan } from '../../domain/money';
import { share, yuan } from './format';
import { bar } from './bars';
import { html, type Html } from './html';
import type { Page } from './layout';
import type { PageRouter } from './serve';
import { HOMES } from './session';
import type { Pages, Visit } from './visit';

/** How many campaigns the front page lists: those that raise or pay, and those that settled lately. */
const OPEN_LISTED = 20;
const SETTLED_LISTED = 5;

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly phase: CampaignPhase;
  readonly name_zh: string;
  readonly name_en: string;
  readonly ask_fen: bigint;
  readonly raised_fen: bigint;
}

/** @returns public campaigns in any of the phases, newest first. */
async function listed(connection: Connection, phases: readonly CampaignPhase[], limit: number): Promise<Listed[]> {
  return rows<Listed>(
    connection,
    `select c.id, c.title, c.phase, t.name_zh, t.name_en, c.ask_fen, c.raised_fen from campaign c join tenant t on t.id = c.tenant_id
     where c.phase = any(?) and c.opened_at is not null order by c.id desc limit ?`,
    [phases as string[], limit] as never,
  );
}

/** What Almoner is, and the campaigns that anybody may look at. */
export function mountFront(pages: PageRouter, { db }: Pages): void {
  pages.open('/', async (visit) => {
    const open = await listed(db, ['fundraising', 'settlement', 'release'], OPEN_LISTED);
    return frontPage(visit, open, await listed(db, ['settled'], SETTLED_LISTED));
  });
}

const STEPS = ['audit', 'raise', 'publicity', 'check', 'pay', 'sign'] as const;

function frontPage(visit: Visit, open: readonly Listed[], settled: readonly Listed[]): Page {
  const { t } = visit;
  return {
    title: t('front.title'),
    body: html`<section class="hero"><h1>${t('front.title')}</h1><p class="lead">${t('front.lead')}</p>
<ol class="path" aria-label="${t('front.steps')}">${STEPS.map((step) => html`<li>${t(`front.step.${step}`)}</li>`)}</ol></section>
<section><h2>${t('front.open')}</h2>${open.length === 0 ? html`<p class="muted">${t('front.open.none')}</p>` : cards(visit, open)}</section>
${settled.length > 0 && html`<section><h2>${t('front.settled')}</h2>${cards(visit, settled)}</section>`}
${staff(visit)}`,
  };
}

function cards({ t, lang }: Visit, campaigns: readonly Listed[]): Html {
  return html`<ul class="cards">${campaigns.map(
    (c) => html`<li class="card"><a class="card-title" href="/c/${c.id}">${c.title}</a>
<p class="muted">${lang === 'zh' ? c.name_zh : c.name_en} · <span class="badge">${t(`phase.${c.phase}`)}</span></p>
<p class="figure">${yuan(c.raised_fen)}</p>${bar(c.raised_fen, c.ask_fen)}
<p class="muted">${t('front.of', { ask: formatYuan(c.ask_fen), share: share(c.raised_fen, c.ask_fen) })}</p></li>`,
  )}</ul>`;
}

function staff({ t, session }: Visit): Html {
  const home = session && HOMES[session.actor.role];
  return html`<section><h2>${t('front.staff')}</h2>
<p>${session && !home ? t('front.staff.api_only', { role: session.actor.name }) : t('front.staff.lead')}</p>
<p class="actions">${home ? html`<a class="button" href="${home}">${t(home === '/approvals' ? 'shell.approvals' : 'shell.hospital')}</a>` : !session && html`<a class="button" href="/login">${t('shell.login')}</a>`}
<a class="button quiet" href="/docs">${t('front.docs')}</a> <a class="button quiet" href="/receipts">${t('receipts.title')}</a></p></section>`;
}
