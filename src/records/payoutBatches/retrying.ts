import { rows, type Transaction } from '../../database/connect';
import type { Exclusion } from '../../domain/convention/payable';
import { judged } from './judging';
import type { FinancePerson, IncludedLine } from './rows';
import { LINE_STATE, LINES_WITH_STATE } from './states';

/** The states from which a line may be tried again: it has definitely not been paid. `unknown` is none of them, nor is what the bank still has. */
const RETRIABLE = ['failed', 'returned', 'changed'] as const;

/** Lines to be tried again, and those that would have to be but may not be paid now. */
export interface Retried {
  readonly lines: readonly IncludedLine[];
  readonly waiting: readonly { readonly lineId: string; readonly releaseId: string; readonly excluded: Exclusion }[];
}

/** @returns what of a batch may be tried again now, as the one predicate of what is payable judges it. A line of a proposal that is not approved yet counts as before it. */
export async function retriedLines(tx: Transaction, maker: FinancePerson, batchId: string): Promise<Retried> {
  const over = await rows<IncludedLine>(
    tx,
    `select l.seq, l.line_id, l.release_id, l.amount_fen ${LINES_WITH_STATE} where l.batch_id = :batch and l.excluded_code is null and l.freed_at is null
       and (${LINE_STATE} = any(:states) or (${LINE_STATE} = 'proposed' and b.round > 1)) order by l.seq`,
    { batch: batchId, states: [...RETRIABLE] } as never,
  );
  const { why } = await judged(
    tx,
    maker,
    over.map((line) => line.release_id),
  );
  const looked = over.map((line) => ({ line, excluded: why(line.release_id, null) }));
  return {
    lines: looked.filter(({ excluded }) => excluded === null).map(({ line }) => line),
    waiting: looked.flatMap(({ line, excluded }) => (excluded ? [{ lineId: line.line_id, releaseId: line.release_id, excluded }] : [])),
  };
}
