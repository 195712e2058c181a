import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { request } from 'undici';
import type { Config } from '../../config';
import { type Database, row } from '../../database/connect';
import { scrape, showsToken } from '../../observability/metrics';
import { within } from '../ending';

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
/** An outcome is given again for so long, ms: whoever asks often does not have the dependencies asked as often. */
const KEPT_MS = 500;
/** From here on the audit chain is behind, s: it is sealed every second. */
const UNSEALED_S = 60;
/** Less room than this is little, bytes. */
const LITTLE_ROOM = 512 * 1024 * 1024;

/** What the house rests on. `needed`: without it this process is not ready; else it is told and the house goes on. */
interface Check {
  readonly needed: boolean;
  readonly ask: () => Promise<unknown>;
}
/** What became of asking one thing. */
export interface Outcome {
  readonly state: 'ok' | 'failed';
  readonly ms: number;
  /** A code, never a message. */
  readonly why?: string;
}

/** @returns what each thing that the house rests on answered, and how long it took. */
export async function lookAtAll(health: Pick<Health, 'db' | 'temporal' | 'config' | 'isMigrated'>): Promise<Record<string, Outcome>> {
  const looked = Object.entries(checksOf(health)).map(async ([name, { ask }]) => [name, await outcome(ask)] as const);
  return Object.fromEntries(await Promise.all(looked));
}

function checksOf({ db, temporal, config, isMigrated }: Pick<Health, 'db' | 'temporal' | 'config' | 'isMigrated'>): Readonly<Record<string, Check>> {
  const needed = (ask: () => Promise<unknown>): Check => ({ needed: true, ask });
  const told = (ask: () => Promise<unknown>): Check => ({ needed: false, ask });
  return {
    postgres: needed(() => row(db, 'select 1')),
    migrations: needed(async () => mustBe(await isMigrated(), 'not applied')),
    // With a deadline: without, the client goes on trying long after nobody waits for it.
    temporal: needed(() => temporal.withDeadline(Date.now() + PATIENCE_MS, () => temporal.workflowService.getSystemInfo({}))),
    worker: needed(async () => config.workerHealthUrl && (await ok(`${config.workerHealthUrl}/healthz`))),
    documents: needed(async () => {
      await mkdir(config.paths.documents, { recursive: true });
      await access(config.paths.documents, constants.W_OK);
    }),
    simulators: needed(async () => config.simulatorsUrl && (await ok(`${config.simulatorsUrl}/healthz`))),
    sandboxKeys: needed(async () => mustBe(!config.simulatorsUrl || existsSync(config.paths.credentialsFile), 'not made yet')),
    room: told(async () => {
      const { bavail, bsize } = await statfs(config.paths.root);
      mustBe(bavail * bsize >= LITTLE_ROOM, 'little room');
    }),
    auditChain: told(async () => {
      const oldest = await row<{ s: number | null }>(
        db,
        `select extract(epoch from clock_timestamp() - min(recorded_at))::float8 as s from audit.event
         where seq > coalesce((select event_seq from audit.link order by position desc limit 1), 0)`,
      );
      mustBe((oldest?.s ?? 0) < UNSEALED_S, 'behind');
    }),
  };
}

/**
 * `/healthz`: alive. `/readyz`: not ending, migrated, engines, a worker, the folder of documents, the simulators and the sandbox's keys are there; names
 * each that is not, and what is not well besides. Who shows the metrics' token is told how long each took, and why it failed. `/metrics`: the numbers.
 */
export function mountHealth(app: Express, health: Health): void {
  const { db, config, isEnding } = health;
  const checks = checksOf(health);
  const lookAll = (): Promise<Record<string, Outcome>> => lookAtAll(health);
  let looked: { readonly atMs: number; readonly outcomes: Promise<Record<string, Outcome>> } | null = null;
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'alive' });
  });
  app.get('/readyz', async (req, res) => {
    if (!looked || Date.now() - looked.atMs >= KEPT_MS) looked = { atMs: Date.now(), outcomes: lookAll() };
    const outcomes: Record<string, Outcome> = {
      process: isEnding() ? { state: 'failed', ms: 0, why: 'ending' } : { state: 'ok', ms: 0 },
      ...(await looked.outcomes),
    };
    const ready = Object.entries(outcomes).every(([name, { state }]) => state === 'ok' || checks[name]?.needed === false);
    const states = Object.fromEntries(Object.entries(outcomes).map(([name, { state }]) => [name, state]));
    const details = showsToken(req.get('authorization'), config.metricsToken) ? { details: outcomes } : {};
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks: states, ...details });
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

async function outcome(ask: () => Promise<unknown>): Promise<Outcome> {
  const began = performance.now();
  const failed = (why: string) => ({ state: 'failed', why }) as const;
  const said = await within(
    PATIENCE_MS,
    ask().then(
      () => ({ state: 'ok' }) as const,
      (error: Error) => failed((error as { code?: string | number }).code?.toString() ?? error.name),
    ),
  );
  return { ...(said ?? failed('no answer')), ms: Math.round(performance.now() - began) };
}

async function ok(url: string): Promise<void> {
  const response = await request(url, { headersTimeout: PATIENCE_MS });
  await response.body.dump();
  mustBe(response.statusCode === 200, `status ${response.statusCode}`);
}

function mustBe(holds: boolean, otherwise: string): void {
  if (!holds) throw Object.assign(new Error(otherwise), { code: otherwise });
}
