import { type Connection, row, rows } from '../../database/connect';
import { DomainError } from '../../domain/errors';

export type BatchState = 'draft' | 'proposed' | 'approved' | 'rejected' | 'cancelled';

/** Who acts for finance. `name` is how audit rows call them. */
export interface FinancePerson {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
}

export interface BatchRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly maker_id: string;
  readonly declared_count: number;
  readonly declared_fen: bigint;
  readonly declared_sum: bigint;
  readonly emergency_reason: string | null;
  readonly promised_by: Date | null;
  readonly declared_at: Date;
  readonly state: BatchState;
  readonly state_since: Date;
  readonly end_reason: string | null;
}

export interface ProposalRow {
  readonly id: string;
  readonly batch_id: string;
  readonly round: number;
  readonly maker_id: string;
  readonly digest: string;
  readonly line_count: number;
  readonly gross_fen: bigint;
  readonly fee_fen: bigint;
  readonly net_fen: bigint;
  readonly checkers_needed: number;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly superseded_at: Date | null;
  readonly approved_at: Date | null;
}

/** @param options.lock every change of a batch queues here. Its campaigns are locked after it. @throws {DomainError} object.not_found, also for another tenant's. */
export async function batchRow(connection: Connection, id: string, tenantId: string, options: { readonly lock?: boolean } = {}): Promise<BatchRow> {
  const batch = await row<BatchRow>(connection, `select * from payout_batch where id = ? and tenant_id = ?${options.lock ? ' for update' : ''}`, [
    id,
    tenantId,
  ]);
  if (!batch) throw new DomainError('object.not_found', { zh: '没有该付款批次', en: 'There is no such payout batch' });
  return batch;
}

/** @throws {DomainError} batch.wrong_state unless the batch stands in one of `states`. */
export function mustStandIn(batch: BatchRow, states: readonly BatchState[]): void {
  if (states.includes(batch.state)) return;
  throw new DomainError(
    'batch.wrong_state',
    {
      zh: `付款批次处于 ${batch.state}；此操作须在 ${states.join('、')}`,
      en: `The payout batch stands in ${batch.state}; this is done in ${states.join(' or ')}`,
    },
    { state: batch.state },
  );
}

/** @throws {DomainError} batch.other_maker: a batch is its maker's until it is proposed, so that one person answers for what was declared. */
export function mustBeMaker(batch: BatchRow, person: FinancePerson): void {
  if (batch.maker_id === person.id) return;
  throw new DomainError('batch.other_maker', {
    zh: '付款批次由申报它的制单人填报和制单',
    en: 'Who declared a payout batch gives its lines and proposes it',
  });
}

/** @returns the proposal that stands on a batch; null before the first. */
export function standingProposal(connection: Connection, batchId: string): Promise<ProposalRow | null> {
  return row<ProposalRow>(connection, 'select * from payout_batch_proposal where batch_id = ? and superseded_at is null', [batchId]);
}

/** A line that is paid or to be paid. */
export interface IncludedLine {
  readonly seq: number;
  readonly line_id: string;
  readonly release_id: string;
  readonly amount_fen: bigint;
}

/** @returns the lines that are included and not freed, in their order. */
export function includedLines(connection: Connection, batchId: string): Promise<IncludedLine[]> {
  return rows<IncludedLine>(
    connection,
    'select seq, line_id, release_id, amount_fen from payout_batch_line where batch_id = ? and excluded_code is null and freed_at is null order by seq',
    [batchId],
  );
}
