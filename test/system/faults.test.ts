import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { connect, type Database } from '../../src/database/connect';
import { BAG_SIZE } from '../../src/faults/plan';
import { faultRun, type Outcome, RECOVERY_LIMIT_S, type Seen } from '../../src/faults/run';
import { checkoutRoot } from '../../src/paths';
import { scanForCanaries, type Hit } from '../support/canaries';

/** Every kind of fault once, on real processes; 200 and more by `npm run faults` (docs/faults.md). */
const SEED = Number(process.env.ALMONER_FAULT_SEED ?? 20261124);
const ZERO = { fen_lost: 0, fen_created: 0, double_payments: 0, over_cap_fen: 0, unapproved_payments: 0, callbacks_dropped: 0 };

let outcome: Outcome;
let hits: Hit[];
const planted: Record<string, object> = {};

beforeAll(async () => {
  const told: string[] = [];
  outcome = await faultRun({
    count: BAG_SIZE,
    seed: SEED,
    checkout: checkoutRoot(),
    room: process.env.TEST_RUN_FOLDER!,
    say: (line) => told.push(line),
    afterwards: async (seen) => {
      hits = await scan(seen);
      await plant(seen);
    },
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}\n${told.join('\n')}`, { cause: error });
  });
}, 420_000);

async function scan({ system, canaryWords }: Seen): Promise<Hit[]> {
  const db = connect(system.databaseUrl, { max: 1, name: 'test-canaries' });
  try {
    return await scanForCanaries({
      logsFolder: path.join(system.state, 'logs'),
      temporalFile: path.join(system.state, 'temporal', 'temporal.db'),
      db,
      canaries: canaryWords.map((text) => ({ what: 'of the load', text })),
    });
  } finally {
    await db.destroy();
  }
}

/** Each figure is made wrong where it is looked for, in the very rows and journals, and mended again. */
async function plant(seen: Seen): Promise<void> {
  const owner = connect(seen.system.databaseUrl, { max: 1, name: 'test-planting' });
  const asScored = async (name: string, ...statements: string[]): Promise<void> => {
    await owner.raw(`set session_replication_role = replica`);
    for (const sql of statements) await owner.raw(sql);
    planted[name] = (await seen.judged()).score;
  };
  try {
    await asScored(
      'signature',
      `delete from approval_signature where (approval_id, checker_id) in (select approval_id, min(checker_id) from approval_signature where approval_id = ${PAID} group by approval_id)`,
    );
    await asScored('line', `delete from bank_line where ctid in (select ctid from bank_line where kind = 'collection' limit 1)`);
    await asScored('gift', `delete from gift where id = (select min(id) from gift where status = 'paid')`);
    await asScored(
      'cap',
      'alter table campaign drop constraint never_above_the_ask',
      `update campaign set ask_fen = 1 where id = (select min(id) from campaign where raised_fen > 1)`,
    );
    await asScored(
      'transfer',
      `update ledger.transfer set amount_fen = amount_fen + 1 where id = (select min(id) from ledger.transfer where kind = 'gift-credited')`,
    );
    planted.missing = { n: (await seen.missing()).length };
    const journal = path.join(seen.system.state, 'simulators', 'bank.jsonl');
    const booked = readFileSync(journal, 'utf8')
      .split('\n')
      .find((line) => line.includes('"type":"booked"'))!;
    appendFileSync(journal, `${booked}\n`);
    planted.debit = (await seen.judged()).score;
    await leak(owner, seen.canaryWords[0]!);
    planted.canary = { n: (await seen.canaries()).length };
  } finally {
    await owner.destroy();
  }
}

const PAID = `(select approval_id from payout where state = 'succeeded' order by id limit 1)`;

const leak = (owner: Database, word: string): Promise<unknown> =>
  owner('money_exception').insert({ id: 'PLANTED', tenant_id: 'T', kind: 'planted', subject: 'planted', data: JSON.stringify({ word }) });

test('nothing is lost, made, paid twice or unapproved, and everything that was acknowledged is there', () => {
  expect(outcome.wrong).toEqual([]);
  const { recovery_p99_s: recovery, ...counts } = outcome.scoreboard;
  const faults = outcome.scoreboard.faults;
  expect(counts).toEqual({ seed: SEED, faults, ...ZERO, canary_hits: 0 });
  // Without a disk of its own to fill, that one fault is left out and said so.
  expect(faults).toBeGreaterThanOrEqual(BAG_SIZE - 1);
  expect(recovery).toBeLessThanOrEqual(RECOVERY_LIMIT_S);
  expect(recovery).toBeGreaterThan(0);
  expect(outcome.storiesEnded).toBeGreaterThan(3);
});

test('the house’s own scanner finds nothing of the load in logs, histories and tables either', () => {
  expect(hits).toEqual([]);
});

test('each figure of the scoreboard sees what was planted for it', () => {
  expect(planted.signature).toMatchObject({ ...ZERO, unapproved_payments: 1 });
  expect(planted.line).toMatchObject({ callbacks_dropped: 1 });
  expect(planted.gift).toMatchObject({ callbacks_dropped: 2, fen_lost: expect.any(Number) });
  expect((planted.gift as typeof ZERO).fen_lost).toBeGreaterThan(0);
  expect((planted.cap as typeof ZERO).over_cap_fen).toBeGreaterThan(0);
  expect((planted.transfer as typeof ZERO).fen_created).toBeGreaterThan(0);
  expect((planted.debit as typeof ZERO).double_payments).toBe(1);
  expect(planted.missing).toEqual({ n: expect.any(Number) });
  expect((planted.missing as { n: number }).n).toBeGreaterThanOrEqual(2);
  expect((planted.canary as { n: number }).n).toBeGreaterThan(0);
});
