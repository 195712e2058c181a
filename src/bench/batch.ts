import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { connect, type Database, row, rows } from '../database/connect';
import { House } from '../faults/http';
import { verifyLedger } from '../ledger/verify';
import { baselineBeside } from './baseline';
import { type Figure, machine, rounded, type Say } from './figure';
import { endPublicity, placeReleases } from './manyReleases';
import { openRaise, type Raise } from './raise';
import { type RunningSystem, withSystem } from './system';

const GROSS_FEN = 10_000n;
const LOOK_MS = 1_000;
const ASK_MS = 300_000;
/** A line takes at most this much of the time before the bench gives up. */
const GIVE_UP_MS_A_LINE = 500;

export interface BatchOptions {
  readonly checkout: string;
  readonly lines: number;
}

interface Batch {
  readonly id: string;
  readonly terminal: boolean;
  readonly reconciled: boolean;
  readonly lines: Readonly<Record<string, { readonly count: number }>>;
  readonly proposal: { readonly digest: string } | null;
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
      await fillCustody(db, system, raise, tenant.account, GROSS_FEN * BigInt(lines));
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

/** The channel's sweep: the money is at the bank, and its push puts it into the books. */
async function fillCustody(db: Database, { simulators }: RunningSystem, raise: Raise, account: string, fen: bigint): Promise<void> {
  const credit = { reference: 'BENCH1', amountFen: fen.toString(), counterpartyAccount: '6200000000000000000', counterpartyName: '财付通' };
  const answer = await request(`${simulators.url}/sandbox/bank/accounts/${account}/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sandbox-token': simulators.token },
    body: JSON.stringify(credit),
  });
  if (answer.statusCode >= 300) throw new Error(`the bank takes no money: ${await answer.body.text()}`);
  await answer.body.dump();
  const custody = async (): Promise<bigint> =>
    (await row<{ fen: bigint }>(db, `select debits_fen - credits_fen as fen from ledger.account where tenant_id = ? and kind = 'custody'`, [
      raise.tenantId,
    ]))!.fen;
  while ((await custody()) < fen) await pause(100);
}

/** Finance's acts, each timed. @returns seconds from the last signature to the last line. */
async function payAll(db: Database, system: RunningSystem, { stage }: Raise, lines: number, say: Say): Promise<number> {
  const { sessions } = stage;
  const house = new House(system.url, () => false);
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    say(`${what}: ${rounded((performance.now() - began) / 1_000)} s`);
    return result;
  };
  const post = <T>(path: string, bearer: string, body?: unknown): Promise<T> =>
    house.once<T>('POST', path, { bearer, body, key: `bench ${path} ${bearer}`, timeoutMs: ASK_MS });
  const figures = await house.once<{ count: number; totalFen: string; controlSum: string }>('GET', '/v1/payable-releases', {
    bearer: sessions.maker,
    timeoutMs: ASK_MS,
  });
  const { count, totalFen, controlSum } = figures;
  if (count !== lines) throw new Error(`${count} releases may be paid, not ${lines}`);
  const { id } = await post<Batch>('/v1/payout-batches', sessions.maker, { count, totalFen, controlSum });
  await timed('lines', () => post(`/v1/payout-batches/${id}/lines/all-payable`, sessions.maker));
  const { digest } = (await timed('proposal', () => post<Batch>(`/v1/payout-batches/${id}/proposal`, sessions.maker))).proposal!;
  const sign = async (who: 'checkerA' | 'checkerB'): Promise<void> => {
    const shown = await post<{ stepUp: string }>('/v1/step-ups', sessions[who], {
      act: 'batch.sign',
      digest,
      password: stage.tenant.logins[who].password,
    });
    await post(`/v1/payout-batches/${id}/signatures`, sessions[who], { digest, decision: 'approve', stepUp: shown.stepUp });
  };
  await timed('first signature', () => sign('checkerA'));
  const began = performance.now();
  await timed('last signature', () => sign('checkerB'));
  for (;;) {
    const batch = await house.once<Batch>('GET', `/v1/payout-batches/${id}`, { bearer: sessions.maker, timeoutMs: ASK_MS });
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
