import { type Connection, row, rows, type Transaction } from '../database/connect';
import { shanghaiDate } from '../domain/calendar';
import type { PayeeKind } from '../domain/convention/terms';
import { type Clearing, type ClearingLimits, opensAtMs, type Route, routeOf } from '../domain/routing';
import { type Wallet, walletRoute } from '../domain/wallets';

type Rail = 'iso20022' | 'cmb';

/** A payout that is being made up. */
export interface RoutedPayout {
  readonly id: string;
  readonly accountId: string;
  readonly amountFen: bigint;
  readonly payeeKind: PayeeKind;
  readonly urgent: boolean;
  readonly windowSpeed: number;
  /** To this wallet, and not to the account. */
  readonly wallet: Wallet | null;
}

/** By which rail, and which way there. */
export type Way = Route & { readonly rail: Rail | Wallet };

/** The ways of a platform's payouts that are being made up, by payout. @param at business time. */
export async function chooseRoutes(
  tx: Transaction,
  tenantId: string,
  payouts: readonly RoutedPayout[],
  limits: ClearingLimits,
  at: Date,
): Promise<ReadonlyMap<string, Way>> {
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
  const ways = new Map<string, Way>();
  let { bulkTodayFen } = tenant;
  for (const payout of payouts) {
    if (payout.wallet !== null) {
      ways.set(payout.id, { ...(await walletDay(tx, tenantId, payout.wallet, payout.amountFen, at)), rail: payout.wallet });
      continue;
    }
    const facts = { ...payout, fromBank: tenant.fromBank, toBank: bankOf.get(payout.accountId)!, bulkTodayFen, nowMs: at.getTime() };
    const route = routeOf(facts, limits);
    if (route.clearing === 'beps') bulkTodayFen += payout.amountFen;
    ways.set(payout.id, { ...route, rail: tenant.rail });
  }
  return ways;
}

/** Chooses the day of a payout to a wallet beside those that stand. Such payouts are made up one by one: no payout batch holds any. */
async function walletDay(tx: Transaction, tenantId: string, wallet: Wallet, amountFen: bigint, at: Date): Promise<Route> {
  await tx.raw(`select pg_advisory_xact_lock(hashtext('wallet per day'), hashtext(?))`, [`${tenantId}/${wallet}`]);
  const terms = await row<{ day_fen: bigint }>(tx, 'select day_fen from wallet_terms where tenant_id = ? and wallet = ?', [tenantId, wallet]);
  const planned = await rows<{ day: string; fen: bigint }>(
    tx,
    `select to_char(coalesce(waits_until, reserved_at) at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, sum(net_fen)::bigint as fen from payout
       where tenant_id = :tenant and rail = :wallet and clearing = 'wallet' and state <> 'failed'
         and coalesce(waits_until, reserved_at) >= (:day::date)::timestamp at time zone 'Asia/Shanghai' group by 1`,
    { tenant: tenantId, wallet, day: shanghaiDate(at.getTime()) },
  );
  return walletRoute(amountFen, terms!.day_fen, new Map(planned.map(({ day, fen }) => [day, fen])), at.getTime());
}

/** When a payout's clearing takes it, from a moment on, epoch ms; that moment where it is open. */
export function openingMs(
  { clearing, waits_until: waitsUntil }: { readonly clearing: Clearing | null; readonly waits_until: Date | null },
  limits: ClearingLimits,
  fromMs: number,
  windowSpeed: number,
): number {
  // A wallet's day was chosen as the payout was made up, and stays.
  if (clearing === 'wallet') return Math.max(fromMs, waitsUntil?.getTime() ?? 0);
  return (clearing && opensAtMs(clearing, limits, fromMs, windowSpeed)) ?? fromMs;
}

/** The rail that a platform's custody account lies behind. */
export async function railOf(connection: Connection, tenantId: string): Promise<Rail> {
  return (await row<{ rail: Rail }>(connection, 'select custody_rail as rail from tenant where id = ?', [tenantId]))!.rail;
}
