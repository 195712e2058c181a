import { type Database, rows } from '../database/connect';
import type { PayoutRow } from '../records/releases';
import type { SubmitPoint } from './transfer';

/**
 * The sandbox's fault points: the worker SIGKILLs itself where a tenant's script says, once. The fault is recorded as fired before the shot.
 * @param enabled false outside the sandbox: then no point does anything.
 */
export function createFaultPoints(db: Database, enabled: boolean): (point: SubmitPoint, payout: PayoutRow) => Promise<void> {
  return async (point, payout) => {
    if (!enabled) return;
    const fired = await rows(
      db,
      `update worker_fault f set fired_at = now() from tenant t
       where t.id = f.tenant_id and t.kind = 'sandbox' and f.tenant_id = ? and f.point = ? and f.fired_at is null
         and f.payout = (select count(*) from payout p where p.tenant_id = f.tenant_id and p.reserved_at <= ? and p.id <= ?) returning f.id`,
      [payout.tenant_id, point, payout.reserved_at, payout.id],
    );
    if (fired.length > 0) process.kill(process.pid, 'SIGKILL');
  };
}
