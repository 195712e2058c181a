import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sealAndAnchor, verifyChain } from '../../src/audit/chain';
import { proveBackup, restoreBackup, type Restored } from '../../src/backup/restore';
import { type StateFolders, writeBackup } from '../../src/backup/write';
import { connect, type Database, rows } from '../../src/database/connect';
import { RESTORED } from '../../src/records/releases';
import { loadHouseKeys } from '../../src/security/keys';
import { aRaise, given } from '../support/campaigns';
import { type FreshDatabase, freshDatabase } from '../support/database';
import { aFolder } from '../support/folder';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';

const silent = { say: () => undefined };
const work = aFolder();
const targets: FreshDatabase[] = [];
let house: House;
let tenant: Tenant;
let state: StateFolders;
let sourceUrl: string;

beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  sourceUrl = house.dependencies.config.databaseUrl;
  const { keys, documents } = house.dependencies.config.paths;
  state = { keys, documents, anchorFile: house.dependencies.anchorFile };
  await aReservedPayout(house, tenant, [1_000_000n, 2_345_678n]);
  await given(house, tenant, await aRaise(house, tenant, { story: '换行\n制表\t反斜杠\\N 与 emoji 💊' }), [7n, 123_456n]);
  await seal();
});
afterAll(async () => {
  await house.close();
  for (const each of targets) await each.drop();
  work.remove();
});

