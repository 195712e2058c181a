import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { request } from 'undici';
import { type Database, row } from '../database/connect';
import type { House } from '../faults/http';
import type { Stage } from '../faults/load/stage';
import type { RunningSystem } from './system';

const ASK_MS = 300_000;

interface Batch {
  readonly id: string;
  readonly terminal: boolean;
  readonly reconciled: boolean;
  readonly lines: Readonly<Record<string, { readonly count: number }>>;
  readonly proposal: { readonly digest: string } | null;
}

/** What finance's people do with a payout batch, over HTTP. */
export class Finance {
  constructor(
    private readonly house: House,
    private readonly stage: Pick<Stage, 'sessions' | 'tenant'>,
  ) {}

  /** The maker declares a batch of everything that may be paid now. @returns its id. @throws when that is another number of releases. */
  async declare(expected: number): Promise<string> {
    const { count, totalFen, controlSum } = await this.house.once<{ count: number; totalFen: string; controlSum: string }>(
      'GET',
      '/v1/payable-releases',
      { bearer: this.stage.sessions.maker, timeoutMs: ASK_MS },
    );
    if (count !== expected) throw new Error(`${count} releases may be paid, not ${expected}`);
    // The totals make the key: a second batch is another request.
    return (await this.#post<Batch>('/v1/payout-batches', 'maker', { count, totalFen, controlSum }, controlSum)).id;
  }

  /** Takes all payable releases as its lines. */
  async fill(id: string): Promise<void> {
    await this.#post(`/v1/payout-batches/${id}/lines/all-payable`, 'maker');
  }

  /** @returns the digest that is to be signed. */
  async propose(id: string): Promise<string> {
    return (await this.#post<Batch>(`/v1/payout-batches/${id}/proposal`, 'maker')).proposal!.digest;
  }

  /** A checker approves the digest, with a step-up. */
  async sign(id: string, digest: string, who: 'checkerA' | 'checkerB'): Promise<void> {
    const { password } = this.stage.tenant.logins[who];
    const { stepUp } = await this.#post<{ stepUp: string }>('/v1/step-ups', who, { act: 'batch.sign', digest, password }, digest);
    await this.#post(`/v1/payout-batches/${id}/signatures`, who, { digest, decision: 'approve', stepUp });
  }

  /** @returns where the batch stands. */
  batch(id: string): Promise<Batch> {
    return this.house.once<Batch>('GET', `/v1/payout-batches/${id}`, { bearer: this.stage.sessions.maker, timeoutMs: ASK_MS });
  }

  #post<T>(path: string, who: keyof Stage['sessions'], body?: unknown, key = ''): Promise<T> {
    return this.house.once<T>('POST', path, { bearer: this.stage.sessions[who], body, key: `bench ${path} ${who} ${key}`, timeoutMs: ASK_MS });
  }
}

/** Somebody pays into a simulated custody account. @param reference what the bank's line will name. @param from who pays; the channel by its own name. */
export async function creditAccount({ simulators }: RunningSystem, account: string, fen: bigint, reference: string, from = '财付通'): Promise<void> {
  const credit = { reference, amountFen: fen.toString(), counterpartyAccount: '6200000000000000000', counterpartyName: from };
  const answer = await request(`${simulators.url}/sandbox/bank/accounts/${account}/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sandbox-token': simulators.token },
    body: JSON.stringify(credit),
  });
  if (answer.statusCode >= 300) throw new Error(`the bank takes no money: ${await answer.body.text()}`);
  await answer.body.dump();
}

/** The channel's sweep: the money is at the bank, and its push puts it into the books. @param into `fen`: that much more than was there. */
export async function fillCustody(
  db: Database,
  system: RunningSystem,
  into: { readonly tenantId: string; readonly account: string; readonly fen: bigint },
): Promise<void> {
  const custody = async (): Promise<bigint> =>
    (await row<{ fen: bigint }>(db, `select debits_fen - credits_fen as fen from ledger.account where tenant_id = ? and kind = 'custody'`, [
      into.tenantId,
    ]))!.fen;
  const wanted = (await custody()) + into.fen;
  // The bank books a reference once.
  await creditAccount(system, into.account, into.fen, `BENCH${ulid()}`);
  while ((await custody()) < wanted) await pause(100);
}
