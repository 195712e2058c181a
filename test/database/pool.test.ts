import { DatabaseWire } from '../../src/faults/wires/databaseWire';
import { connect, type Database, inTransaction, row } from '../../src/database/connect';
import { freePort } from '../../src/engines/ports';
import { type FreshDatabase, freshDatabase } from '../support/database';

/** Reliability row 3: a pool whose server's backends died, under load, serves again without a restart (Knex pools have stuck on that). */
let fresh: FreshDatabase;
let owner: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  owner = connect(fresh.ownerUrl, { max: 2, name: 'test-owner' });
  await owner.raw('create table tick (n integer primary key)');
  await owner.raw('grant select, insert on tick to almoner_app');
});
afterAll(async () => {
  await owner.destroy();
  await fresh.drop();
});

const TERMINATIONS = 100;

test('a hundred terminations under load: the same pool goes on, and every acknowledged row is there', async () => {
  const pool = connect(fresh.appUrl, { max: 8, name: 'test-pool' });
  const acknowledged: number[] = [];
  let next = 0;
  let failed = 0;
  let isOver = false;
  const write = async (): Promise<void> => {
    while (!isOver) {
      const n = (next += 1);
      await inTransaction(pool, async (tx) => {
        await tx.raw('select pg_sleep(0.002)');
        await tx.raw('insert into tick values (?)', [n]);
      }).then(
        () => acknowledged.push(n),
        () => (failed += 1),
      );
    }
  };
  const load = Array.from({ length: 12 }, write);
  for (let killed = 0; killed < TERMINATIONS; killed += 1) {
    await owner.raw(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-pool'`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const before = acknowledged.length;
  const began = Date.now();
  while (acknowledged.length < before + 100) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(Date.now() - began).toBeLessThan(10_000);
  isOver = true;
  await Promise.all(load);
  expect(failed).toBeGreaterThan(TERMINATIONS);
  const { there } = (await row<{ there: bigint }>(owner, 'select count(*) as there from tick where n = any(?)', [acknowledged]))!;
  expect(Number(there)).toBe(acknowledged.length);
  // Nothing of it hangs on: every connection can be had at once.
  await Promise.all(Array.from({ length: 8 }, () => pool.raw('select 1')));
  await pool.destroy();
}, 60_000);

test('a server that is away and comes back is found again by the same pool', async () => {
  const url = new URL(fresh.appUrl);
  const port = await freePort();
  const wire = new DatabaseWire(port, Number(url.port));
  await wire.open();
  url.port = String(port);
  const pool = connect(url.href, { max: 4, name: 'test-away' });
  await pool.raw('select 1');
  wire.refuse(true);
  await expect(pool.raw('select 1')).rejects.toThrow();
  wire.refuse(false);
  expect(await row(pool, 'select 1 as one')).toEqual({ one: 1 });
  await pool.destroy();
  await wire.close();
}, 60_000);
