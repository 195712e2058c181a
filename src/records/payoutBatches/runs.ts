import { type Connection, row, rows } from '../../database/connect';
import { tellAll } from '../manyNotices';
import type { BatchRow, ProposalRow } from './rows';

/** An approved proposal on its way to the bank. */
export interface Run {
  readonly proposalId: string;
  readonly batchId: string;
  readonly tenantId: string;
}

/** A line that is to be paid. */
export interface RunLine {
  readonly seq: number;
  readonly releaseId: string;
  readonly campaignId: string;
}

/** The last signature that was needed: the batch's conductor begins. In the transaction of the signature. */
export async function beginRun(tx: Connection, batch: BatchRow, proposal: ProposalRow, at: Date): Promise<void> {
  await tx('payout_batch_run')
    .insert({ proposal_id: proposal.id, batch_id: batch.id, tenant_id: batch.tenant_id, begun_at: at })
    .onConflict()
    .ignore();
  await tellAll(tx, [{ workflow: 'payoutBatch', tenantId: batch.tenant_id, id: batch.id, notice: 'approved', cause: proposal.id }]);
}

/** @returns the oldest run of a batch that has not finished; null when all have. */
export function openRun(connection: Connection, batchId: string): Promise<Run | null> {
  return row<Run>(
    connection,
    `select proposal_id as "proposalId", batch_id as "batchId", tenant_id as "tenantId" from payout_batch_run
     where batch_id = ? and finished_at is null order by begun_at, proposal_id limit 1`,
    [batchId],
  );
}

/**
 * @param seq of the last line before them. @param of `standing`: what a cancellation has not withdrawn; `all`: who may be told.
 * @returns up to `limit` lines of a run, in their order, no two of one campaign: each payout counts against its campaign's fee cap before the next is made up.
 */
export async function nextLines(connection: Connection, run: Run, of: 'standing' | 'all', seq: number, limit: number): Promise<RunLine[]> {
  const found = await rows<RunLine>(
    connection,
    `select l.seq, l.release_id as "releaseId", r.campaign_id as "campaignId" from payout_batch_line l join release r on r.id = l.release_id
       join approval a on a.release_id = l.release_id and a.batch_proposal_id = ?
     where l.batch_id = ? and l.seq > ? and l.excluded_code is null${of === 'all' ? '' : ' and l.freed_at is null'} order by l.seq limit ?`,
    [run.proposalId, run.batchId, seq, limit],
  );
  const campaigns = new Set<string>();
  const twice = found.findIndex(({ campaignId }) => campaigns.size === campaigns.add(campaignId).size);
  return twice === -1 ? found : found.slice(0, twice);
}

/** Everybody who waits has been told. */
export async function finishRun(tx: Connection, run: Run, at: Date): Promise<void> {
  await tx('payout_batch_run').where('proposal_id', run.proposalId).whereNull('finished_at').update({ finished_at: at });
}
