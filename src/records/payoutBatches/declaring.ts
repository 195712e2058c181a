import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, type Transaction } from '../../database/connect';
import { HOUR_MS } from '../../domain/calendar';
import type { FinancePerson } from './rows';

/** What the urgent lane promises: paid within this of the declaration (Convention 2.0 practice: ICU and major surgery, 6 h). */
const PROMISE_HOURS = 6;

/** What a maker says of a batch before any line is there. */
export interface Declaration {
  readonly count: number;
  readonly totalFen: bigint;
  readonly controlSum: bigint;
  /** Why it cannot wait its turn; null: it can. */
  readonly emergency: string | null;
}

/** Declares a batch. @returns its id. */
export async function declareBatch(tx: Transaction, maker: FinancePerson, declared: Declaration): Promise<string> {
  const at = await businessNow(tx, maker.tenantId);
  const tenant = (await row<{ window_speed: number }>(tx, 'select window_speed from tenant where id = ?', [maker.tenantId]))!;
  const promisedBy = declared.emergency === null ? null : new Date(at.getTime() + (PROMISE_HOURS * HOUR_MS) / tenant.window_speed);
  const id = ulid();
  await tx('payout_batch').insert({
    id,
    tenant_id: maker.tenantId,
    maker_id: maker.id,
    declared_count: declared.count,
    declared_fen: declared.totalFen.toString(),
    declared_sum: declared.controlSum.toString(),
    emergency_reason: declared.emergency,
    promised_by: promisedBy,
    declared_at: at,
    state_since: at,
  });
  await audit(tx, {
    action: 'batch.declared',
    subject: `payout-batch/${id}`,
    actor: maker.name,
    tenantId: maker.tenantId,
    businessAt: at,
    data: { lines: declared.count, grossFen: declared.totalFen, controlSum: declared.controlSum, dueAt: promisedBy },
  });
  return id;
}
