import { businessNow } from '../database/clock';
import { row, type Transaction } from '../database/connect';

/** @returns the business time of the platform that a payment, an invoice or a return belongs to: a hospital has none of its own. */
export async function nowOf(tx: Transaction, table: 'payout' | 'surplus_return' | 'invoice', id: string): Promise<Date> {
  const { tenant_id } = (await row<{ tenant_id: string }>(tx, `select tenant_id from ${table} where id = ?`, [id]))!;
  return businessNow(tx, tenant_id);
}
