import { type Database, inTransaction } from '../database/connect';
import { finishRun, nextLines, openRun, type Run, type RunLine } from '../records/payoutBatches/runs';
import type { PayoutsTogether } from './payouts/together';

export interface PayoutBatchDependencies {
  readonly db: Database;
  readonly together: PayoutsTogether;
  /** How long one call may go on, ms; shorter by far than an attempt may take. */
  readonly forMs?: number;
  /** Lines of one file; the bank's limit where that is less. */
  readonly page?: number;
}

/** Where a batch's run came to. `paying`: lines after `after` wait. `telling`: their workflows are told after `after`. */
export interface Conducted {
  readonly phase: 'paying' | 'telling' | 'finished';
  readonly after: number;
}

const SWEEP_MS = 30_000;
const PAGE = 250;
const FROM_THE_BEGINNING: Conducted = { phase: 'paying', after: 0 };

/** What a payout batch's workflow asks of the world: all lines of an approved proposal are paid in files; what is not certain at once is left to each payout's own transfer. */
export function createPayoutBatchActivities({ db, together, forMs = SWEEP_MS, page = PAGE }: PayoutBatchDependencies) {
  return {
    payment: {
      /**
       * Goes on with the batch for as long as one call should take. Called again from an earlier place it pays nothing again.
       * @param from where the last call came to. @returns where this one did; finished when nothing of the batch is left to do.
       */
      async conductBatch(batchId: string, nowMs: number, from: Conducted): Promise<Conducted> {
        const run = await openRun(db, batchId);
        if (run === null) return { phase: 'finished', after: 0 };
        const at = new Date(nowMs);
        const most = await together.most(run.tenantId);
        let came = from.phase === 'finished' ? FROM_THE_BEGINNING : from;
        for (const untilMs = Date.now() + forMs; Date.now() < untilMs; ) {
          const lines = await nextLines(db, run, came.phase === 'paying' ? 'standing' : 'all', came.after, most === 0 ? page : Math.min(page, most));
          if (lines.length > 0) {
            await goOn(run, came, lines, at);
            came = { phase: came.phase, after: lines.at(-1)!.seq };
          } else if (came.phase === 'paying') {
            came = { phase: 'telling', after: 0 };
          } else {
            await inTransaction(db, (tx) => finishRun(tx, run, at));
            // A further round may have been signed meanwhile.
            return FROM_THE_BEGINNING;
          }
        }
        return came;
      },
    },
  };

  async function goOn(run: Run, { phase }: Conducted, lines: readonly RunLine[], at: Date): Promise<void> {
    const releaseIds = lines.map(({ releaseId }) => releaseId);
    if (phase === 'paying') await together.pay(run.tenantId, releaseIds, at);
    else await together.giveBack(run.tenantId, releaseIds, `batch-${run.proposalId}`);
  }
}

export type PayoutBatchActivities = ReturnType<typeof createPayoutBatchActivities>;
