import { type Connection, row, rows } from '../../database/connect';
import { DomainError } from '../../domain/errors';

/**
 * SQL: a line's part of its batch is over, so that the release may go another way: the batch paid it, failed to, or what was signed is void.
 * Of a line `l`, by its newest sheet in the batch.
 */
const OVER = `coalesce((select b.approved_at is not null and (a.voided_at is not null or coalesce(p.state in ('succeeded', 'failed', 'returned'), false))
  from approval a join payout_batch_proposal b on b.id = a.batch_proposal_id left join payout p on p.approval_id = a.id
  where a.release_id = l.release_id and b.batch_id = l.batch_id order by b.round desc limit 1), false)`;

/** Frees releases that batches hold and have done with. @param at business time. */
export async function freeWhatIsOver(tx: Connection, releaseIds: readonly string[], at: Date): Promise<void> {
  await tx.raw(
    `update payout_batch_line l set freed_at = :at where l.release_id = any(:ids) and l.excluded_code is null and l.freed_at is null and ${OVER}`,
    { at, ids: [...releaseIds] } as never,
  );
}

/** @returns those of the releases that a batch holds and has not done with: giving them to another leaves them out. */
export async function heldByBatches(connection: Connection, releaseIds: readonly string[]): Promise<ReadonlySet<string>> {
  const held = await rows<{ id: string }>(
    connection,
    `select l.release_id as id from payout_batch_line l where l.release_id = any(?) and l.excluded_code is null and l.freed_at is null and not ${OVER}`,
    [[...releaseIds]] as never,
  );
  return new Set(held.map(({ id }) => id));
}

/**
 * A release goes one way at a time: in a payout batch, or by itself.
 * @throws {DomainError} release.in_batch while a batch holds it. A batch that has done with it lets it go.
 */
export async function mustBeInNoBatch(tx: Connection, releaseId: string, at: Date): Promise<void> {
  await freeWhatIsOver(tx, [releaseId], at);
  const held = await row<{ batch_id: string }>(
    tx,
    'select batch_id from payout_batch_line where release_id = ? and excluded_code is null and freed_at is null',
    [releaseId],
  );
  if (held)
    throw new DomainError(
      'release.in_batch',
      {
        zh: `该笔拨付在付款批次 ${held.batch_id} 中，随批次制单和复核；须单独办理的，先撤销该批次`,
        en: `The release is in payout batch ${held.batch_id} and is made and checked with it; cancel the batch to pay it by itself`,
      },
      { batchId: held.batch_id },
    );
}
