import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { postgresBinaries } from './postgresBinaries';
import { postgresRunner, postgresUser } from './postgresUser';
import { StartError } from './startError';

const OWNER = 'almoner';

/** A process to be spawned: program, words and whom it runs as. */
export type Launch = { command: string; args: string[]; uid?: number; gid?: number; env: NodeJS.ProcessEnv; cwd?: string };

function launch(program: string, args: string[], mustReach: string[]): Launch {
  const { prefix, ...ids } = postgresRunner(mustReach);
  const words = [...prefix, program, ...args];
  return { command: words[0]!, args: words.slice(1), ...ids, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } };
}

function giveToPostgres(file: string): void {
  const user = postgresUser();
  if (user) chownSync(file, user.uid, user.gid);
}

function run(what: Launch): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(what.command, what.args, { ...what, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${path.basename(what.command)} failed: ${errors.trim()}`))));
  });
}

/** @returns whether this folder holds a complete cluster. */
export function hasCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'PG_VERSION'));
}

/**
 * Creates a cluster with data checksums, UTF-8, locale C and SCRAM passwords for every connection. It is made beside its place and
 * moved there when whole, so that a crash in the middle leaves nothing that looks like a cluster.
 * @param folder where it shall lie
 * @param password of the owner `almoner`
 * @param durable false skips the final sync; for tests only
 */
export async function createCluster(folder: string, password: string, durable = true): Promise<void> {
  const { initdb, native } = postgresBinaries();
  const draft = `${folder}.new`;
  const passwordFile = `${folder}.pw`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  giveToPostgres(draft);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveToPostgres(passwordFile);
  const auth = ['--auth-local=reject', '--auth-host=scram-sha-256', `--username=${OWNER}`, `--pwfile=${passwordFile}`];
  const args = ['-D', draft, ...auth, '--encoding=UTF8', '--locale=C', '--data-checksums', ...(durable ? [] : ['--no-sync'])];
  try {
    await run(launch(initdb, args, [native, path.dirname(folder)]));
    renameSync(draft, folder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param folder a cluster made by `createCluster`
 * @param port on loopback; there is no Unix socket
 * @param settings further `name=value` settings; later ones win
 * @returns how to spawn its server
 */
export function postgresLaunch(folder: string, port: number, settings: string[] = []): Launch {
  const { postgres, native } = postgresBinaries();
  const durable = ['fsync=on', 'full_page_writes=on', 'synchronous_commit=on'];
  const local = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'timezone=UTC', 'log_timezone=UTC'];
  // The server's log names no value: an ERROR may quote one, its DETAIL the whole row, its STATEMENT the rest. Whoever caused it logs it, without them.
  const quiet = ['log_min_messages=log', 'log_error_verbosity=terse', 'log_min_error_statement=panic'];
  const words = [...quiet, ...local, ...durable, ...settings].flatMap((setting) => ['-c', setting]);
  return launch(postgres, ['-D', folder, '-p', String(port), ...words], [native, path.dirname(folder)]);
}

/** @returns the owner's URL of one database on a local cluster. */
export function ownerUrl(port: number, password: string, database = 'almoner'): string {
  return `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Asks a server once. @returns its version, e.g. `18.4`. Throws pg's error when it does not answer. */
export async function postgresVersion(url: string, timeoutMs = 2000): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined); // a server that dies under an open connection is seen by the query itself
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]!.server_version.split(' ')[0]!;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits until a server answers queries; crash recovery is included in the wait. Throws `StartError` with the last reason. */
export async function waitForPostgres(url: string, deadlineMs: number): Promise<string> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await postgresVersion(url);
    } catch (error) {
      if (Date.now() >= end)
        throw new StartError(`Postgres did not answer within ${deadlineMs / 1000} s (${(error as Error).message}): see its log in the state folder.`);
      await delay(50);
    }
  }
}

/** Creates a database unless it is there. @param adminUrl the owner's URL of the database `postgres` on the same server */
export async function ensureDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
