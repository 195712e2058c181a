import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { connect, type Database, rows } from '../database/connect';
import { APPLICATION_ROLE, migrate } from '../database/migrate';
import { ensureHouseKeys, loadHouseKeys } from '../security/keys';
import { PersonalData } from '../security/personalData';
import { gateQueries } from './gate';
import type { Ground } from './run';

const CONNECTIONS = 8;

/** Opens every connection of the pool and keeps it: one that is opened on the way takes a time that does not follow from the seed. */
async function fill(db: Database): Promise<void> {
  const { pool } = db.client as { pool: { min: number; idleTimeoutMillis: number } };
  [pool.min, pool.idleTimeoutMillis] = [CONNECTIONS, 3_600_000];
  await Promise.all(Array.from({ length: CONNECTIONS }, () => db.raw('select pg_sleep(0.05)')));
}

/** The grounds that seeds run on: databases cloned from one that is migrated once, as the application's role sees them. */
export class Grounds {
  #count = 0;
  #gated = false;

  /** @param adminUrl the owner's URL of the database `postgres`. @param folder where keys are kept. @param template the database that all are cloned from; one that another process prepared. */
  constructor(
    private readonly adminUrl: string,
    private readonly folder: string,
    readonly template = `simulation_${randomBytes(5).toString('hex')}`,
  ) {}

  /** Migrates the database that all are cloned from. */
  async prepare(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const keys = path.join(this.folder, 'keys');
    mkdirSync(keys, { recursive: true });
    // Hashes are sorted by: under a key of its own each run would have another order.
    writeFileSync(path.join(keys, 'lookup-key'), Buffer.alloc(32, 1).toString('base64'), { mode: 0o600 });
    ensureHouseKeys(keys);
    await this.#asOwner(`create database ${this.template}`);
    await this.#asOwner(`alter database ${this.template} set synchronous_commit = off`);
    await migrate(this.#url(this.template));
  }

  /** @returns a fresh ground, and its end. */
  async open(): Promise<Ground & { close(): Promise<void> }> {
    const name = `${this.template}_${process.pid}_${(this.#count += 1)}`;
    await this.#asOwner(`create database ${name} template ${this.template} strategy file_copy`);
    const db = connect(this.#url(name), { max: CONNECTIONS, name: 'simulation', role: APPLICATION_ROLE });
    const watch = connect(this.#url(name), { max: 1, name: 'simulation-watch' });
    this.#gate(db);
    await fill(db);
    return {
      db,
      personalData: new PersonalData(loadHouseKeys(path.join(this.folder, 'keys'))),
      blockedOf: async (pids) => {
        const found = await rows<{ pid: number }>(watch, 'select pid from pg_locks where not granted and pid = any(?)', [[...pids]] as never);
        return new Set(found.map(({ pid }) => pid));
      },
      close: async () => {
        await db.destroy();
        await watch.destroy();
        await this.#asOwner(`drop database if exists ${name} with (force)`);
      },
    };
  }

  /** Removes what `prepare` made. */
  async end(): Promise<void> {
    await this.#asOwner(`drop database if exists ${this.template} with (force)`);
  }

  #gate(db: Database): void {
    if (!this.#gated) gateQueries(db.client as object, true);
    this.#gated = true;
  }

  #url(database: string): string {
    return this.adminUrl.replace(/\/postgres$/, `/${database}`);
  }

  async #asOwner(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.adminUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
