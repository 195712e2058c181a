import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { request } from 'undici';
import type { Config } from '../../config';
import { type Database, row } from '../../database/connect';
import { scrape, showsToken } from '../../observability/metrics';

export interface Health {
  readonly db: Database;
  readonly temporal: Client;
  readonly config: Config;
  readonly isMigrated: () => Promise<boolean>;
  /** True once the process was told to end: it takes no new work. */
  readonly isEnding: () => boolean;
}

/** How long one dependency may take to answer, ms. */
const PATIENCE_MS = 3_000;

/**
 * `/healthz`: alive. `/readyz`: not ending, migrated, engines, a worker, the folder of documents, the simulators and the sandbox's keys are there; names
 * each that is not. `/metrics`: the numbers, for who shows the token.
 */
export function mountHealth(app: Express, { db, temporal, config, isMigrated, isEnding }: Health): void {
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'alive' });
  });
  app.get('/readyz', async (_req, res) => {
    const checks: Record<string, Promise<unknown>> = {
      process: Promise.resolve().then(() => mustBe(!isEnding(), 'ending')),
      postgres: row(db, 'select 1'),
      migrations: isMigrated().then((yes) => mustBe(yes, 'not applied')),
      temporal: temporal.workflowService.getSystemInfo({}),
      worker: config.workerHealthUrl ? ok(`${config.workerHealthUrl}/healthz`) : Promise.resolve(),
      documents: mkdir(config.paths.documents, { recursive: true }).then(() => access(config.paths.documents, constants.W_OK)),
      simulators: config.simulatorsUrl ? ok(`${config.simulatorsUrl}/healthz`) : Promise.resolve(),
      sandboxKeys: Promise.resolve().then(() => mustBe(!config.simulatorsUrl || existsSync(config.paths.credentialsFile), 'not made yet')),
    };
    const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const));
    const ready = results.every(([, said]) => said === 'ok');
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) });
  });
  app.get('/metrics', async (req, res) => {
    if (!showsToken(req.get('authorization'), config.metricsToken)) {
      res.status(401).set('WWW-Authenticate', 'Bearer').end();
      return;
    }
    const { type, text } = await scrape(db, true);
    res.set('Content-Type', type).send(text);
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
