import { ulid } from 'ulid';
import { type Connection, type Database, inTransaction } from '../database/connect';
import { copyRows } from './copies';

const PAGE = 1_000;
/** What hangs on a campaign that waits for its audit, apart from the campaign's own row. */
const CHILDREN = [
  'document',
  'publication',
  'identity_check',
  'machine_report',
  'payee_account',
  'claim_event',
  'consent',
  'campaign_origin',
  'audit.event',
] as const;
/** They come in over this many minutes. */
const SPREAD_MINUTES = 14_400;

/**
 * Writes campaigns like one that waits for its prior audit, each with everything that hangs on it: as ten days of submissions leave them, with title, ask and time of their own.
 * Files are the template's alone: the copies say so by `stored`.
 * @returns their ids.
 */
export async function placeCases(db: Database, template: string, count: number): Promise<string[]> {
  const placed: string[] = [];
  while (placed.length < count) {
    const ids = Array.from({ length: Math.min(PAGE, count - placed.length) }, () => ulid());
    await inTransaction(db, async (tx) => {
      await copy(tx, 'campaign', ids, template);
      for (const table of CHILDREN) await copy(tx, table, ids, template);
    });
    placed.push(...ids);
  }
  for (const table of ['campaign', ...CHILDREN]) await db.raw(`analyze ${table}`);
  return placed;
}

const MINUTES = `('x' || substr(md5(n.id), 1, 6))::bit(24)::int % ${SPREAD_MINUTES}`;
const earlier = (column: string): string => `'${column}', t.${column} - make_interval(mins => ${MINUTES})`;
/** A row's own id, where a campaign has many: told by the copied row's, and in the same order. */
const OWN_ID = `'id', left(t.id, 16) || upper(substr(md5(n.id || t.id), 1, 10))`;

/** The copied report says itself what stands with the campaign. */
const UNREPORTED = `'report_id', null, 'reported_at', null, 'reported_version', null, 'reported_verdict', null`;

const VALUES: Readonly<Record<string, string>> = {
  campaign: `'id', n.id, 'title', t.title || ' ' || right(n.id, 8), 'ask_fen', t.ask_fen - 100 * (${MINUTES}), ${earlier('submitted_at')}, ${earlier('phase_since')}, ${UNREPORTED}`,
  document: `${OWN_ID}, 'stored', false`,
  publication: OWN_ID,
  identity_check: OWN_ID,
  machine_report: `${OWN_ID}, ${earlier('reported_at')}`,
  payee_account: OWN_ID,
  claim_event: OWN_ID,
  'audit.event': `'subject', 'campaign/' || n.id, ${earlier('business_at')}`,
};

async function copy(tx: Connection, table: string, ids: readonly string[], template: string): Promise<void> {
  const own = table === 'campaign' ? 'id' : 'campaign_id';
  const values = [...(table === 'campaign' ? [] : [`'campaign_id', n.id`]), ...(VALUES[table] ? [VALUES[table]] : [])].join(', ');
  await copyRows(tx, { table, values, where: `t.${own} = :template` }, { ids, template });
}
