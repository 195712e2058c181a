import { z } from 'zod';
import { MessageError } from '../../errors';
import type { BankEntry, QueryOutcome } from '../port';
import { readNotification } from './camt';
import { idsOf, messageIdOf } from './pain001';
import { readStatusReport, statusOf, type TransactionStatus } from './pain002';
import { standingOf, statusOutcome, unclearReason } from './status';
import type { BankTransport } from './transport';

const absence = z.object({ code: z.literal('NOT_FOUND') });

/**
 * Asks the bank for a payout. The status alone never ends it: SUCCEEDED needs the booked debit as well, FAILED its absence,
 * RETURNED the booked credit with a return reason. Contradictions are UNKNOWN.
 */
export async function query(transport: BankTransport, payoutId: string, accountNumber: string): Promise<QueryOutcome> {
  const parameter = `account=${encodeURIComponent(accountNumber)}`;
  const answer = await transport.get(`/payments/${encodeURIComponent(payoutId)}?${parameter}`);
  if (answer.kind === 'unknown') return unknown(answer.reason);
  if (answer.status === 404 && absence.safeParse(json(answer.body)).success) return { kind: 'NOT_FOUND' };
  if (answer.status !== 200) return unknown(`HTTP ${answer.status}`);
  try {
    const report = await readStatusReport(answer.body);
    const transaction = statusOf(report, payoutId, idsOf(payoutId).messageId);
    if (transaction === null) return unknown('the status report is not about this payout');
    if (!isOver(transaction)) return undecided(transaction);
    const lines = await linesAt(transport, `/entries?${parameter}&endToEndId=${encodeURIComponent(payoutId)}`);
    return lines.kind === 'unknown' ? lines.outcome : decided(transaction, booked(lines.entries, payoutId, accountNumber));
  } catch (error) {
    if (error instanceof MessageError) return unknown(error.message);
    throw error;
  }
}

/**
 * Asks for the orders of one file in two questions; each is judged as it would be alone.
 * @returns by payout id; what the bank does not tell of is UNKNOWN.
 */
export async function queryFile(
  transport: BankTransport,
  fileId: string,
  accountNumber: string,
  payoutIds: readonly string[],
): Promise<Map<string, QueryOutcome>> {
  const all = (outcome: QueryOutcome): Map<string, QueryOutcome> => new Map(payoutIds.map((id) => [id, outcome]));
  const parameter = `account=${encodeURIComponent(accountNumber)}&messageId=${encodeURIComponent(messageIdOf(fileId))}`;
  const answer = await transport.get(`/payments?${parameter}`);
  if (answer.kind === 'unknown') return all(unknown(answer.reason));
  if (answer.status !== 200) return all(unknown(`HTTP ${answer.status}`));
  try {
    const report = await readStatusReport(answer.body);
    const lines = await linesAt(transport, `/entries?${parameter}`);
    const byId = new Map<string, BankEntry[]>();
    if (lines.kind === 'lines')
      for (const entry of lines.entries) byId.set(entry.endToEndId ?? '', [...(byId.get(entry.endToEndId ?? '') ?? []), entry]);
    const outcomeOf = (id: string): QueryOutcome => {
      const transaction = statusOf(report, id, messageIdOf(fileId));
      if (transaction === null) return unknown('the status report is not about this payout');
      if (!isOver(transaction)) return undecided(transaction);
      return lines.kind === 'unknown' ? lines.outcome : decided(transaction, booked(byId.get(id) ?? [], id, accountNumber));
    };
    return new Map(payoutIds.map((id) => [id, outcomeOf(id)]));
  } catch (error) {
    if (error instanceof MessageError) return all(unknown(error.message));
    throw error;
  }
}

/** Whether the status says that it is over; the booked lines tell how. */
function isOver(transaction: TransactionStatus): boolean {
  const standing = standingOf(transaction);
  return standing === 'settled' || standing === 'rejected';
}

function undecided(transaction: TransactionStatus): QueryOutcome {
  return standingOf(transaction) === 'on-its-way' ? statusOutcome(transaction) : unknown(unclearReason(transaction));
}

function decided(transaction: TransactionStatus, lines: readonly BankEntry[]): QueryOutcome {
  return judge(transaction, standingOf(transaction) === 'rejected' ? 'rejected' : 'settled', lines);
}

type Lines = { readonly kind: 'lines'; readonly entries: readonly BankEntry[] } | { readonly kind: 'unknown'; readonly outcome: QueryOutcome };

/** @throws {MessageError} when the answer is not a camt.054. */
async function linesAt(transport: BankTransport, target: string): Promise<Lines> {
  const answer = await transport.get(target);
  if (answer.kind === 'unknown') return { kind: 'unknown', outcome: unknown(`the booked lines are not known: ${answer.reason}`) };
  if (answer.status !== 200) return { kind: 'unknown', outcome: unknown(`the booked lines are not known: HTTP ${answer.status}`) };
  return { kind: 'lines', entries: (await readNotification(answer.body)).entries };
}

function booked(entries: readonly BankEntry[], payoutId: string, accountNumber: string): BankEntry[] {
  const ours = entries.filter((entry) => entry.endToEndId === payoutId && entry.accountNumber === accountNumber && entry.status === 'BOOK');
  return [...new Map(ours.map((entry) => [`${entry.reference} ${entry.sign}`, entry])).values()];
}

function judge(transaction: TransactionStatus, standing: 'settled' | 'rejected', lines: readonly BankEntry[]): QueryOutcome {
  const debits = lines.filter((line) => line.sign === 'DBIT');
  const credits = lines.filter((line) => line.sign === 'CRDT');
  const [debit] = debits;
  const [credit] = credits;
  if (debits.length > 1 || credits.length > 1) return unknown('the bank booked this payout more than once');
  if (debit === undefined) {
    return credit === undefined ? statusOutcome(transaction) : unknown('a return without a debit');
  }
  if (transaction.amountFen !== null && transaction.amountFen !== debit.amountFen) return unknown('the debit has another amount than the order');
  if (credit !== undefined) return returned(debit, credit);
  if (standing === 'rejected') return unknown('the bank rejected the order, yet its debit is booked');
  return { kind: 'SUCCEEDED', reference: debit.reference, bookedAt: debit.bookedAt, amountFen: debit.amountFen };
}

function returned(debit: BankEntry, credit: BankEntry): QueryOutcome {
  if (credit.returnCode === null) return unknown('a credit under this id without a return reason');
  if (credit.amountFen !== debit.amountFen) return unknown('the return has another amount than the debit');
  const { reference, bookedAt, amountFen, returnCode: code, returnText: text } = credit;
  return { kind: 'RETURNED', reference, bookedAt, amountFen, code, text: text ?? '' };
}

function unknown(reason: string): QueryOutcome {
  return { kind: 'UNKNOWN', reason };
}

/** The body as JSON, or undefined when it is something else. */
export function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
