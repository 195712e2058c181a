import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../engines/ports';

const START_MS = 180_000;

/** A whole Almoner of a benchmark's own, on a real disk: engines, worker, simulators and API as `npm start` brings them up. */
export interface RunningSystem {
  readonly url: string;
  readonly state: string;
  readonly sandboxKey: string;
  /** The owner's way into the database, for filling it and for counting. */
  readonly databaseUrl: string;
  /** Where the world outside is simulated, and the word that opens its handles. */
  readonly simulators: { readonly url: string; readonly token: string };
}

interface Run {
  readonly ready: boolean;
  readonly environment: Record<string, string>;
}

/** Starts a system, lets `work` use it, and ends and removes it whatever happens. @param checkout the folder with `dist/`. */
export async function withSystem<T>(checkout: string, work: (system: RunningSystem) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'almoner-bench-'));
  const state = path.join(folder, 'state');
  mkdirSync(state);
  const names = ['api', 'postgres', 'temporal', 'simulators', 'workerHealth'] as const;
  const ports = {} as Record<(typeof names)[number], number>;
  for (const name of names) ports[name] = await freePort(Object.values(ports));
  const { api, ...kept } = ports;
  writeFileSync(path.join(state, 'ports.json'), JSON.stringify(kept));
  // What was fetched once is not fetched again.
  const cache = path.join(checkout, '.almoner', 'cache');
  mkdirSync(cache, { recursive: true });
  symlinkSync(cache, path.join(state, 'cache'));
  const { NODE_OPTIONS: _options, DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, ...environment } = process.env;
  const log = openSync(path.join(folder, 'start.log'), 'a');
  const supervisor = spawn(process.execPath, [path.join(checkout, 'dist/cli/main.js'), 'start', '--no-demo'], {
    env: { ...environment, PORT: String(api), ALMONER_STATE: state },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  try {
    const run = await ready(supervisor, folder);
    const { sandboxKey } = JSON.parse(readFileSync(path.join(state, 'credentials.json'), 'utf8')) as { sandboxKey: string };
    return await work({
      url: `http://127.0.0.1:${api}`,
      state,
      sandboxKey,
      databaseUrl: run.environment.DATABASE_URL!,
      simulators: { url: run.environment.SIMULATORS_URL!, token: run.environment.SANDBOX_TOKEN! },
    });
  } finally {
    await end(supervisor);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function ready(supervisor: ChildProcess, folder: string): Promise<Run> {
  const file = path.join(folder, 'state', 'run.json');
  for (const began = Date.now(); ; await pause(200)) {
    if (existsSync(file)) {
      const run = JSON.parse(readFileSync(file, 'utf8')) as Run;
      if (run.ready) return run;
    }
    if (supervisor.exitCode !== null || Date.now() - began > START_MS)
      throw new Error(`the system did not start: ${readFileSync(path.join(folder, 'start.log'), 'utf8').slice(-1_000)}`);
  }
}

async function end(supervisor: ChildProcess): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  const gone = new Promise((resolve) => supervisor.once('exit', resolve));
  supervisor.kill('SIGTERM');
  await gone;
}
