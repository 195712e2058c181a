import { rows, type Transaction } from '../../database/connect';
import { chineseCapitals } from '../../domain/chineseCapitals';
import { told } from '../../domain/convention/payable';
import { controlSum, type GivenLine } from '../../domain/payoutBatch';
import { heldByBatches } from './claims';
import { judgeLines, waitingLines } from './intake';
import type { FinancePerson } from './rows';

/** What lines come to, as a batch of them is declared. */
interface Figures {
  readonly count: number;
  readonly totalFen: bigint;
  readonly controlSum: bigint;
}

/** A payment of the same campaign and amount that was made before: perhaps the same one twice. */
interface AlikeLine {
  readonly lineId: string;
  readonly title: string;
  readonly amountFen: bigint;
  readonly payoutId: string;
  readonly madeAt: Date;
}

/** How many left-out or alike lines are named; the counts are of all. */
const NAMED = 100;

const figuresOf = (lines: readonly GivenLine[]): Figures => ({
  count: lines.length,
  totalFen: lines.reduce((sum, line) => sum + line.amountFen, 0n),
  controlSum: controlSum(lines),
});

/**
 * Looks at lines as `giveLines` would take them, and changes nothing: what of them may be paid now, what is left out and why, and what looks like a payment of before.
 * @returns what may be paid as it is declared (`count`, `totalFen`, `controlSum`), with its total in capitals, and the same of all that were given.
 */
export async function previewLines(tx: Transaction, maker: FinancePerson, given: readonly GivenLine[]) {
  const lines = await judgeLines(tx, maker, '', given, 0);
  const held = await heldByBatches(
    tx,
    lines.filter((line) => line.excluded === null).map((line) => line.releaseId),
  );
  const judged = lines.map((line) =>
    line.excluded === null && held.has(line.releaseId) ? { ...line, excluded: { code: 'in_another_batch' as const, facts: {} } } : line,
  );
  const payable = judged.filter((line) => line.excluded === null);
  const out = judged.filter((line) => line.excluded !== null);
  const alike = await alikeLines(tx, payable);
  const figures = figuresOf(payable);
  return {
    ...figures,
    capitals: `人民币${chineseCapitals(figures.totalFen)}`,
    given: figuresOf(given),
    leftOutCount: out.length,
    leftOut: out.slice(0, NAMED).map(({ lineId, releaseId, amountFen, excluded }) => ({ lineId, releaseId, amountFen, excluded: told(excluded!) })),
    alike: alike.map((each) => ({ ...each, madeAt: each.madeAt.toISOString() })),
  };
}

/** @returns the same of all that waits for finance in no batch. */
export async function previewAllPayable(tx: Transaction, maker: FinancePerson) {
  const waiting = await waitingLines(tx, maker.tenantId);
  return { ...(await previewLines(tx, maker, waiting)), waiting: waiting.length };
}

/** Another release of the same campaign that was paid, or is being paid, with exactly this amount. A warning: instalments are often alike. */
function alikeLines(tx: Transaction, lines: readonly GivenLine[]): Promise<AlikeLine[]> {
  return rows<AlikeLine>(
    tx,
    `select distinct on (x.place) x.line as "lineId", c.title, p.gross_fen as "amountFen", p.id as "payoutId", p.reserved_at as "madeAt"
     from unnest(:lines::text[], :releases::text[]) with ordinality as x (line, release, place) join release r on r.id = x.release join campaign c on c.id = r.campaign_id
       join payout p on p.campaign_id = r.campaign_id and p.release_id <> r.id and p.gross_fen = r.gross_fen and p.state not in ('failed', 'returned')
     order by x.place, p.reserved_at desc limit ${NAMED}`,
    { lines: lines.map((line) => line.lineId), releases: lines.map((line) => line.releaseId) } as never,
  );
}
