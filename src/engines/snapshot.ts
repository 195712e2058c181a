import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { StatePaths } from '../paths';
import { readJson, writeWhole } from './files';
import { signalProcess } from './processes';
import { childMarks, type RunFile } from './runFile';

/** What goes with the database into a snapshot, as long as nobody writes it. */
const FOLDERS = ['temporal', 'simulators', 'documents', 'keys', 'anchors', 'credentials.json'] as const;

/** Of each platform, how many rows of a kind it has: what tells a house that holds more than when it was copied. */
export type Holdings = Readonly<Record<string, string>>;
interface Manifest {
  readonly takenAt: string;
  readonly holdings: Holdings;
}

const folderOf = (paths: StatePaths): string => path.join(paths.root, 'seeded');
const manifestOf = (paths: StatePaths): string => path.join(folderOf(paths), 'manifest.json');

/** @returns what the snapshot says of itself, or undefined when there is none. */
export const readSnapshot = (paths: StatePaths): Manifest | undefined => readJson<Manifest>(manifestOf(paths));

/** Owner, mode and times stay: Postgres takes no folder of somebody else. */
function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${from} could not be copied: ${stderr.trim()}`);
}

/**
 * Copies the whole state of a running house with engines of its own. Api, worker, simulators and Temporal stand still meanwhile, so their files are those of a
 * machine that lost its power then, from which each of them comes back; Postgres is copied by its own way of backing up a running server.
 * Source: PostgreSQL 18, "Making a Base Backup Using the Low Level API".
 * @param databaseUrl its owner's
 */
export async function takeSnapshot(paths: StatePaths, run: RunFile, databaseUrl: string, holdings: Holdings): Promise<void> {
  const draft = `${folderOf(paths)}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const still = childMarks(run).filter(({ name }) => name !== 'postgres');
  for (const { mark } of still) signalProcess(mark, 'SIGSTOP');
  try {
    await copyPostgres(paths, draft, databaseUrl);
    for (const name of FOLDERS) if (existsSync(path.join(paths.root, name))) copy(path.join(paths.root, name), path.join(draft, name));
  } finally {
    for (const { mark } of still) signalProcess(mark, 'SIGCONT');
  }
  writeWhole(path.join(draft, 'manifest.json'), JSON.stringify({ takenAt: new Date().toISOString(), holdings }));
  rmSync(folderOf(paths), { recursive: true, force: true });
  renameSync(draft, folderOf(paths));
}

async function copyPostgres(paths: StatePaths, draft: string, databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  const to = path.join(draft, 'postgres');
  await client.connect();
  try {
    await client.query(`select pg_backup_start('demonstration', true)`);
    copy(paths.postgres, to);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    // The journal up to the end of the copy; what was recycled meanwhile is in the first one.
    copy(`${path.join(paths.postgres, 'pg_wal')}/.`, path.join(to, 'pg_wal'));
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(path.join(to, name), { force: true });
    const label = path.join(to, 'backup_label');
    writeFileSync(label, rows[0]!.labelfile, { mode: 0o600 });
    const { uid, gid } = statSync(path.join(to, 'PG_VERSION'));
    chownSync(label, uid, gid);
  } finally {
    await client.end();
  }
}

/** Puts the snapshot in the place of what is there. Nothing may run on the state. */
export function restoreSnapshot(paths: StatePaths): void {
  for (const name of ['postgres', ...FOLDERS]) {
    const place = path.join(paths.root, name);
    const kept = path.join(folderOf(paths), name);
    rmSync(place, { recursive: true, force: true });
    if (existsSync(kept)) copy(kept, place);
  }
}
