import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { copyOut } from './copy';
import { emptyFolder, filesBelow, keep } from './files';
import { fingerprintsOf } from './keys';
import { type FileEntry, type Manifest, totalsOf, writeManifest } from './manifest';
import { columnList, quoted, sequencesOf, tablesOf } from './tables';

/** What of the state folder is kept beside the database. */
export interface StateFolders {
  readonly keys: string;
  readonly documents: string;
  readonly anchorFile: string;
}

export interface BackupOptions {
  readonly folder: string;
  readonly state: StateFolders;
  readonly anchorKey: KeyObject;
  readonly withKeys: boolean;
  readonly version: string;
  readonly say: (text: string) => void;
}

/** A stored document, and no draft of one. */
const DOCUMENT = /^[0-9A-Z]{2}\/[0-9A-Z]{26}$/;

/** Text that reads the same on every server, whatever the session of who restores it. */
const SETTINGS = `set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; set timezone to 'UTC'; set extra_float_digits to 3; set bytea_output to 'hex'; set statement_timeout to 0`;

/**
 * Writes one consistent export of a running house into a new folder. All tables are read in one snapshot; the anchors are copied before it, so that none is ahead
 * of it, and the documents after it, so that none it names is missing (one too many is harmless).
 * @returns the manifest and the hash of its file. @throws {BackupError} when the folder is not empty.
 */
export async function writeBackup(databaseUrl: string, options: BackupOptions): Promise<{ manifest: Omit<Manifest, 'format'>; sha256: string }> {
  const { folder, state, say } = options;
  await emptyFolder(folder);
  const files: FileEntry[] = [];
  if (existsSync(state.anchorFile)) files.push(await keep(folder, 'anchors/audit.jsonl', createReadStream(state.anchorFile)));
  const client = new Client({ connectionString: databaseUrl, application_name: 'almoner-backup' });
  await client.connect();
  try {
    await client.query(SETTINGS);
    await client.query('begin isolation level repeatable read, read only');
    const head = await headOf(client);
    const tables: Manifest['tables'] = [];
    for (const table of await tablesOf(client)) {
      say(table.name);
      const source = copyOut(client, `copy (select ${columnList(table).slice(1, -1)} from ${quoted(table.name)}) to stdout`);
      const entry = await keep(folder, `tables/${table.name}.copy.gz`, source, { gzip: true });
      files.push(entry);
      tables.push({ name: table.name, columns: [...table.columns], rows: source.rows.toString(), file: entry.path });
    }
    const [sequences, totals] = [await sequencesOf(client), await totalsOf(client)];
    await client.query('commit');
    say('documents');
    files.push(...(await keepFolder(folder, 'documents', state.documents, DOCUMENT)));
    if (options.withKeys) files.push(...(await keepFolder(folder, 'keys', state.keys, /./)));
    const keys = { included: options.withKeys, fingerprints: await fingerprintsOf(state.keys) };
    const manifest = { ...head, version: options.version, tables, sequences, totals, keys, files };
    const bytes = await writeManifest(folder, manifest, options.anchorKey);
    return { manifest, sha256: createHash('sha256').update(bytes).digest('hex') };
  } finally {
    await client.end();
  }
}

async function headOf(client: Client): Promise<Pick<Manifest, 'takenAt' | 'postgres' | 'migrations' | 'businessTimes'>> {
  const when = await client.query<{ now: Date; version: string }>(`select clock_timestamp() as now, current_setting('server_version') as version`);
  const migrations = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration order by name');
  const tenants = await client.query<{ tenantId: string; now: Date }>(
    `select t.id as "tenantId", coalesce(c.now, clock_timestamp()) as now from tenant t left join test_clock c on c.id = t.clock_id order by t.id`,
  );
  const { now, version } = when.rows[0]!;
  return {
    takenAt: now.toISOString(),
    postgres: version,
    migrations: migrations.rows,
    businessTimes: tenants.rows.map((tenant) => ({ tenantId: tenant.tenantId, now: tenant.now.toISOString() })),
  };
}

async function keepFolder(folder: string, name: string, source: string, which: RegExp): Promise<FileEntry[]> {
  const kept: FileEntry[] = [];
  for (const file of (await filesBelow(source)).filter((each) => which.test(each))) {
    // A document may be removed meanwhile, when its time has come.
    if (existsSync(path.join(source, file))) kept.push(await keep(folder, `${name}/${file}`, createReadStream(path.join(source, file))));
  }
  return kept;
}
