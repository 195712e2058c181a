import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { connect, type Database, inTransaction, rows } from '../../src/database/connect';
import { APPLICATION_ROLE, migrate } from '../../src/database/migrate';
import { type AccountRef, CAMPAIGN_ACCOUNTS, post, TENANT_ACCOUNTS, type Transfer } from '../../src/ledger/post';
import { throwAwayPostgres } from '../../src/simulation/engine';
import { openHouseAccounts, sqlStateOf, theBooksBalance, transfer } from '../support/ledger';

// The next engine spreads campaigns over instances by their id. What the ledger promises must then hold with nothing but one instance's transaction at a time:
// a campaign's money and its side of the platform's accounts stand on its own instance, and the platform's figures are the sums.
const WRITERS = 8;
const CAMPAIGNS = Array.from({ length: 12 }, (_, i) => `campaign-${i}`);
const folder = mkdtempSync(path.join(tmpdir(), 'almoner-spread-'));
let engines: Awaited<ReturnType<typeof throwAwayPostgres>>[];
let instances: Database[];

beforeAll(async () => {
  engines = await Promise.all(['a', 'b'].map((name) => throwAwayPostgres(path.join(folder, name))));
  await Promise.all(engines.map(({ adminUrl }) => migrate(adminUrl)));
  instances = engines.map(({ adminUrl }) => connect(adminUrl, { max: 2 * WRITERS, name: 'test-spread', role: APPLICATION_ROLE }));
  for (const [i, db] of instances.entries()) await openHouseAccounts(db, 't1', ...CAMPAIGNS.filter((id) => instanceOf(id) === i));
}, 300_000);
afterAll(async () => {
  for (const db of instances) await db.destroy();
  for (const engine of engines) await engine.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Where a campaign lives, by its id alone. */
const instanceOf = (campaignId: string): number => createHash('sha256').update(campaignId).digest()[0]! % 2;
const atHome = (campaignId: string): Database => instances[instanceOf(campaignId)]!;

interface Standing {
  readonly kind: string;
  readonly campaign_id: string | null;
  readonly debits_fen: bigint;
  readonly credits_fen: bigint;
}

const standings = async (): Promise<Standing[]> =>
  (await Promise.all(instances.map((db) => rows<Standing>(db, 'select * from ledger.account')))).flat();

test('campaigns live on both instances, each on one', async () => {
  expect(new Set(CAMPAIGNS.map(instanceOf))).toEqual(new Set([0, 1]));
  const homes = (await standings()).filter(({ campaign_id, kind }) => campaign_id !== null && kind === 'held').map(({ campaign_id }) => campaign_id);
  expect(homes.sort()).toEqual([...CAMPAIGNS].sort());
});

test('many writers over both: no movement lost, none twice, and the sums over the instances are what was accepted', async () => {
  const refs: (AccountRef['kind'] | 'none')[] = [...TENANT_ACCOUNTS, ...CAMPAIGN_ACCOUNTS];
  const [calls] = fc.sample(
    fc.array(fc.tuple(fc.constantFrom(...CAMPAIGNS), fc.constantFrom(...refs), fc.constantFrom(...refs), fc.integer({ min: 1, max: 500 })), {
      minLength: 400,
      maxLength: 400,
    }),
    { seed: 62, numRuns: 1 },
  );
  const accountOf = (kind: string, campaignId: string): AccountRef =>
    (CAMPAIGN_ACCOUNTS as readonly string[]).includes(kind) ? ({ kind, campaignId } as AccountRef) : ({ kind } as AccountRef);
  const accepted: Transfer[] = [];
  const outcomes: Record<string, number> = {};
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let i = next++; i < calls!.length; i = next++) {
      const [campaignId, debit, credit, amount] = calls![i]!;
      const gift = transfer({ key: `gift/${i}`, amountFen: 300n, credit: { kind: 'held', campaignId } });
      const move = transfer({
        key: `move/${i}`,
        debit: accountOf(debit, campaignId),
        credit: accountOf(credit, campaignId),
        amountFen: BigInt(amount),
      });
      const both = debit === credit ? [gift] : [gift, move];
      // Sent twice at once, as a callback is that was not answered in time.
      const codes = await Promise.all([0, 1].map(() => sqlStateOf(inTransaction(atHome(campaignId), (tx) => post(tx, both, 'test')))));
      for (const code of codes) outcomes[code] = (outcomes[code] ?? 0) + 1;
      if (codes.includes('none')) accepted.push(...both);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  expect(Object.keys(outcomes).sort()).toEqual(['23514', 'none']);
  const all = await standings();
  const sum = (side: 'debit' | 'credit', ref: AccountRef): bigint =>
    accepted.reduce((fen, t) => (JSON.stringify(t[side]) === JSON.stringify(ref) ? fen + t.amountFen : fen), 0n);
  for (const ref of [
    ...TENANT_ACCOUNTS.map((kind) => ({ kind })),
    ...CAMPAIGNS.flatMap((campaignId) => CAMPAIGN_ACCOUNTS.map((kind) => ({ kind, campaignId }))),
  ]) {
    const mine = all.filter(({ kind, campaign_id }) => kind === ref.kind && campaign_id === ('campaignId' in ref ? ref.campaignId : null));
    const total = (side: 'debits_fen' | 'credits_fen'): bigint => mine.reduce((fen, account) => fen + account[side], 0n);
    expect([ref, total('debits_fen'), total('credits_fen')]).toEqual([ref, sum('debit', ref), sum('credit', ref)]);
  }
  for (const db of instances) await theBooksBalance(db);
});

test('a call that goes to the wrong instance is refused and posts nothing, and its key is free where it belongs', async () => {
  const [here, there] = [CAMPAIGNS.find((id) => instanceOf(id) === 0)!, CAMPAIGNS.find((id) => instanceOf(id) === 1)!];
  const astray = transfer({ key: 'astray', credit: { kind: 'held', campaignId: there } });
  expect(await sqlStateOf(post(atHome(here), [transfer({ key: 'with it', credit: { kind: 'held', campaignId: here } }), astray], 'test'))).toBe(
    'AL002',
  );
  expect(await post(atHome(there), [astray], 'test')).toBe(1);
  expect(await post(atHome(there), [astray], 'test')).toBe(0);
  for (const db of instances) await theBooksBalance(db);
});
