import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rows } from '../../src/database/connect';
import { campaignTables, writePoliceBundle } from '../../src/police/bundle';
import { CHILDREN, SEALED } from '../../src/police/sealed';
import { aRaise } from '../support/campaigns';
import { anAdmissibleComplaint, judges, UPHELD } from '../support/endings';
import { aPdf, upload } from '../support/files';
import { aFolder } from '../support/folder';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { pursue } from '../support/transfers';

let house: House;
let tenant: Tenant;
const folder = aFolder();
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(async () => {
  await house.close();
  folder.remove();
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const read = (at: string, name: string): string => readFileSync(path.join(at, name), 'utf8');
const write = (campaignId: string, name: string) =>
  writePoliceBundle(house.owner, house.dependencies, campaignId, path.join(folder.path, name), '涉嫌虚构病情');

test('the bundle holds everything, in the clear, and its hash binds every byte', async () => {
  const payout = await aReservedPayout(house, tenant);
  await pursue(house, tenant, payout.payoutId);
  const uploaded = aPdf();
  expect(await upload(house, tenant, payout.campaignId, 'diagnosis', uploaded)).toMatchObject({ status: 201 });
  const complaintId = await anAdmissibleComplaint(house, tenant, payout.campaignId);
  expect(await judges(house, tenant, complaintId, 'decision', UPHELD)).toMatchObject({ status: 200 });
  const bundle = await write(payout.campaignId, 'whole');
  const at = path.join(folder.path, 'whole');
  const manifest = JSON.parse(read(at, 'MANIFEST.json')) as { files: { path: string; bytes: number; sha256: string }[] };
  expect(bundle).toEqual({ sha256: sha256(readFileSync(path.join(at, 'MANIFEST.json'))), files: manifest.files.length });
  for (const file of manifest.files) expect(sha256(readFileSync(path.join(at, file.path)))).toBe(file.sha256);
  expect(read(at, 'parties.jsonl')).toContain('张三');
  expect(read(at, 'tables/complaint.jsonl')).toContain('据称家中另有商铺');
  expect(read(at, 'tables/payee_account.jsonl')).toContain('6217001234567890');
  expect(read(at, 'tables/blacklist_listing.jsonl')).toContain('hidden-assets');
  expect(read(at, 'tables/payout.jsonl')).toContain(payout.payoutId);
  expect(read(at, 'ledger.jsonl')).toContain('payout-paid');
  expect(read(at, 'audit.jsonl')).toContain('complaint.upheld');
  const document = manifest.files.find((file) => file.path.startsWith('documents/diagnosis'))!;
  expect(document.sha256).toBe(sha256(Buffer.from(uploaded)));
  for (const file of manifest.files) expect(read(at, file.path)).not.toMatch(/wrapped_key|password_hash/);
  const made = await rows(house.db, `select 1 from audit.event where action = 'campaign.police_bundled' and campaign_id = ?`, [payout.campaignId]);
  expect(made).toHaveLength(1);
});

test('another campaign’s rows are not in it', async () => {
  const [mine, other] = [await aRaise(house, tenant), await aRaise(house, tenant)];
  await anAdmissibleComplaint(house, tenant, other);
  await write(mine, 'mine');
  expect(read(path.join(folder.path, 'mine'), 'tables/complaint.jsonl')).toBe('');
  expect(read(path.join(folder.path, 'mine'), 'tables/campaign.jsonl')).not.toContain(other);
});

test('a folder that is there already is left alone', async () => {
  mkdirSync(path.join(folder.path, 'taken'));
  await expect(write(await aRaise(house, tenant), 'taken')).rejects.toMatchObject({ code: 'EEXIST' });
});

test('no table of a campaign, and no sealed column, is forgotten as the schema grows', async () => {
  const tables = await campaignTables(house.owner);
  const columns = await rows<{ table: string; column: string }>(
    house.owner,
    `select table_name as table, column_name as column from information_schema.columns where table_schema = 'public' and column_name like '%\\_enc' and table_name = any(?)`,
    [tables] as never,
  );
  expect(columns.filter(({ table, column }) => SEALED[table]?.[column] === undefined)).toEqual([]);
  // Whatever refers to a row of a campaign belongs to the campaign too.
  const references = await rows<{ child: string; parent: string }>(
    house.owner,
    `select distinct c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent from pg_constraint c
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.confrelid::regclass::text = any(?)`,
    [tables.filter((table) => table !== 'campaign')] as never,
  );
  const forgotten = references.filter(({ child }) => !tables.includes(child) && !(child in CHILDREN));
  expect(forgotten).toEqual([]);
});
