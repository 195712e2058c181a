import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Database, row, rows } from '../database/connect';
import { House } from '../faults/http';
import { verifyLedger } from '../ledger/verify';
import { baselineBeside } from './baseline';
import { type Figure, machine, rounded, type Say } from './figure';
import { fillCustody, Finance } from './finance';
import { endPublicity, placeReleases } from './manyReleases';
import { openRaise, type Raise } from './raise';
import { type RunningSystem, withSystem } from './system';

const GROSS_FEN = 10_000n;
const LOOK_MS = 1_000;
/** A line takes at most this much of the time before the bench gives up. */
const GIVE_UP_MS_A_LINE = 500;

export interface BatchOptions {
  readonly checkout: string;
  readonly lines: number;
}

/**
 * Seconds from the last signature on a payout batch until every line of it is paid and matched with the bank's line: over HTTP, with worker, Temporal, bank and pushes as they run in
 * operation. What was booked is compared with what was signed, and the books are verified. @throws when a line is not paid once.
 */
export async function batchBench({ checkout, lines }: BatchOptions, say: Say): Promise<Figure> {
  return withSystem(checkout, async (system) => {
    const db = connect(system.databaseUrl, { max: 2, name: 'almoner-bench' });
    try {
      const raise = await openRaise(system, db);
      const tenant = (await row<{ account: string; reviewer: string; now: Date }>(
        db,
        `select t.custody_account_number as account, k.now, (select s.id from staff s where s.tenant_id = t.id and s.role = 'reviewer' limit 1) as reviewer
         from tenant t join test_clock k on k.id = t.clock_id where t.id = ?`,
        [raise.tenantId],
      ))!;
      await placeReleases(db, raise, { count: lines, grossFen: GROSS_FEN, reviewerId: tenant.reviewer, at: tenant.now });
      await fillCustody(db, system, { tenantId: raise.tenantId, account: tenant.account, fen: GROSS_FEN * BigInt(lines) });
      // Only now, so that the sweep does not wake ten thousand workflows that wait for money: they begin in the order of operation, long before.
      await endPublicity(db, raise.tenantId);
      say(`${lines} releases wait for finance`);
      const baseline = await baselineBeside(db, system.databaseUrl, say);
      const seconds = await payAll(db, system, raise, lines, say);
      await mustAgree(db, raise, lines);
      say('every line was debited once, and the books add up');
      const server = await row<{ server_version: string }>(db, 'show server_version');
      const ratio = rounded(lines / seconds / baseline.rate, 3);
      return {
        name: `batch of ${lines} lines`,
        value: rounded(seconds),
        unit: 's',
        ratio,
        baseline: `${rounded(baseline.rate)}/s ${baseline.name}`,
        machine: machine(server!.server_version),
      };
    } finally {
      await db.destroy();
    }
  });
}

/** Finance's acts, each timed. @returns seconds from the last signature to the last line. */
async function payAll(db: Database, system: RunningSystem, { stage }: Raise, lines: number, say: Say): Promise<number> {
  const finance = new Finance(new House(system.url, () => false), stage);
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    say(`${what}: ${rounded((performance.now() - began) / 1_000)} s`);
    return result;
  };
  const id = await finance.declare(lines);
  await timed('lines', () => finance.fill(id));
  const digest = await timed('proposal', () => finance.propose(id));
  await timed('first signature', () => finance.sign(id, digest, 'checkerA'));
  const began = performance.now();
  await timed('last signature', () => finance.sign(id, digest, 'checkerB'));
  for (;;) {
    const batch = await finance.batch(id);
    const took = performance.now() - began;
    if (batch.terminal && batch.reconciled) return took / 1_000;
    const counts = Object.entries(batch.lines).map(([state, { count: n }]) => `${state} ${n}`);
    const open = (await rows<{ n: number }>(db, 'select count(*)::int as n from outbox where delivered_at is null'))[0]!.n;
    say(`${rounded(took / 1_000)} s: ${counts.join(', ')}; ${open} notices wait`);
    if (took > 120_000 + lines * GIVE_UP_MS_A_LINE) throw new Error(`not all were paid: ${counts.join(', ')}`);
    await pause(LOOK_MS + lines / 5);
  }
}

async function mustAgree(db: Database, { tenantId }: Raise, lines: number): Promise<void> {
  const paid = (await row<{ payouts: number; debits: number }>(
    db,
    `select (select count(*)::int from payout where tenant_id = :tenant and state = 'succeeded') as payouts,
       (select count(distinct payout_id)::int from bank_line where tenant_id = :tenant and kind = 'payout' and applied_at is not null) as debits`,
    { tenant: tenantId },
  ))!;
  if (paid.payouts !== lines || paid.debits !== lines) throw new Error(`${lines} lines, ${paid.payouts} payouts paid, ${paid.debits} debits matched`);
  const differences = await verifyLedger(db, null);
  if (differences.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(differences.slice(0, 3))}`);
}
