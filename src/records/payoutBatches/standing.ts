import { type Connection, row, rows } from '../../database/connect';
import { type Exclusion, told } from '../../domain/convention/payable';
import { type BatchRow, standingProposal } from './rows';
import { LINE_STATE, type LineState, LINES_WITH_STATE, RECONCILED, TERMINAL } from './states';

interface StateSum {
  readonly state: LineState;
  readonly count: number;
  readonly gross_fen: bigint;
  readonly net_fen: bigint;
  readonly reconciled: number;
}

/** @returns a batch as people see it: what was declared, where its lines stand by count and fen, who signed what, and whether it is over. */
export async function batchView(connection: Connection, batch: BatchRow): Promise<Record<string, unknown>> {
  const sums = await rows<StateSum>(
    connection,
    `select state, count(*)::int as count, sum(gross)::bigint as gross_fen, sum(net)::bigint as net_fen, count(*) filter (where reconciled)::int as reconciled
     from (select ${LINE_STATE} as state, coalesce(b.gross_fen, l.amount_fen) as gross, coalesce(b.net_fen, 0) as net, ${RECONCILED} as reconciled ${LINES_WITH_STATE}
       where l.batch_id = ?) x group by state`,
    [batch.id],
  );
  const open = sums.filter((sum) => !TERMINAL.has(sum.state));
  const isOver = batch.state !== 'draft' && batch.state !== 'proposed' && open.length === 0;
  return {
    id: batch.id,
    state: batch.state,
    stateSince: batch.state_since.toISOString(),
    declared: { count: batch.declared_count, totalFen: batch.declared_fen, controlSum: batch.declared_sum },
    emergency: batch.emergency_reason === null ? null : { reason: batch.emergency_reason, promisedBy: batch.promised_by!.toISOString() },
    declaredAt: batch.declared_at.toISOString(),
    makerId: batch.maker_id,
    endReason: batch.end_reason,
    lines: Object.fromEntries(sums.map((sum) => [sum.state, { count: sum.count, grossFen: sum.gross_fen, netFen: sum.net_fen }])),
    terminal: isOver,
    reconciled: isOver && sums.every((sum) => sum.state === 'excluded' || sum.reconciled === sum.count),
    proposal: await proposalView(connection, batch.id),
  };
}

async function proposalView(connection: Connection, batchId: string): Promise<Record<string, unknown> | null> {
  const proposal = await standingProposal(connection, batchId);
  if (!proposal) return null;
  const signatures = await rows<{ checker: string; decision: string; signed_at: Date }>(
    connection,
    `select f.display_name as checker, s.decision, s.signed_at from payout_batch_signature s join staff f on f.id = s.checker_id where s.proposal_id = ? order by s.signed_at, s.id`,
    [proposal.id],
  );
  const changed = await row<{ n: number }>(
    connection,
    'select count(*)::int as n from approval a where a.batch_proposal_id = ? and a.voided_at is not null and not exists (select from payout p where p.approval_id = a.id)',
    [proposal.id],
  );
  return {
    id: proposal.id,
    round: proposal.round,
    digest: proposal.digest,
    count: proposal.line_count,
    grossFen: proposal.gross_fen,
    feeFen: proposal.fee_fen,
    netFen: proposal.net_fen,
    madeAt: proposal.made_at.toISOString(),
    expiresAt: proposal.expires_at.toISOString(),
    approvedAt: proposal.approved_at?.toISOString() ?? null,
    checkersNeeded: proposal.checkers_needed,
    /** Lines whose content changed since: while there are any, nothing can be signed. */
    changedLines: changed!.n,
    signatures: signatures.map((s) => ({ checker: s.checker, decision: s.decision, at: s.signed_at.toISOString() })),
  };
}

interface LineRow {
  readonly seq: number;
  readonly line_id: string;
  readonly given_release: string;
  readonly amount_fen: bigint;
  readonly state: LineState;
  readonly excluded_code: Exclusion['code'] | null;
  readonly excluded_facts: Exclusion['facts'];
  readonly fee_fen: bigint | null;
  readonly net_fen: bigint | null;
  readonly payout_id: string | null;
  readonly failure_code: string | null;
  readonly reconciled: boolean;
}

/** @returns a page of a batch's lines in the order in which they were given, each left-out one with its reason. @param state null: all. */
export async function lineViews(
  connection: Connection,
  batchId: string,
  state: LineState | null,
  after: number,
  limit: number,
): Promise<{ readonly seq: number; readonly view: object }[]> {
  const found = await rows<LineRow>(
    connection,
    `select * from (select l.seq, l.line_id, l.given_release, l.amount_fen, l.excluded_code, l.excluded_facts, ${LINE_STATE} as state, b.fee_fen, b.net_fen, p.id as payout_id, p.failure_code,
       ${RECONCILED} as reconciled ${LINES_WITH_STATE} where l.batch_id = :batch and l.seq > :after) x
     where :state::text is null or state = :state order by seq limit :limit`,
    { batch: batchId, after, state, limit } as never,
  );
  return found.map((line) => ({
    seq: line.seq,
    view: {
      lineId: line.line_id,
      releaseId: line.given_release,
      amountFen: line.amount_fen,
      state: line.state,
      excluded: line.excluded_code === null ? null : told({ code: line.excluded_code, facts: line.excluded_facts }),
      feeFen: line.fee_fen,
      netFen: line.net_fen,
      payoutId: line.payout_id,
      failureCode: line.failure_code,
      reconciled: line.reconciled,
    },
  }));
}

/** @returns a platform's batches: what is under way before what is over, emergencies first, then the oldest. */
export function batchRows(connection: Connection, tenantId: string, limit: number): Promise<BatchRow[]> {
  return rows<BatchRow>(
    connection,
    `select * from payout_batch where tenant_id = ? order by state in ('rejected', 'cancelled'), state = 'approved', emergency_reason is null, declared_at, id limit ?`,
    [tenantId, limit],
  );
}