const seal = async (): Promise<void> => {
  while ((await sealAndAnchor(house.owner, state.anchorFile, loadHouseKeys(state.keys).anchorKey)) > 0);
};
let made = 0;
async function aBackup(withKeys = false): Promise<{ folder: string; sha256: string }> {
  const folder = path.join(work.path, `backup-${++made}`);
  const { sha256 } = await writeBackup(sourceUrl, {
    folder,
    state,
    anchorKey: loadHouseKeys(state.keys).anchorKey,
    withKeys,
    version: '0.0.0',
    ...silent,
  });
  return { folder, sha256 };
}
async function anEmptyDatabase(): Promise<FreshDatabase> {
  targets.push(await freshDatabase('template0'));
  return targets.at(-1)!;
}
/** Another machine: the keys by their own way, nothing else. */
function elsewhere(withKeys = true): StateFolders {
  const root = path.join(work.path, `elsewhere-${++made}`);
  mkdirSync(path.join(root, 'keys'), { recursive: true });
  if (withKeys) for (const name of readdirSync(state.keys)) writeFileSync(path.join(root, 'keys', name), readFileSync(path.join(state.keys, name)));
  return { keys: path.join(root, 'keys'), documents: path.join(root, 'documents'), anchorFile: path.join(root, 'anchors', 'audit.jsonl') };
}
async function restored(folder: string, into: FreshDatabase, at: StateFolders): Promise<Restored> {
  return restoreBackup(into.ownerUrl, folder, await proveBackup(folder, at), at, silent);
}
/** Every row of every table as text, but what a restore writes itself. */
async function everything(db: Database): Promise<Record<string, string[]>> {
  const tables = await rows<{ name: string }>(
    db,
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'ledger', 'audit') and tablename not in ('migration', 'link', 'hold') order by 1`,
  );
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    const found = await rows<{ line: string }>(
      db,
      `select t::text as line from ${name} t${name === 'audit.event' ? ` where action <> 'house.restored'` : ''} order by 1`,
    );
    all[name] = found.map((each) => each.line);
  }
  return all;
}
const SCHEMA = `select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint where connamespace::regnamespace::text in ('public', 'ledger', 'audit')
  union all select 'trigger ' || tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal order by 1`;

test('every row, constraint and trigger comes back as it was; books and chain verify; every campaign is held', async () => {
  const { folder } = await aBackup();
  const [into, at] = [await anEmptyDatabase(), elsewhere()];
  const outcome = await restored(folder, into, at);
  expect(outcome).toMatchObject({ differences: [], auditRowsLost: 0n, migratedSince: [], heldCampaigns: 2 });
  const db = connect(into.ownerUrl, { max: 1 });
  try {
    expect(await everything(db)).toEqual(await everything(house.owner));
    expect(await rows(db, SCHEMA)).toEqual(await rows(house.owner, SCHEMA));
    expect(await rows(db, 'select distinct rule from hold where lifted_at is null')).toEqual([{ rule: RESTORED }]);
    // New rows go on after the old ones.
    const next = `select (select last_value from audit.event_seq_seq) > (select max(seq) from audit.event where action <> 'house.restored') as later`;
    expect(await rows(db, next)).toEqual([{ later: true }]);
    await expect(db.raw(`update ledger.transfer set subject = 'x'`)).rejects.toThrow('append-only');
  } finally {
    await db.destroy();
  }
});

test('what is written while the backup runs is in it whole or not at all', async () => {
  const campaignId = await aRaise(house, tenant);
  let done = false;
  const giving = (async () => {
    while (!done) await given(house, tenant, campaignId, [11n, 22n, 33n]);
  })();
  const { folder } = await aBackup();
  done = true;
  await giving;
  expect((await restored(folder, await anEmptyDatabase(), elsewhere())).differences).toEqual([]);
});

test('anchors that outlived their database tell how much is lost, and are kept', async () => {
  const { folder } = await aBackup();
  await given(house, tenant, await aRaise(house, tenant), [5n]);
  await seal();
  const at = elsewhere();
  mkdirSync(path.dirname(at.anchorFile), { recursive: true });
  writeFileSync(at.anchorFile, readFileSync(state.anchorFile));
  const into = await anEmptyDatabase();
  const outcome = await restored(folder, into, at);
  expect(outcome.auditRowsLost).toBeGreaterThan(5n);
  expect(outcome.differences).toEqual([]);
  const kept = readdirSync(path.dirname(at.anchorFile)).find((name) => name.includes('.lost-'))!;
  // An old backup slipped in under the later anchors is named.
  const db = connect(into.ownerUrl, { max: 1 });
  const named = await verifyChain(db, path.join(path.dirname(at.anchorFile), kept), null).finally(() => db.destroy());
  expect(named.map((each) => each.what)).toContain('chain.truncated');
});

describe('what is refused, and leaves the database empty', () => {
  test.each<[string, (folder: string) => void, string]>([
    ['a flipped bit in a table', (f) => flip(path.join(f, 'tables', 'public.gift.copy.gz')), 'public.gift.copy.gz is not what was backed up'],
    ['a table more', (f) => appendFileSync(path.join(f, 'tables', 'public.gift.copy.gz'), 'x'), 'public.gift.copy.gz is not what was backed up'],
    ['a missing table', (f) => rmSync(path.join(f, 'tables', 'audit.event.copy.gz')), 'lacks tables/audit.event.copy.gz'],
    ['an altered manifest', (f) => edit(path.join(f, 'manifest.json'), (text) => text.replace('"0.0.0"', '"0.0.1"')), 'signature'],
    ['a backup cut short', (f) => renameSync(path.join(f, 'manifest.json'), path.join(f, 'manifest.json.part')), 'cut short'],
  ])('%s', async (_what, spoil, words) => {
    const { folder } = await aBackup();
    spoil(folder);
    const into = await anEmptyDatabase();
    await expect(restored(folder, into, elsewhere())).rejects.toThrow(words);
  });

  test('a machine without the keys; with them in the backup it needs none', async () => {
    const without = await aBackup();
    expect(existsSync(path.join(without.folder, 'keys'))).toBe(false);
    await expect(restored(without.folder, await anEmptyDatabase(), elsewhere(false))).rejects.toThrow('keys of this backup are not in');
    const carrying = await aBackup(true);
    expect((await restored(carrying.folder, await anEmptyDatabase(), elsewhere(false))).differences).toEqual([]);
  });

  test('a database in use, and a folder that is not empty', async () => {
    const { folder } = await aBackup();
    await expect(restored(folder, { ...targets[0]!, ownerUrl: sourceUrl }, elsewhere())).rejects.toThrow('in use');
    const options = { folder, state, anchorKey: loadHouseKeys(state.keys).anchorKey, withKeys: false, version: '0.0.0', ...silent };
    await expect(writeBackup(sourceUrl, options)).rejects.toThrow('not empty');
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
}
function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
