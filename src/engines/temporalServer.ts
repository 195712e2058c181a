import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Launch } from './postgresCluster';
import { StartError } from './startError';

export type TemporalOptions = { port: number; namespace?: string; dataDir?: string; extra?: string[] };

/** Settings of the caller's own Temporal account must not leak into an engine of ours. */
function withoutTemporalSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('TEMPORAL_')));
}

/**
 * @param program Temporal's command-line program
 * @param dataDir its database lies here as `temporal.db`; in memory when left out
 * @returns how to spawn a development server on loopback. SQLite in WAL mode with synchronous NORMAL loses nothing when a process
 * dies; a power cut may cost the last moments, which `almoner repair` restores from Postgres.
 */
export function temporalLaunch(program: string, { port, namespace = 'default', dataDir, extra = [] }: TemporalOptions): Launch {
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn', '--namespace', namespace];
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
 * which an empty file in `dataDir` stands in for.
 */
export function temporalEnvironment(address: string, namespace: string, dataDir: string): NodeJS.ProcessEnv {
  const emptyConfig = path.join(dataDir, 'client.toml');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(emptyConfig, '');
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_CONFIG_FILE: emptyConfig };
}

/** Waits until a server knows its namespace. Throws `StartError` with the last reason when `deadlineMs` passed. */
export async function waitForTemporal(address: string, namespace: string, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      try {
        await connection.withDeadline(Date.now() + 2000, () => connection.workflowService.describeNamespace({ namespace }));
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() >= end) throw new StartError(`Temporal did not answer at ${address} within ${deadlineMs / 1000} s (${(error as Error).message}).`);
      await delay(50);
    }
  }
}
