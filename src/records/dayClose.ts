import { audit } from '../audit/append';
import { type Connection, row, type Transaction } from '../database/connect';
import { periodStatement } from '../ledger/period';

/**
 * Closes a platform's day, once, when its statement and bill are read. Every account of the platform is held still for the look, so that nothing posted before comes
 * under its number later. @param at business time.
 */
export async function closeDay(tx: Transaction, tenantId: string, day: string, at: Date): Promise<void> {
  if (await dayCloseOf(tx, tenantId, day)) return;
  await tx.raw('select ledger.hold_still(?)', [tenantId]);
  const { accounts, movements, closing, lastTransfer } = await periodStatement(tx, { tenantId }, { from: day, to: day });
  const count = movements.reduce((sum, each) => sum + each.movements, 0);
  const balances = Object.fromEntries(accounts.map((a) => [a.account, a.closingFen.toString()]));
  await tx('day_close').insert({
    tenant_id: tenantId,
    day,
    last_transfer: lastTransfer.toString(),
    movements: count,
    closing: JSON.stringify({ ...balances, raised: closing.raisedFen.toString() }),
    closed_at: at,
  });
  const data = { day, movements: count, lastTransfer, raisedFen: closing.raisedFen, holds: closing.holds };
  await audit(tx, { action: 'day.closed', subject: `day/${tenantId}/${day}`, actor: 'workflow:reconciliation', tenantId, businessAt: at, data });
}

interface DayClose {
  readonly closed_at: Date;
  readonly last_transfer: bigint;
  readonly movements: number;
  readonly closing: Readonly<Record<string, string>>;
}

/** @returns the close of a platform's day; null while it is open. */
export async function dayCloseOf(connection: Connection, tenantId: string, day: string): Promise<DayClose | null> {
  return row<DayClose>(connection, 'select closed_at, last_transfer, movements, closing from day_close where tenant_id = ? and day = ?', [
    tenantId,
    day,
  ]);
}
