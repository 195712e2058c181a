import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import type { Launch } from './postgresCluster';
import { StartError } from './startError';

/** `uiPort`: where its pages are shown, on loopback; none are when it is left out. */
export type TemporalOptions = { port: number; uiPort?: number; namespace?: string; dataDir?: string; extra?: string[] };

const isTemporalSetting = ([key]: [string, unknown]) => key.startsWith('TEMPORAL_');

/** @returns our environment without the SDK's settings: those of a person's own Temporal account must not leak into an engine of ours. */
export function withoutTemporalSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter((entry) => !isTemporalSetting(entry)));
}

/** @returns the SDK's settings of our environment (`TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, TLS …), to be handed on whole. */
export function temporalSettings(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter(isTemporalSetting)) as Record<string, string>;
}

/**
 * @param program Temporal's command-line program
 * @param dataDir its database lies here as `temporal.db`; in memory when left out
 * @returns how to spawn a development server on loopback. SQLite in WAL mode with synchronous NORMAL loses nothing when a process
 * dies; a power cut may cost the last moments, which `almoner repair` restores from Postgres.
 */
export function temporalLaunch(program: string, { port, uiPort, namespace = 'default', dataDir, extra = [] }: TemporalOptions): Launch {
  const pages = uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--ui-disable-news-fetch'];
  const args = ['server', 'start-dev', ...pages, '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn', '--namespace', namespace];
  const disk: string[] = [];
  if (dataDir) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const database = path.join(dataDir, 'temporal.db');
    disk.push('--db-filename', database, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  }
  return { command: program, args: [...args, ...disk, ...extra], env: withoutTemporalSettings() };
}

/**
 * What a process needs to reach an engine of ours and nothing else: the SDK also reads a configuration file of the user's home,
 * which a file without settings in `dataDir` stands in for.
 */
export function temporalEnvironment(address: string, namespace: string, dataDir: string): Record<string, string> {
  const configFile = path.join(dataDir, 'client.toml');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(configFile, '[profile.default]\n'); // the SDK throws on a file without any profile
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_CONFIG_FILE: configFile };
}

async function askNamespace(options: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await Connection.connect({ ...options, connectTimeout: 2000 });
  try {
    await connection.withDeadline(Date.now() + 2000, () => connection.workflowService.describeNamespace({ namespace }));
  } finally {
    await connection.close();
  }
}

/**
 * Waits until a server knows its namespace. Throws `StartError` with the last reason when `deadlineMs` passed.
 * @param options an address, or what `@temporalio/envconfig` made of the SDK's settings
 */
export async function waitForTemporal(options: ConnectionOptions, namespace: string, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await askNamespace(options, namespace);
    } catch (error) {
      const reason = (error as Error).message;
      if (Date.now() >= end)
        throw new StartError(`Temporal at ${options.address} did not answer for namespace "${namespace}" (${reason}): is it running?`);
      await delay(50);
    }
  }
}
