import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { audit } from '../audit/append';
import { businessNow } from '../database/clock';
import { type Database, inTransaction, row, rows, type Transaction } from '../database/connect';
import type { DocumentStore } from '../documents/store';
import { campaignStatement } from '../ledger/statement';
import { campaignRow, type CampaignRow } from '../records/campaigns';
import { contentOf, type DocumentRow } from '../records/documents';
import { keyOf } from '../records/people';
import type { PersonalData } from '../security/personalData';
import { CHILDREN, type Keys, opened } from './sealed';

export interface Bundle {
  /** SHA-256 over MANIFEST.json, which names every file with its own: what a police report records. */
  readonly sha256: string;
  readonly files: number;
}

const EXTENSIONS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'application/pdf': 'pdf' };
const PAGE = 1_000;

/**
 * POLICE: writes everything that the house knows of a campaign into a new folder, in the clear, for public security: every row of every table that names the
 * campaign or hangs on one that does, its parties, ledger, audit chain and the documents that are held here; and a manifest with every file's hash.
 * The making is on the audit chain with its reason before a byte is written.
 * @param folder must not exist. @throws when it does, or when something cannot be opened: half a bundle is none.
 */
export async function writePoliceBundle(
  db: Database,
  { personalData, documents }: { readonly personalData: PersonalData; readonly documents: DocumentStore },
  campaignId: string,
  folder: string,
  reason: string,
): Promise<Bundle> {
  await mkdir(folder, { recursive: false, mode: 0o700 });
  await inTransaction(db, async (tx) => {
    const { tenant_id: tenantId } = await campaignRow(tx, campaignId);
    const businessAt = await businessNow(tx, tenantId);
    const event = { action: 'campaign.police_bundled', subject: `campaign/${campaignId}`, actor: 'operator', tenantId, campaignId, businessAt };
    await audit(tx, { ...event, data: { reasonSha256: sha256(Buffer.from(reason)) } });
  });
  const manifest: { path: string; bytes: number; sha256: string }[] = [];
  const put = async (name: string, content: Buffer | string): Promise<void> => {
    const bytes = Buffer.from(content);
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, name), bytes, { mode: 0o600, flag: 'wx' });
    manifest.push({ path: name, bytes: bytes.length, sha256: sha256(bytes) });
  };
  // One snapshot: what is written while this runs is in the next bundle.
  await db.transaction(
    async (tx) => {
      const campaign = await campaignRow(tx, campaignId);
      const patient = await keyOf(tx, personalData, campaign.patient_id);
      const house = { open: (sealed: Buffer, purpose: string) => personalData.openForHouse(sealed, purpose) };
      const keysFor = (own: Buffer | null | 'house'): Keys => ({ patient, house, own: own === 'house' ? house : personalData.personKey(own) });
      await putTables(tx, put, campaign, keysFor);
      await putLedger(tx, put, campaign);
      await putAudit(tx, put, campaign);
      await putDocuments(tx, put, campaign, personalData, documents);
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  const text = json({ campaignId, reason, files: manifest });
  await writeFile(path.join(folder, 'MANIFEST.json'), text, { mode: 0o600, flag: 'wx' });
  return { sha256: sha256(Buffer.from(text)), files: manifest.length };
}

type Put = (name: string, content: Buffer | string) => Promise<void>;

/** @returns the tables whose rows are the campaign's: those that name it, and their children. */
export async function campaignTables(connection: Transaction | Database): Promise<string[]> {
  const named = await rows<{ name: string }>(
    connection,
    `select table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where table_schema = 'public' and column_name = 'campaign_id' and table_type = 'BASE TABLE' order by 1`,
  );
  return ['campaign', ...named.map(({ name }) => name), ...Object.keys(CHILDREN).filter((child) => !named.some(({ name }) => name === child))];
}

/** The condition under which a row of `table` belongs to campaign `:id`, by way of its parents. */
function belongs(table: string): string {
  if (table === 'campaign') return 'id = :id';
  const ways = CHILDREN[table];
  if (!ways) return 'campaign_id = :id';
  const by = (at: number): string => `${ways[at]} in (select id from ${ways[at + 1]} where ${belongs(ways[at + 1]!)})`;
  return `(${ways.flatMap((_, at) => (at % 2 === 0 ? [by(at)] : [])).join(' or ')})`;
}

async function putTables(tx: Transaction, put: Put, campaign: CampaignRow, keysFor: (own: Buffer | null | 'house') => Keys): Promise<void> {
  for (const table of await campaignTables(tx)) {
    const found = await rows<Record<string, unknown>>(tx, `select t.* from ${table} t where ${belongs(table)} order by 1`, { id: campaign.id });
    const lines: Record<string, unknown>[] = [];
    for (const r of found) lines.push(opened(table, r, keysFor(await ownKey(tx, table, r))));
    await put(`tables/${table}.jsonl`, jsonLines(lines));
  }
  const people = await rows<Record<string, unknown>>(tx, 'select * from person where id = any(?) order by id', [
    [campaign.patient_id, campaign.sponsor_id, ...(campaign.payee_person_id ? [campaign.payee_person_id] : [])],
  ] as never);
  await put('parties.jsonl', jsonLines(people.map((p) => opened('person', p, keysFor(p.wrapped_key as Buffer | null)))));
  const staff = await rows<Record<string, unknown>>(tx, 'select id, login, display_name, role from staff where tenant_id = ? order by id', [
    campaign.tenant_id,
  ]);
  await put('staff.jsonl', jsonLines(staff));
}

/** Complaints are sealed under keys of their own, their appeals under the complaint's, and appeals against a listing under the listed person's. */
const KEPT_BY: Readonly<Record<string, readonly [column: string, sql: string]>> = {
  complaint_task: ['complaint_id', 'select wrapped_key from complaint where id = ?'],
  complaint_appeal: ['complaint_id', 'select wrapped_key from complaint where id = ?'],
  blacklist_appeal: ['listing_id', 'select p.wrapped_key from blacklist_listing l join person p on p.id = l.person_id where l.id = ?'],
};

async function ownKey(tx: Transaction, table: string, r: Record<string, unknown>): Promise<Buffer | null | 'house'> {
  const [column, sql] = KEPT_BY[table] ?? [];
  if (!column || !sql) return r.wrapped_key === undefined ? 'house' : (r.wrapped_key as Buffer | null);
  // A listed institution has no key: what is said about it is sealed for the house.
  const owner = await row<{ wrapped_key: Buffer | null }>(tx, sql, [r[column] as string]);
  return owner ? owner.wrapped_key : 'house';
}

async function putLedger(tx: Transaction, put: Put, campaign: CampaignRow): Promise<void> {
  const lines: unknown[] = [];
  for (let after = 0n; ; ) {
    const page = await campaignStatement(tx, campaign.id, after, PAGE);
    if (page.length === 0) break;
    lines.push(...page);
    after = page.at(-1)!.id;
  }
  await put('ledger.jsonl', jsonLines(lines));
}

async function putAudit(tx: Transaction, put: Put, campaign: CampaignRow): Promise<void> {
  const events = await rows<Record<string, unknown>>(
    tx,
    `select e.*, l.position, encode(l.hash, 'hex') as hash from audit.event e left join audit.link l on l.event_seq = e.seq where e.campaign_id = ? order by e.seq`,
    [campaign.id],
  );
  await put('audit.jsonl', jsonLines(events));
}

async function putDocuments(tx: Transaction, put: Put, campaign: CampaignRow, personalData: PersonalData, store: DocumentStore): Promise<void> {
  const held = await rows<DocumentRow>(tx, 'select * from document where campaign_id = ? and stored and removed_at is null order by kind, version', [
    campaign.id,
  ]);
  for (const d of held) {
    const bytes = await contentOf(tx, personalData, store, { ...d, patient_id: campaign.patient_id });
    await put(`documents/${d.kind}-v${d.version}-${d.sha256.slice(0, 12)}.${EXTENSIONS[d.media_type] ?? 'bin'}`, bytes);
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
const json = (value: unknown): string => `${JSON.stringify(value, plain, 1)}\n`;
const jsonLines = (values: readonly unknown[]): string => values.map((v) => `${JSON.stringify(v, plain)}\n`).join('');
