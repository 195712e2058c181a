import { type Database, inTransaction, row } from '../database/connect';
import { openAccounts, post, type Transfer } from '../ledger/post';
import { verifyLedger } from '../ledger/verify';
import { type Baseline, tpcB } from './baseline';
import { type Engine, withEngine } from './engine';
import { type Figure, machine, median, rounded, type Say } from './figure';

const TENANT = 'bench';
/** As large as the groups of operation (gifts/groupCommit.ts). */
const GROUP = 200;
/** Who posts at once: as one hot campaign's row lock serialises them, two keep the server busy. */
const WRITERS = 3;
const ROUNDS = 3;

export interface LedgerOptions {
  /** How long each of the measurements runs, s. */
  readonly seconds: number;
  readonly campaigns: number;
}

/**
 * Gifts a second through `ledger.post`, the only function that writes the ledger: each with its own key, each group durable with its audit row before it is
 * counted. One hot campaign is the figure; many campaigns, and the bytes that a gift takes, are told beside it.
 * @throws when the books do not add up afterwards.
 */
export async function ledgerBench({ seconds, campaigns }: LedgerOptions, say: Say): Promise<Figure> {
  return withEngine(async (engine) => {
    const { db } = await engine.house(WRITERS + 1);
    try {
      await openAccounts(db, TENANT, null);
      for (let n = 0; n < campaigns; n += 1) await openAccounts(db, TENANT, campaignId(n));
      const hot = await paired(engine, db, 1, 1, seconds, say);
      const many = await paired(engine, db, campaigns, 20, seconds, say);
      say(`${campaigns} campaigns: ${rounded(many.value)} gifts/s, ${rounded(many.ratio, 2)} × ${many.baseline}`);
      await sayBytes(db, say);
      const differences = await verifyLedger(db, null);
      const told = differences.filter(({ what }) => what !== 'campaign.raised' && what !== 'gift.posted');
      if (told.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(told.slice(0, 3))}`);
      return {
        name: 'ledger',
        value: rounded(hot.value),
        unit: 'gifts/s',
        ratio: rounded(hot.ratio, 2),
        baseline: hot.baseline,
        machine: machine(engine.version),
      };
    } finally {
      await db.destroy();
    }
  });
}

/** Baseline and ledger in turn, so that a machine that grows slower meanwhile is slower for both. */
async function paired(
  engine: Engine,
  db: Database,
  campaigns: number,
  scale: number,
  seconds: number,
  say: Say,
): Promise<{ value: number; ratio: number; baseline: string }> {
  const baseline: Baseline = await tpcB(await engine.database(`tpcb_${scale}`), scale);
  const [values, rates]: [number[], number[]] = [[], []];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const rate = await baseline.run(seconds);
    const value = await postFor(db, campaigns, seconds, `${campaigns}-${round}`);
    say(`${campaigns} campaign(s), round ${round}: ${rounded(value)} gifts/s; baseline ${rounded(rate)} transactions/s`);
    values.push(value);
    rates.push(rate);
  }
  const [value, rate] = [median(values), median(rates)];
  return { value, ratio: value / rate, baseline: `${rounded(rate)}/s ${baseline.name}` };
}

/** @returns gifts a second that were acknowledged within `seconds`. @throws when the ledger holds another number of them. */
async function postFor(db: Database, campaigns: number, seconds: number, round: string): Promise<number> {
  const before = await transfers(db);
  const began = performance.now();
  const until = began + seconds * 1_000;
  let [sent, turn] = [0, 0];
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; performance.now() < until; n += 1) {
      const group = groupOf(`${round}/${name}/${n}`, campaigns, turn++);
      const posted = await inTransaction(db, (tx) => post(tx, group, 'bench'));
      sent += posted;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name)));
  const tookMs = performance.now() - began;
  const stored = (await transfers(db)) - before;
  if (stored !== BigInt(sent)) throw new Error(`${sent} gifts were acknowledged and ${stored} are stored`);
  return sent / (tookMs / 1_000);
}

/** A group as the poster makes it; over many campaigns each group goes to as many as it has gifts. */
function groupOf(name: string, campaigns: number, turn: number): Transfer[] {
  const businessAt = new Date();
  return Array.from({ length: GROUP }, (_, i) => ({
    key: `gift/${name}/${i}/credited`,
    kind: 'gift-credited',
    tenantId: TENANT,
    subject: `gift/${name}/${i}`,
    debit: { kind: 'clearing' },
    credit: { kind: 'held', campaignId: campaignId((turn * GROUP + i) % campaigns) },
    amountFen: BigInt(100 + (i % 9_900)),
    businessAt,
  }));
}

const campaignId = (n: number): string => `bench-${n}`;

async function transfers(db: Database): Promise<bigint> {
  return (await row<{ n: bigint }>(db, 'select count(*) as n from ledger.transfer'))!.n;
}

/** What a gift takes on disk in ledger and audit, indexes and all. */
async function sayBytes(db: Database, say: Say): Promise<void> {
  const size = await row<{ bytes: bigint; n: bigint }>(
    db,
    `select pg_total_relation_size('ledger.transfer') + pg_total_relation_size('ledger.posting') + pg_total_relation_size('audit.event') as bytes, (select count(*) from ledger.transfer) as n`,
  );
  say(`${size!.n} gifts stored, ${rounded(Number(size!.bytes) / Number(size!.n))} bytes a gift in ledger and audit, indexes included`);
}
