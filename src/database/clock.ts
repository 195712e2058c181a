import { type Connection, row } from './connect';

/**
 * Business time of a tenant: its test clock's, or the wall's. Business time never comes from the database's own now().
 * @returns epoch milliseconds.
 */
export async function businessNow(connection: Connection, tenantId: string): Promise<Date> {
  const clock = await row<{ now: Date | null }>(connection, 'select c.now from tenant t left join test_clock c on c.id = t.clock_id where t.id = ?', [
    tenantId,
  ]);
  return clock?.now ?? new Date();
}
