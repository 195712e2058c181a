import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { type Database, row } from '../database/connect';
import type { Campaign } from '../faults/load/answers';
import { Journal } from '../faults/journal';
import { makeHospital, submit } from '../faults/load/stage';
import { People } from '../faults/people';
import type { Say } from './figure';
import { creditAccount, fillCustody, Finance } from './finance';
import { placeCases } from './manyCases';
import { endPublicity, placeReleases } from './manyReleases';
import { drawPairs, type PaperPair } from './paperPair';
import { giveAll, openRaise, type Raise } from './raise';
import type { RunningSystem } from './system';

const GROSS_FEN = 10_000n;
/** Paid before anything is measured: payouts for the lists. */
const PAID_LINES = 30;
const SMALL_LINES = 500;
const GIFTS = 400;
const UNKNOWN_CREDITS = 120;
const DAY_MS = 86_400_000;
const QUIET_MS = 1_200_000;

export interface Sizes {
  readonly cases: number;
  readonly lines: number;
}

/** What the screens show. */
export interface FullHouse {
  readonly raise: Raise;
  /** Waits for its audit with two versions of a scan of one page, and another with two of a document of twenty. */
  readonly scanCase: string;
  readonly pagesCase: string;
  readonly titles: readonly string[];
  readonly batch: string;
  readonly smallBatch: string;
}

/**
 * Brings a house to where its lists are long: cases that wait for a reviewer, a paid batch, one batch of 500 lines and one of `lines` with the checkers, money that
 * nobody can name, days that are closed. People's acts go over HTTP; only what would take a year of submissions and reviews is copied in the database.
 */
export async function fillHouse(db: Database, system: RunningSystem, browser: Browser, { cases, lines }: Sizes, say: Say): Promise<FullHouse> {
  const raise = await openRaise(system, db);
  const { scan, pages } = await drawPairs(browser);
  const hospital = await makeHospital(propsOf(system, raise), raise.tenantId);
  const [scanCase, pagesCase] = [await openCase(system, raise, hospital, 'scan', scan), await openCase(system, raise, hospital, 'pages', pages)];
  await giveAll(system, raise, GIFTS);
  const { account, reviewer, clock } = (await row<{ account: string; reviewer: string; clock: string }>(
    db,
    `select t.custody_account_number as account, t.clock_id as clock, (select s.id from staff s where s.tenant_id = t.id and s.role = 'reviewer' limit 1) as reviewer
     from tenant t where t.id = ?`,
    [raise.tenantId],
  ))!;
  const now = async (): Promise<Date> => (await row<{ now: Date }>(db, 'select now from test_clock where id = ?', [clock]))!.now;
  // Before anything is copied: copies have no workflows that a clock could wake.
  await raise.house.once('POST', `/v1/sandbox/clocks/${clock}/advance`, {
    bearer: system.sandboxKey,
    body: { to: new Date((await now()).getTime() + 2 * DAY_MS).toISOString() },
    timeoutMs: QUIET_MS,
  });
  // Once the channel has swept all that it owes: before, they would be taken for its money.
  for (let n = 0; n < UNKNOWN_CREDITS; n += 1) await creditAccount(system, account, BigInt(100 + n), `UNKNOWN${n}`, '演示付款人');
  const finance = new Finance(raise.house, raise.stage);
  const batchOf = async (count: number): Promise<{ id: string; digest: string }> => {
    await placeReleases(db, raise, { count, grossFen: GROSS_FEN, reviewerId: reviewer, at: await now() });
    await fillCustody(db, system, { tenantId: raise.tenantId, account, fen: GROSS_FEN * BigInt(count) });
    await endPublicity(db, raise.tenantId);
    say(`${count} releases wait for finance`);
    const id = await finance.declare(count);
    await finance.fill(id);
    return { id, digest: await finance.propose(id) };
  };
  const paid = await batchOf(PAID_LINES);
  for (const who of ['checkerA', 'checkerB'] as const) await finance.sign(paid.id, paid.digest, who);
  while (!(await finance.batch(paid.id)).reconciled) await pause(200);
  say(`${PAID_LINES} lines are paid, ${GIFTS} gifts and ${UNKNOWN_CREDITS} unknown credits are booked, two days are closed`);
  const small = await batchOf(SMALL_LINES);
  const large = await batchOf(lines);
  const ids = await placeCases(db, scanCase, cases - 2);
  say(`${cases} cases wait for a reviewer, batches of ${SMALL_LINES} and ${lines} lines for their checkers`);
  await quiet(db);
  return {
    raise,
    scanCase,
    pagesCase,
    titles: ids.slice(0, 100).map((id) => id.slice(-8)),
    batch: large.id,
    smallBatch: small.id,
  };
}

const propsOf = (system: RunningSystem, { house }: Raise) => ({ house, sandboxKey: system.sandboxKey, people: new People(), journal: new Journal() });

/** A case as its platform submits it, with a document in two versions; the machine has reported on them. @returns its id. */
async function openCase(
  system: RunningSystem,
  raise: Raise,
  { institution }: Awaited<ReturnType<typeof makeHospital>>,
  name: string,
  { mediaType, versions }: PaperPair,
): Promise<string> {
  const plot = { name, payee: 'institution', batches: [10_000], gifts: 0, askFen: 30_000_000n, complaint: false } as const;
  const { platformKey } = raise.stage.tenant;
  const { id } = await submit(propsOf(system, raise), raise.stage.tenant, institution, plot, `bench ${name}`);
  for (const body of versions) {
    const answer = await request(`${system.url}/v1/campaigns/${id}/documents/uploads?kind=receipts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${platformKey}`, 'content-type': mediaType },
      body,
    });
    if (answer.statusCode !== 201) throw new Error(`a ${mediaType} was not taken: ${await answer.body.text()}`);
    await answer.body.dump();
  }
  for (;;) {
    const { report } = await raise.house.until<Campaign & { report: { current: boolean } | null }>('GET', `/v1/campaigns/${id}`, {
      bearer: platformKey,
    });
    if (report?.current) return id;
    await pause(200);
  }
}

/**
 * Until every word is delivered and every event sealed: what is measured afterwards has the machine to itself. The copied releases have no workflows, and what these would hear of their batch is put
 * aside: in operation they are begun one by one over months.
 */
async function quiet(db: Database): Promise<void> {
  await db.raw(`update outbox set delivered_at = now() where delivered_at is null and workflow_type = 'release'`);
  for (const began = Date.now(); ; await pause(500)) {
    const { words, events } = (await row<{ words: number; events: number }>(
      db,
      `select (select count(*)::int from outbox where delivered_at is null) as words,
         (select count(*)::int from audit.event e where e.seq > coalesce((select max(event_seq) from audit.link), 0)) as events`,
    ))!;
    if (words === 0 && events === 0) return;
    if (Date.now() - began > QUIET_MS) throw new Error(`${words} words and ${events} events still wait`);
  }
}
