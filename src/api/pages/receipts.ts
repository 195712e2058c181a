import { type Connection, inTransaction, row } from '../../database/connect';
import { capitals, fact, moment, yuan } from './format';
import { html, type Html } from './html';
import type { Page } from './layout';
import type { PageRouter } from './serve';
import type { Pages, Visit } from './visit';

/** @returns the text on a receipt by which anybody checks it. */
export const verificationText = (payoutId: string, receiptId: string): string => `ALMONER-RECEIPT ${payoutId} ${receiptId}`;
const FORM = /^\s*ALMONER-RECEIPT\s+([0-9A-Z]{26})\s+([0-9A-Z]{26})\s*$/i;

interface Checked {
  readonly outcome: 'confirm' | 'deny';
  readonly amount_fen: bigint;
  readonly signed_at: Date;
  readonly hospital: string;
  readonly zh: string;
  readonly en: string;
  readonly campaign_id: string;
  readonly title: string;
  readonly state: string;
  readonly is_newest: boolean;
}

/** What a receipt says that the campaign's page says too, and no more: who signed it, and for whom, stays with the hospital. */
async function checked(connection: Connection, code: string): Promise<Checked | null> {
  const [, payoutId, receiptId] = FORM.exec(code.toUpperCase()) ?? [];
  if (payoutId === undefined || receiptId === undefined) return null;
  return row<Checked>(
    connection,
    `select r.outcome, r.amount_fen, r.signed_at, i.name as hospital, t.name_zh as zh, t.name_en as en, c.id as campaign_id, c.title, p.state,
       not exists (select from receipt n where n.payout_id = p.id and n.id > r.id) as is_newest
     from receipt r join payout p on p.id = r.payout_id join campaign c on c.id = p.campaign_id join tenant t on t.id = p.tenant_id
       join institution i on i.id = c.hospital_id where r.id = ? and p.id = ?`,
    [receiptId, payoutId],
  );
}

function result({ t, lang }: Visit, found: Checked | null): Html {
  if (!found) return html`<p class="alert bad">${t('receipts.unknown')}</p>`;
  const stands = found.outcome === 'confirm' && found.state !== 'returned' && found.is_newest;
  return html`${stands && html`<p class="alert good">✓ ${t('receipts.stands')}</p>`}${found.outcome === 'deny' && html`<p class="alert warn">${t('receipts.denial')}</p>`}
${!found.is_newest && html`<p class="alert warn">${t('receipts.superseded')}</p>`}${found.state === 'returned' && html`<p class="alert bad">${t('receipt.returned')}</p>`}
<section class="card"><p class="figure big">${yuan(found.amount_fen)}</p><p>${capitals(found.amount_fen)}</p>
<dl class="facts rows">${fact(t('receipt.hospital'), found.hospital)}${fact(t('receipt.platform'), found[lang])}${fact(t('shell.campaign'), found.title)}${fact(t('receipt.signed_at'), moment(lang, found.signed_at.toISOString()))}</dl>
<p><a href="/c/${found.campaign_id}">${t('receipts.campaign')}</a></p></section>`;
}

/** RECEIPT: anybody who holds a printed receipt can see whether it is real and still stands. */
export function mountReceipts(pages: PageRouter, { db }: Pages): void {
  pages.open('/receipts', async (visit, req): Promise<Page> => {
    const { t } = visit;
    const code = (typeof req.query.code === 'string' ? req.query.code : '').slice(0, 200);
    const found = code.trim() === '' ? undefined : await inTransaction(db, (tx) => checked(tx, code));
    return {
      title: t('receipts.title'),
      status: found === null ? 404 : 200,
      body: html`<h1>${t('receipts.title')}</h1><p class="lead">${t('receipts.lead')}</p>${found !== undefined && result(visit, found)}
<form method="get" action="/receipts"><label for="code">${t('receipts.code')}</label><input id="code" name="code" maxlength="200" autocomplete="off" spellcheck="false" value="${code}"><button class="button">${t('receipts.look')}</button></form>`,
    };
  });
}
