import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sealAndAnchor, verifyChain } from '../audit/chain';
import { type Database, inTransaction, row } from '../database/connect';
import { openAccounts, post } from '../ledger/post';
import { verifyLedger } from '../ledger/verify';
import { tpcB } from './baseline';
import { withEngine } from './engine';
import { type Figure, machine, rounded, type Say } from './figure';
import { campaignId, giftOf, TENANT, WRITERS } from './posting';

const CAMPAIGNS = 100;
/** A group of operation in quiet hours: fifty thousand audit rows for a million transfers. */
const GROUP = 20;
const BASELINE_S = 8;

/**
 * What `almoner verify` does over a ledger of `transfers` rows: every check of the books, then the whole audit chain against its anchors.
 * The figure is seconds; its ratio is transfers verified a second ÷ the baseline's transactions a second.
 * @throws when something differs, or an altered row is not found.
 */
export async function verifyBench(transfers: number, say: Say): Promise<Figure> {
  const folder = mkdtempSync(path.join(tmpdir(), 'almoner-bench-anchors-'));
  try {
    return await withEngine(async (engine) => {
      const { db } = await engine.house(WRITERS + 1);
      try {
        const baseline = await tpcB(await engine.database('tpcb'), 1);
        const rate = await baseline.run(BASELINE_S);
        say(`baseline ${rounded(rate)} transactions/s`);
        await fill(db, transfers);
        const [anchorFile, { privateKey }] = [path.join(folder, 'audit.jsonl'), generateKeyPairSync('ed25519')];
        const sealing = await seconds(async () => {
          while ((await sealAndAnchor(db, anchorFile, privateKey)) > 0);
        });
        const size = (await row<{ rows: bigint; links: bigint }>(
          db,
          'select (select count(*) from ledger.transfer) as rows, (select count(*) from audit.link) as links',
        ))!;
        say(`${size.rows} transfers, ${size.links} links sealed in ${rounded(sealing.took)} s`);
        const books = await seconds(() => verifyLedger(db, null));
        const chain = await seconds(() => verifyChain(db, anchorFile, privateKey));
        const differences = [...books.result, ...chain.result];
        if (differences.length > 0) throw new Error(`untouched books differ: ${JSON.stringify(differences.slice(0, 3))}`);
        const value = books.took + chain.took;
        say(`books ${rounded(books.took)} s, chain ${rounded(chain.took)} s, no difference`);
        const ratio = rounded(transfers / value / rate, 2);
        const told = `${rounded(rate)}/s ${baseline.name}`;
        return { name: `verify ${size.rows} transfers`, value: rounded(value), unit: 's', ratio, baseline: told, machine: machine(engine.version) };
      } finally {
        await db.destroy();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(db: Database, transfers: number): Promise<void> {
  await openAccounts(db, TENANT, null);
  for (let n = 0; n < CAMPAIGNS; n += 1) await openAccounts(db, TENANT, campaignId(n));
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let from = next; from < transfers; from = next) {
      next += GROUP;
      const group = Array.from({ length: Math.min(GROUP, transfers - from) }, (_, i) =>
        giftOf(`${from + i}`, campaignId(Math.floor((from + i) / GROUP) % CAMPAIGNS), from + i),
      );
      await inTransaction(db, (tx) => post(tx, group, 'bench'));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  await db.raw('analyze ledger.transfer');
}

async function seconds<T>(work: () => Promise<T>): Promise<{ readonly took: number; readonly result: T }> {
  const began = performance.now();
  const result = await work();
  return { took: (performance.now() - began) / 1_000, result };
}
