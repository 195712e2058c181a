import { audit } from '../audit/append';
import { type Database, inTransaction, row } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import { BOOK_CHECKS, type Difference, verifyLedger } from '../ledger/verify';
import { openException } from '../records/exceptions';

/** Two processes that look at once: one of them does. Held by the look's transaction. */
const LOCK = `select pg_try_advisory_xact_lock(hashtextextended('books-check', 0)) as taken`;

/**
 * Once a day over the live books: each invariant is one statement and so one snapshot, and nothing waits for it. A difference is an exception with an owner,
 * opened once; `almoner_books_differences` raises the alarm until a look finds none.
 * @param nowMs wall-clock ms, for the times on record and for what a day is.
 * @returns the differences; null when the last look is younger than a day, or another process looks now.
 */
export async function checkBooks(db: Database, nowMs: number): Promise<readonly Difference[] | null> {
  if (!(await isDue(db, nowMs))) return null;
  return inTransaction(db, async (tx) => {
    const lock = await row<{ taken: boolean }>(tx, LOCK);
    if (!lock!.taken || !(await isDue(tx, nowMs))) return null;
    const begunAt = new Date(nowMs);
    const startedMs = performance.now();
    const differences = await verifyLedger(tx, null);
    for (const { what, subject, expected, found } of differences)
      await openException(tx, {
        kind: 'books-differ',
        subject: `${what}/${subject}`,
        tenantId: undefined,
        actor: 'books-check',
        data: { expected, found },
      });
    const finishedAt = new Date(nowMs + Math.ceil(performance.now() - startedMs));
    const counts = { checks: BOOK_CHECKS, differences: differences.length };
    await tx('books_check').insert({ begun_at: begunAt, finished_at: finishedAt, ...counts });
    await audit(tx, { action: 'books.checked', subject: 'books', actor: 'books-check', tenantId: undefined, businessAt: undefined, data: counts });
    return differences;
  });
}

async function isDue(connection: Parameters<typeof row>[0], nowMs: number): Promise<boolean> {
  const last = await row<{ begun_at: Date }>(connection, 'select begun_at from books_check order by id desc limit 1');
  return last === null || nowMs - last.begun_at.getTime() >= DAY_MS;
}
