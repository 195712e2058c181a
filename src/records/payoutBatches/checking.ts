import { type Connection, rows } from '../../database/connect';
import { chineseCapitals } from '../../domain/chineseCapitals';
import { type BatchRow, standingProposal } from './rows';
import { LINES_WITH_STATE } from './states';

/** How many lines a checker is shown of each sort; the list of lines has all. */
const SHOWN = 10;
/** A line of so many times the batch's median is unusual. */
const TIMES_MEDIAN = 5;

/** Why a checker should look at a line first. */
const UNUSUAL = ['far-above-median', 'account-changed', 'paid-before'] as const;
type Unusual = (typeof UNUSUAL)[number];

interface CheckedRow {
  readonly line_id: string;
  readonly release_id: string;
  readonly campaign_id: string;
  readonly title: string;
  readonly gross_fen: bigint;
  readonly net_fen: bigint;
  readonly payee_kind: string;
  readonly far: boolean;
  readonly changed: boolean;
  readonly again: boolean;
}

/** One line as a checker looks at it. */
interface CheckedLine {
  readonly lineId: string;
  readonly releaseId: string;
  readonly campaignId: string;
  readonly title: string;
  readonly grossFen: string;
  readonly netFen: string;
  readonly payeeKind: string;
  readonly why: readonly Unusual[];
}

/** A line that is no more what was proposed, with what changed in the words of the record. */
interface ChangedLine {
  readonly lineId: string;
  readonly releaseId: string;
  readonly title: string;
  readonly grossFen: string;
  readonly at: string;
  readonly reason: string;
}

/** Everything that a checker compares before signing, computed here and never on a screen. */
export interface CheckAnswers {
  readonly totals: {
    readonly count: number;
    readonly grossFen: string;
    readonly feeFen: string;
    readonly netFen: string;
    readonly netCapitals: string;
  } | null;
  readonly agrees: boolean;
  readonly largest: readonly CheckedLine[];
  readonly unusual: readonly CheckedLine[];
  /** Lines whose content changed since it was proposed: while there are any, nothing can be signed. */
  readonly changed: readonly ChangedLine[];
  readonly maker: string;
  readonly asked: readonly string[];
}

/** @returns what a checker is to see of a batch: totals in figures and capitals, largest and unusual lines, who made it, and who may still sign. */
export async function checkAnswers(connection: Connection, batch: BatchRow): Promise<CheckAnswers> {
  const proposal = await standingProposal(connection, batch.id);
  const lines = proposal ? await checkedLines(connection, batch.id, proposal.id) : [];
  const people = await rows<{ maker: string; asked: string[] }>(
    connection,
    `select (select display_name from staff where id = :maker) as maker, coalesce((select array_agg(s.display_name order by s.display_name) from staff s
       where s.tenant_id = :tenant and s.role = 'finance-checker' and s.disabled_at is null and s.id <> :maker
         and not exists (select from payout_batch_signature g where g.proposal_id = :proposal and g.checker_id = s.id)), '{}') as asked`,
    { maker: batch.maker_id, tenant: batch.tenant_id, proposal: proposal?.id ?? '' },
  );
  const views = lines.map(lineView);
  return {
    totals: proposal && {
      count: proposal.line_count,
      grossFen: proposal.gross_fen.toString(),
      feeFen: proposal.fee_fen.toString(),
      netFen: proposal.net_fen.toString(),
      netCapitals: `人民币${chineseCapitals(proposal.net_fen)}`,
    },
    agrees: proposal !== null && proposal.line_count === batch.declared_count && proposal.gross_fen === batch.declared_fen,
    largest: views.slice(0, SHOWN),
    unusual: views.filter((line) => line.why.length > 0).slice(0, SHOWN),
    changed: proposal ? await changedLines(connection, batch.id, proposal.id) : [],
    maker: people[0]!.maker,
    asked: batch.state === 'proposed' ? people[0]!.asked : [],
  };
}

/** The last that changed first; as many as a checker reads. */
async function changedLines(connection: Connection, batchId: string, proposalId: string): Promise<ChangedLine[]> {
  const found = await rows<{ line_id: string; release_id: string; title: string; gross_fen: bigint; voided_at: Date; void_reason: string | null }>(
    connection,
    `select l.line_id, l.release_id, c.title, a.gross_fen, a.voided_at, a.void_reason from approval a
       join payout_batch_line l on l.release_id = a.release_id and l.batch_id = :batch and l.excluded_code is null join release r on r.id = a.release_id join campaign c on c.id = r.campaign_id
     where a.batch_proposal_id = :proposal and a.voided_at is not null and not exists (select from payout p where p.approval_id = a.id)
     order by a.voided_at desc, l.seq limit ${10 * SHOWN}`,
    { batch: batchId, proposal: proposalId },
  );
  return found.map((line) => ({
    lineId: line.line_id,
    releaseId: line.release_id,
    title: line.title,
    grossFen: line.gross_fen.toString(),
    at: line.voided_at.toISOString(),
    reason: line.void_reason ?? '',
  }));
}

/** The largest lines of a proposal and the unusual ones, largest first, with what is unusual about each. */
function checkedLines(connection: Connection, batchId: string, proposalId: string): Promise<CheckedRow[]> {
  return rows<CheckedRow>(
    connection,
    `with lines as (
       select l.line_id, r.id as release_id, c.id as campaign_id, c.title, b.gross_fen, b.net_fen, c.payee_kind,
         exists (select from payee_account k where k.campaign_id = c.id and k.superseded_at is null and k.version > 1) as changed,
         exists (select from payout o where o.release_id = r.id and o.approval_id <> b.id) as again,
         row_number() over (order by b.gross_fen desc, l.line_id) as place
       ${LINES_WITH_STATE} join campaign c on c.id = r.campaign_id where l.batch_id = :batch and b.batch_proposal_id = :proposal
     ), middle as (select percentile_cont(0.5) within group (order by gross_fen) as fen from lines),
     judged as (select lines.*, gross_fen > ${TIMES_MEDIAN} * middle.fen as far from lines, middle)
     select * from judged where place <= ${SHOWN} or far or changed or again order by place limit ${2 * SHOWN + 80}`,
    { batch: batchId, proposal: proposalId },
  );
}

function lineView(line: CheckedRow): CheckedLine {
  const why: Unusual[] = [
    ...(line.far ? (['far-above-median'] as const) : []),
    ...(line.changed ? (['account-changed'] as const) : []),
    ...(line.again ? (['paid-before'] as const) : []),
  ];
  return {
    lineId: line.line_id,
    releaseId: line.release_id,
    campaignId: line.campaign_id,
    title: line.title,
    grossFen: line.gross_fen.toString(),
    netFen: line.net_fen.toString(),
    payeeKind: line.payee_kind,
    why,
  };
}
