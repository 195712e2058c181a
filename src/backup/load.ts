import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { Client } from 'pg';
import { createGunzip } from 'node:zlib';
import { migrate } from '../database/migrate';
import { copyIn } from './copy';
import { placeOf } from './files';
import { BackupError, type Manifest, totalsOf } from './manifest';
import { columnList, guardsOf, quoted, tablesOf } from './tables';

/** Two restores of one database wait for each other. */
const LOCK = `select pg_advisory_xact_lock(hashtext('almoner.restore'))`;

/** @throws {BackupError} when the database holds anything that is not a mere migrated schema, or is ahead of the backup. */
export async function mustBeEmpty(databaseUrl: string, manifest: Manifest): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'almoner-restore' });
  await client.connect();
  try {
    const tables = await tablesOf(client);
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('public.migration') is not null as there`);
    if (!rows[0]!.there) {
      if (tables.length > 0) throw new BackupError('The database holds tables that are not Almoner’s: a backup is restored into an empty one.');
      return;
    }
    for (const name of ['audit.event', 'tenant', 'staff', 'campaign']) {
      const table = tables.find((each) => each.name === name || each.name === `public.${name}`);
      if (table && (await client.query(`select 1 from ${quoted(table.name)} limit 1`)).rowCount !== 0)
        throw new BackupError(`The database is in use (${name} has rows): a backup is restored into an empty one.`);
    }
    const applied = await client.query<{ name: string }>('select name from migration order by name');
    const known = new Set(manifest.migrations.map((migration) => migration.name));
    const ahead = applied.rows.find(({ name }) => !known.has(name));
    if (ahead) throw new BackupError(`The database has migration ${ahead.name}, which the backup has not: give it an empty database.`);
  } finally {
    await client.end();
  }
}

/**
 * Loads a backup into an empty database: the schema as it was, all rows in one transaction, then what has been migrated since.
 * @param options.appPassword lets the application's role log in. @returns the migrations applied after the data.
 * @throws {BackupError} when the schema, a count or a sum does not come out as it was; then nothing is kept.
 */
export async function loadBackup(
  databaseUrl: string,
  folder: string,
  manifest: Manifest,
  options: { readonly appPassword?: string; readonly say: (text: string) => void },
): Promise<string[]> {
  const { appPassword } = options;
  await migrate(databaseUrl, { appPassword, upTo: manifest.migrations.at(-1)?.name ?? '' });
  const client = new Client({ connectionString: databaseUrl, application_name: 'almoner-restore' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`set local statement_timeout to 0; set local timezone to 'UTC'; set local datestyle to 'ISO, YMD'`);
    await client.query(LOCK);
    await sameSchema(client, manifest);
    const guards = await guardsOf(client);
    for (const statement of guards.takeOff) await client.query(statement);
    // Rows that migrations made are in the backup too, as they stood then.
    await client.query(`truncate ${manifest.tables.map((table) => quoted(table.name)).join(', ')}`);
    for (const table of manifest.tables) {
      options.say(table.name);
      const source = pipeline(createReadStream(placeOf(folder, table.file)), createGunzip(), () => undefined);
      const rows = await copyIn(client, `copy ${quoted(table.name)} ${columnList(table)} from stdin`, source);
      if (rows.toString() !== table.rows) throw new BackupError(`${table.name}: ${rows} rows came in, ${table.rows} were backed up.`);
    }
    for (const { name, value } of manifest.sequences) await client.query('select setval($1::regclass, $2::bigint)', [quoted(name), value]);
    for (const statement of guards.putOn) await client.query(statement);
    const totals = JSON.stringify(await totalsOf(client));
    if (totals !== JSON.stringify(manifest.totals))
      throw new BackupError(`The sums do not come out: ${totals} is not ${JSON.stringify(manifest.totals)}.`);
    await client.query('commit');
  } finally {
    await client.end();
  }
  return (await migrate(databaseUrl, { appPassword })).applied;
}

async function sameSchema(client: Client, manifest: Manifest): Promise<void> {
  const applied = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration order by name');
  const different = manifest.migrations.find(({ name, sha256 }) => applied.rows.find((each) => each.name === name)?.sha256 !== sha256);
  if (different)
    throw new BackupError(
      `This programme does not know migration ${different.name} as the backup has it: restore with the version that wrote it (${manifest.version}), or a later one.`,
    );
  const here = new Map((await tablesOf(client)).map((table) => [table.name, new Set(table.columns)]));
  for (const { name, columns } of manifest.tables) {
    const missing = columns.find((column) => !here.get(name)?.has(column));
    if (missing) throw new BackupError(`${name} has no column ${missing} here.`);
  }
}
