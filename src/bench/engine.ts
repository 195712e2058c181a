import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type Database } from '../database/connect';
import { migrate } from '../database/migrate';
import { freePort } from '../engines/ports';
import { createCluster, ensureDatabase, ownerUrl, postgresLaunch, waitForPostgres } from '../engines/postgresCluster';

const READY_MS = 60_000;
const END_MS = 30_000;

/** A Postgres of a benchmark's own: fresh, on a free port, durable as in operation (fsync, full_page_writes and synchronous_commit on). */
export interface Engine {
  readonly version: string;
  /** The owner's URL of another database of the same server, made when it is not there. */
  database(name: string): Promise<string>;
  /** The house's own database, migrated, as the application sees it. @param max connections. */
  house(max: number): Promise<{ readonly db: Database; readonly ownerUrl: string }>;
}

/** Runs `work` on an engine of its own, and removes the engine whatever happens. */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'almoner-bench-'));
  // The server runs as another user than root and must reach its data.
  chmodSync(folder, 0o755);
  const [password, port] = [randomBytes(16).toString('hex'), await freePort()];
  let server: ChildProcess | undefined;
  try {
    const data = path.join(folder, 'postgres');
    await createCluster(data, password);
    const { command, args, ...options } = postgresLaunch(data, port);
    const log = openSync(path.join(folder, 'postgres.log'), 'a');
    server = spawn(command, args, { cwd: '/', ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const version = await waitForPostgres(ownerUrl(port, password, 'postgres'), READY_MS);
    const database = async (name: string): Promise<string> => {
      await ensureDatabase(ownerUrl(port, password, 'postgres'), name);
      return ownerUrl(port, password, name);
    };
    return await work({
      version,
      database,
      house: async (max) => {
        const url = await database('almoner');
        await migrate(url, { appPassword: password });
        const app = url.replace(/\/\/[^@]+@/, `//almoner_app:${password}@`);
        return { db: connect(app, { max, name: 'almoner-bench' }), ownerUrl: url };
      },
    });
  } finally {
    if (server) await end(server);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** A fast shutdown of the server that was started here; by force when it does not end. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  const force = setTimeout(() => server.kill('SIGQUIT'), END_MS);
  await gone;
  clearTimeout(force);
}
