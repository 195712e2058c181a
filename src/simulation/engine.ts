import { spawn } from 'node:child_process';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createCluster, ownerUrl, postgresLaunch, waitForPostgres } from '../engines/postgresCluster';
import { freePort } from '../engines/ports';
import { endProcess, markOf } from '../engines/processes';

/**
 * Nothing on this engine outlives the run: it need not reach the disk, nor tell a replica, nor count. Plans are made once: tables stay small, and every
 * function plans its statements anew on each connection otherwise.
 */
const THROW_AWAY = [
  ...['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_level=minimal', 'max_wal_senders=0'],
  ...['max_wal_size=4GB', 'wal_buffers=64MB', 'checkpoint_timeout=1h', 'shared_buffers=512MB', 'bgwriter_lru_maxpages=0'],
  ...['autovacuum=off', 'track_counts=off', 'track_activities=off', 'jit=off', 'plan_cache_mode=force_generic_plan'],
];

/** An embedded Postgres for this run alone. @returns the owner's URL of the database `postgres`, and its end. */
export async function throwAwayPostgres(folder: string): Promise<{ adminUrl: string; end(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  const [data, password] = [path.join(folder, 'postgres'), 'simulation'];
  await createCluster(data, password, false);
  const port = await freePort();
  const launch = postgresLaunch(data, port, THROW_AWAY);
  const log = openSync(path.join(folder, 'postgres.log'), 'a');
  const child = spawn(launch.command, launch.args, { ...launch, cwd: '/', stdio: ['ignore', log, log] });
  const mark = markOf(child.pid ?? 0);
  const adminUrl = ownerUrl(port, password, 'postgres');
  await waitForPostgres(adminUrl, 30_000);
  return {
    adminUrl,
    end: async () => {
      if (mark) await endProcess(mark, { signal: 'SIGQUIT', deadlineMs: 3000 });
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
