import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import { existsSync } from 'node:fs';
import { request } from 'undici';
import type { Config } from '../../config';
import { type Database, row } from '../../database/connect';

export interface Health {
  readonly db: Database;
  readonly temporal: Client;
  readonly config: Config;
  readonly isMigrated: () => Promise<boolean>;
}

/** How long one dependency may take to answer, ms. */
const PATIENCE_MS = 3_000;

/** `/healthz`: alive. `/readyz`: migrated, engines, a worker, the simulators and the sandbox's keys are there; names each that is not. */
export function mountHealth(app: Express, { db, temporal, config, isMigrated }: Health): void {
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'alive' });
  });
  app.get('/readyz', async (_req, res) => {
    const checks: Record<string, Promise<unknown>> = {
      postgres: row(db, 'select 1'),
      migrations: isMigrated().then((yes) => mustBe(yes, 'not applied')),
      temporal: temporal.workflowService.getSystemInfo({}),
      worker: config.workerHealthUrl ? ok(`${config.workerHealthUrl}/healthz`) : Promise.resolve(),
      simulators: config.simulatorsUrl ? ok(`${config.simulatorsUrl}/healthz`) : Promise.resolve(),
      sandboxKeys: Promise.resolve().then(() => mustBe(!config.simulatorsUrl || existsSync(config.paths.credentialsFile), 'not made yet')),
    };
    const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const));
    const ready = results.every(([, said]) => said === 'ok');
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) });
  });
}

async function outcome(check: Promise<unknown>): Promise<string> {
  const timer = new AbortController();
  const late = new Promise<string>((resolve) => {
    const handle = setTimeout(() => resolve('no answer'), PATIENCE_MS);
    timer.signal.addEventListener('abort', () => clearTimeout(handle));
  });
  const said = await Promise.race([
    check.then(
      () => 'ok',
      (error: Error) => `failed: ${(error as { code?: string }).code ?? error.name}`,
    ),
    late,
  ]);
  timer.abort();
  return said;
}

async function ok(url: string): Promise<void> {
  const response = await request(url, { headersTimeout: PATIENCE_MS });
  await response.body.dump();
  mustBe(response.statusCode === 200, `status ${response.statusCode}`);
}

function mustBe(holds: boolean, otherwise: string): void {
  if (!holds) throw Object.assign(new Error(otherwise), { code: otherwise });
}
