import type { Database } from '../database/connect';
import { openAccounts } from '../ledger/post';
import { verifyLedger } from '../ledger/verify';
import { type Baseline, tpcB } from './baseline';
import { type Engine, withEngine } from './engine';
import { type Figure, machine, median, rounded, type Say } from './figure';
import { bytesAGift, campaignId, mustAddUp, postGifts, TENANT, transfersIn, WRITERS } from './posting';

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
      say(`${await transfersIn(db)} gifts stored, ${rounded(await bytesAGift(db))} bytes a gift in ledger and audit, indexes included`);
      mustAddUp(await verifyLedger(db, null));
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
    const { rate: value } = await postGifts(db, campaigns, `${campaigns}-${round}`, { ms: performance.now() + seconds * 1_000 });
    say(`${campaigns} campaign(s), round ${round}: ${rounded(value)} gifts/s; baseline ${rounded(rate)} transactions/s`);
    values.push(value);
    rates.push(rate);
  }
  const [value, rate] = [median(values), median(rates)];
  return { value, ratio: value / rate, baseline: `${rounded(rate)}/s ${baseline.name}` };
}
