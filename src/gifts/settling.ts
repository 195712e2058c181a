import { type Connection, row, rows, type Transaction } from '../database/connect';
import { resolve } from '../records/settlements';

/** A return as our books have it, with the business time of its platform's clock where that is a test clock. */
export interface KnownReturn {
  readonly id: string;
  readonly gift_id: string;
  readonly amount_fen: bigint;
  readonly status: string;
  readonly attempts: number;
  readonly campaign_id: string;
  readonly tenant_id: string;
  readonly channel: string;
  readonly merchant_id: string;
  readonly clock_now: Date | null;
}

/** A return that the channel says came home. */
export interface Came {
  readonly id: string;
  readonly reference: string;
  /** Whether what was said fits what our books have. */
  readonly fits: (known: KnownReturn) => boolean;
}

/** @returns the business time of the return's platform. */
export const nowOf = ({ clock_now }: KnownReturn): Date => clock_now ?? new Date();

function knownReturns(connection: Connection, ids: readonly string[]): Promise<KnownReturn[]> {
  return rows<KnownReturn>(
    connection,
    `select r.id, r.gift_id, r.amount_fen, r.status, r.attempts, r.campaign_id, g.tenant_id, g.channel, merchant_of(t, g.channel) as merchant_id, c.now as clock_now
     from gift_return r join gift g on g.id = r.gift_id join tenant t on t.id = g.tenant_id left join test_clock c on c.id = t.clock_id where r.id = any(?)`,
    [[...ids]] as never,
  );
}

/** @returns what our books have of a return; null for one that they do not know. */
export const knownReturn = async (connection: Connection, id: string): Promise<KnownReturn | null> =>
  (await knownReturns(connection, [id]))[0] ?? null;

/** Settles those of a group that fit, each platform's at its own time. @returns what our books have of each, in the group's order. */
export async function settleTold(tx: Transaction, came: readonly Came[]): Promise<(KnownReturn | null)[]> {
  const known = new Map(
    (
      await knownReturns(
        tx,
        came.map(({ id }) => id),
      )
    ).map((each) => [each.id, each]),
  );
  const fitting = came.filter(({ id, fits }) => known.has(id) && fits(known.get(id)!));
  const tenants = [...new Set(fitting.map(({ id }) => known.get(id)!.tenant_id))].sort();
  for (const tenantId of tenants) {
    const its = fitting.filter(({ id }) => known.get(id)!.tenant_id === tenantId);
    await settle(tx, its, nowOf(known.get(its[0]!.id)!));
  }
  return came.map(({ id }) => known.get(id) ?? null);
}

/** Records that these returns came home; one that is recorded already is skipped. What was owed before, and went to a card since, is owed by nobody any more. */
export async function settle(tx: Transaction, settled: readonly { id: string; reference: string }[], at: Date): Promise<void> {
  await row(tx, 'select settle_returns(?::jsonb, ?)', [JSON.stringify(settled.map(({ id, reference }) => ({ id, reference }))), at]);
  const ended = await rows<Parameters<typeof resolve>[1]>(
    tx,
    `select e.id, e.kind, e.tenant_id, e.campaign_id from money_exception e join gift_return r on r.id = e.subject
     where e.kind = 'owed-back' and e.resolved_at is null and r.status = 'returned' and e.subject = any(?)`,
    [settled.map(({ id }) => id)] as never,
  );
  for (const e of ended) await resolve(tx, e, { how: 'machine', reason: null, by: 'channel', at });
}
