import { type Database, rows, type Transaction } from '../../src/database/connect';
import type { Difference } from '../../src/ledger/verify';

class Undo extends Error {}

/**
 * What somebody with the owner's password could do: runs `sql` with triggers and foreign keys off, looks with `verify`, and undoes it.
 * @param sql must touch at least one row. @returns what `verify` found meanwhile.
 */
export async function tampered(
  owner: Database,
  sql: string | readonly string[],
  verify: (tx: Transaction) => Promise<Difference[]>,
): Promise<Difference[]> {
  let found: Difference[] = [];
  const work = owner.transaction(async (tx) => {
    await tx.raw("set local session_replication_role = 'replica'");
    for (const statement of typeof sql === 'string' ? [sql] : sql) {
      const result = (await tx.raw(statement)) as { rowCount: number | null; command: string };
      if (result.command !== 'ALTER' && result.rowCount === 0) throw new Error(`Nothing was tampered with: ${statement}`);
    }
    found = await verify(tx);
    throw new Undo();
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return found;
}

/** The values of a column, in order. */
export async function column<T>(owner: Database, sql: string): Promise<T[]> {
  return (await rows<{ value: T }>(owner, sql)).map((r) => r.value);
}
