import { type Connection, row, rows, type Transaction } from '../database/connect';
import { shanghaiDate } from '../domain/calendar';
import type { PayeeKind } from '../domain/convention/terms';
import { type Clearing, type ClearingLimits, opensAtMs, type Route, routeOf } from '../domain/routing';

type Rail = 'iso20022' | 'cmb';

/** A payout that is being made up. */
export interface RoutedPayout {
  readonly id: string;
  readonly accountId: string;
  readonly amountFen: bigint;
  readonly payeeKind: PayeeKind;
  readonly urgent: boolean;
  readonly windowSpeed: number;
}

/** The ways of a platform's payouts that are being made up, by payout, and the rail of the account that they leave. @param at business time. */
export async function chooseRoutes(
  tx: Transaction,
  tenantId: string,
  payouts: readonly RoutedPayout[],
  limits: ClearingLimits,
  at: Date,
): Promise<{ readonly rail: Rail; readonly routes: ReadonlyMap<string, Route> }> {
  // Payouts that are made up at once may together exceed the day: one looks after the other.
  if (limits.bulkPerDayFen !== null) await tx.raw(`select pg_advisory_xact_lock(hashtext('bulk per day'), hashtext(?))`, [tenantId]);
  const tenant = (await row<{ rail: Rail; fromBank: string; bulkTodayFen: bigint }>(
    tx,
    `select t.custody_rail as rail, t.custody_bank_code as "fromBank",
       (select coalesce(sum(net_fen), 0)::bigint from payout p where :limited and p.tenant_id = t.id and p.clearing = 'beps' and p.state <> 'failed'
        and p.reserved_at >= (:day::date)::timestamp at time zone 'Asia/Shanghai' and p.reserved_at < (:day::date + 1)::timestamp at time zone 'Asia/Shanghai') as "bulkTodayFen"
     from tenant t where t.id = :tenant`,
    { tenant: tenantId, day: shanghaiDate(at.getTime()), limited: limits.bulkPerDayFen !== null },
  ))!;
  const accounts = await rows<{ id: string; code: string }>(tx, 'select id, bank_code as code from payee_account where id = any(?)', [
    payouts.map(({ accountId }) => accountId),
  ] as never);
  const bankOf = new Map(accounts.map(({ id, code }) => [id, code]));
  const routes = new Map<string, Route>();
  let { bulkTodayFen } = tenant;
  for (const payout of payouts) {
    const facts = { ...payout, fromBank: tenant.fromBank, toBank: bankOf.get(payout.accountId)!, bulkTodayFen, nowMs: at.getTime() };
    const route = routeOf(facts, limits);
    if (route.clearing === 'beps') bulkTodayFen += payout.amountFen;
    routes.set(payout.id, route);
  }
  return { rail: tenant.rail, routes };
}

/** When a payout's clearing takes it, from a moment on, epoch ms; that moment where it is open. */
export function openingMs({ clearing }: { readonly clearing: Clearing | null }, limits: ClearingLimits, fromMs: number, windowSpeed: number): number {
  return (clearing && opensAtMs(clearing, limits, fromMs, windowSpeed)) ?? fromMs;
}

/** The rail that a platform's custody account lies behind. */
export async function railOf(connection: Connection, tenantId: string): Promise<Rail> {
  return (await row<{ rail: Rail }>(connection, 'select custody_rail as rail from tenant where id = ?', [tenantId]))!.rail;
}
