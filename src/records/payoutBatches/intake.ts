import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import type { Exclusion } from '../../domain/convention/payable';
import { DomainError } from '../../domain/errors';
import { type GivenLine, MOST_LINES } from '../../domain/payoutBatch';
import { freeWhatIsOver } from './claims';
import { judged } from './judging';
import { batchRow, type FinancePerson, includedLines, mustBeMaker, mustStandIn } from './rows';

/** The most lines, left-out ones counted, that a batch keeps. */
const MOST_KEPT = 2 * MOST_LINES;

interface Line extends GivenLine {
  readonly seq: number;
  readonly excluded: Exclusion | null;
}

/** How many of the lines given at once are in, and how many are out. */
export interface Taken {
  readonly included: number;
  readonly excluded: number;
  /** The place of the last line of before. */
  readonly after: number;
}

/**
 * Takes lines into a batch. Each is judged by itself: one that may not be paid now is kept with the reason and changes nothing for the others. Lines are told apart by their
 * ids, never by their content; a release is paid once.
 * @throws {DomainError} batch.wrong_state after the proposal, batch.other_maker, request.invalid for more lines than a batch keeps.
 */
export async function giveLines(tx: Transaction, maker: FinancePerson, batchId: string, given: readonly GivenLine[]): Promise<Taken> {
  const batch = await batchRow(tx, batchId, maker.tenantId, { lock: true });
  mustStandIn(batch, ['draft']);
  mustBeMaker(batch, maker);
  const kept = (await row<{ n: number }>(tx, 'select count(*)::int as n from payout_batch_line where batch_id = ?', [batchId]))!.n;
  if (given.length > MOST_LINES || kept + given.length > MOST_KEPT) throw tooMany(kept);
  const at = await businessNow(tx, maker.tenantId);
  const lines = await judgeLines(tx, maker, batchId, given, kept);
  const wanted = lines.filter((line) => line.excluded === null);
  await freeWhatIsOver(
    tx,
    wanted.map((line) => line.releaseId),
    at,
  );
  const won = await insertLines(tx, batchId, wanted, at);
  // Somebody else's batch was first.
  const lost = wanted.filter((line) => !won.has(line.seq)).map((line): Line => ({ ...line, excluded: { code: 'in_another_batch', facts: {} } }));
  await insertLines(tx, batchId, [...lines.filter((line) => line.excluded !== null), ...lost], at);
  const taken = { included: won.size, excluded: lines.length - won.size, after: kept };
  await audit(tx, {
    action: 'batch.lines_given',
    subject: `payout-batch/${batchId}`,
    actor: maker.name,
    tenantId: maker.tenantId,
    businessAt: at,
    data: { included: taken.included, excluded: taken.excluded },
  });
  return taken;
}

/** Gives every release that waits for finance and is in no batch, urgent ones first; its id is its line's. Those that may not be paid now are told of too. */
export async function giveAllPayable(tx: Transaction, maker: FinancePerson, batchId: string): Promise<Taken> {
  return giveLines(tx, maker, batchId, await waitingLines(tx, maker.tenantId));
}

/** @returns what waits for finance in no batch, as lines, urgent first, then longest: at most as many as a batch takes. */
export async function waitingLines(tx: Transaction, tenantId: string): Promise<GivenLine[]> {
  const waiting = await rows<{ id: string; gross_fen: bigint }>(
    tx,
    `select r.id, coalesce((select p.net_fen from payout p where p.release_id = r.id and p.state = 'returned' order by p.attempt desc limit 1), r.gross_fen) as gross_fen
     from release r join campaign c on c.id = r.campaign_id
     where c.tenant_id = ? and r.stage = 'approval'
       and not exists (select from payout_batch_line l join payout_batch b on b.id = l.batch_id
         where l.release_id = r.id and l.excluded_code is null and l.freed_at is null and b.state in ('draft', 'proposed'))
     order by r.urgent desc, r.stage_since, r.id limit ?`,
    [tenantId, MOST_LINES],
  );
  return waiting.map(({ id, gross_fen }) => ({ lineId: id, releaseId: id, amountFen: gross_fen }));
}

/** Judges each line by itself. @param batchId none for a look before there is a batch. @param kept how many lines it has already. */
export async function judgeLines(tx: Transaction, maker: FinancePerson, batchId: string, given: readonly GivenLine[], kept: number): Promise<Line[]> {
  const { why } = await judged(
    tx,
    maker,
    given.map((line) => line.releaseId),
  );
  const before = await includedLines(tx, batchId);
  const lineIds = new Set(before.map((line) => line.line_id));
  const lineOfRelease = new Map(before.map((line) => [line.release_id, line.line_id]));
  return given.map((line, i): Line => {
    const same = lineOfRelease.get(line.releaseId);
    const excluded: Exclusion | null = lineIds.has(line.lineId)
      ? { code: 'duplicate_line_id', facts: {} }
      : same !== undefined
        ? { code: 'same_release', facts: { lineId: same } }
        : why(line.releaseId, line.amountFen);
    if (excluded === null) {
      lineIds.add(line.lineId);
      lineOfRelease.set(line.releaseId, line.lineId);
    }
    return { ...line, seq: kept + i + 1, excluded };
  });
}

/** @returns the places of those that were written. In the order of their releases, so that two batches queue instead of meeting head-on. */
async function insertLines(tx: Transaction, batchId: string, lines: readonly Line[], at: Date): Promise<Set<number>> {
  const text = JSON.stringify(
    lines.map(({ seq, lineId, releaseId, amountFen, excluded }) => ({
      seq,
      line: lineId,
      release: releaseId,
      fen: amountFen.toString(),
      code: excluded?.code ?? null,
      facts: excluded?.facts ?? {},
    })),
  );
  const written = await rows<{ seq: number }>(
    tx,
    `insert into payout_batch_line (batch_id, seq, line_id, given_release, amount_fen, release_id, excluded_code, excluded_facts, given_at)
     select :batch, x.seq, x.line, x.release, x.fen, r.id, x.code, x.facts, :at
     from jsonb_to_recordset(:lines::jsonb) as x (seq int, line text, release text, fen bigint, code text, facts jsonb)
       left join release r on r.id = x.release and exists (select from campaign c join payout_batch b on b.tenant_id = c.tenant_id where c.id = r.campaign_id and b.id = :batch)
     order by x.release, x.seq
     on conflict (release_id) where excluded_code is null and freed_at is null do nothing returning seq`,
    { batch: batchId, at, lines: text } as never,
  );
  return new Set(written.map(({ seq }) => seq));
}

function tooMany(kept: number): DomainError {
  return new DomainError(
    'request.invalid',
    {
      zh: `每次至多 ${MOST_LINES} 行，每个付款批次至多留存 ${MOST_KEPT} 行（已有 ${kept} 行）；请分为多个批次`,
      en: `at most ${MOST_LINES} lines at once and ${MOST_KEPT} kept in a payout batch, which has ${kept}; make several batches`,
    },
    { field: '/lines' },
  );
}
