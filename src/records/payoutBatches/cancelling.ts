import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { rows, type Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { tellAll } from '../manyNotices';
import { lockReleases } from '../payable';
import { batchRow, type FinancePerson, mustStandIn } from './rows';
import { LINE_STATE, LINES_WITH_STATE } from './states';

interface Unsent {
  readonly release_id: string;
  readonly approval_id: string | null;
  readonly payout_id: string | null;
}

/**
 * Takes back what the bank has not heard of: its sheets are void, its releases are free for another batch or for themselves. What was sent goes its way; the bank link has no recall.
 * @returns how many lines were withdrawn. @throws {DomainError} batch.wrong_state when it is over, or everything is with the bank.
 */
export async function cancelBatch(tx: Transaction, maker: FinancePerson, batchId: string, reason: string): Promise<number> {
  const batch = await batchRow(tx, batchId, maker.tenantId, { lock: true });
  mustStandIn(batch, ['draft', 'proposed', 'approved']);
  const held = await rows<{ release_id: string }>(
    tx,
    'select release_id from payout_batch_line where batch_id = ? and excluded_code is null and freed_at is null',
    [batchId],
  );
  await lockReleases(
    tx,
    held.map((line) => line.release_id),
  );
  const unsent = await unsentLines(tx, batchId);
  if (batch.state === 'approved' && unsent.length === 0)
    throw new DomainError(
      'batch.wrong_state',
      { zh: '本批次没有尚未送交银行的行；已送出的不能撤回', en: 'No line waits to be sent; what is with the bank cannot be taken back' },
      { state: batch.state },
    );
  const at = await businessNow(tx, maker.tenantId);
  await tx.raw(`update approval set voided_at = ?, void_reason = 'the payout batch was cancelled' where id = any(?) and voided_at is null`, [
    at,
    unsent.flatMap((line) => line.approval_id ?? []),
  ] as never);
  await tx.raw(
    'update payout_batch_line set freed_at = ? where batch_id = ? and release_id = any(?) and excluded_code is null and freed_at is null',
    [at, batchId, unsent.map((line) => line.release_id)] as never,
  );
  await tx('payout_batch').where('id', batchId).update({ state: 'cancelled', state_since: at, end_reason: reason });
  // A payout that was made up finds its sheet void as it is about to be sent, ends, and its release asks for signatures again.
  await tellAll(
    tx,
    unsent.flatMap(({ payout_id: id }) =>
      id === null ? [] : ([{ workflow: 'transfer', tenantId: batch.tenant_id, id, notice: 'cancelled', cause: batchId }] as const),
    ),
  );
  await audit(tx, {
    action: 'batch.cancelled',
    subject: `payout-batch/${batchId}`,
    actor: maker.name,
    tenantId: batch.tenant_id,
    businessAt: at,
    data: { state: batch.state, withdrawn: unsent.length },
  });
  return unsent.length;
}

/** Under the locks of the campaigns, which whoever sends takes too: a payout that is reserved here has not left. */
function unsentLines(tx: Transaction, batchId: string): Promise<Unsent[]> {
  return rows<Unsent>(
    tx,
    `select l.release_id, b.id as approval_id, case when p.state = 'reserved' then p.id end as payout_id ${LINES_WITH_STATE}
     where l.batch_id = ? and l.excluded_code is null and l.freed_at is null and ${LINE_STATE} in ('waiting', 'proposed', 'changed', 'approved', 'reserved')`,
    [batchId],
  );
}
