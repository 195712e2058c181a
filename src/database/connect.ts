import knex, { type Knex } from 'knex';
import { types } from 'pg';

// Amounts and sequence numbers are bigint everywhere; a Postgres bigint as a JavaScript number would lose fen above 2^53.
types.setTypeParser(types.builtins.INT8, (text) => BigInt(text));
// Civil dates stay text: a Date would shift them by the machine's time zone.
types.setTypeParser(types.builtins.DATE, (text) => text);

/** A connection pool, or one transaction of it. */
export type Database = Knex;
export type Transaction = Knex.Transaction;
export type Connection = Knex | Knex.Transaction;

/**
 * Opens a pool. @param url Postgres URL. @param role a role to assume on each connection, where the URL's user is the owner (`SET ROLE`).
 * @param max most connections of this process.
 */
export function connect(url: string, options: { readonly role?: string; readonly max?: number; readonly name?: string } = {}): Database {
  return knex({
    client: 'pg',
    // An error's message is not to carry a statement's values.
    compileSqlOnError: false,
    connection: { connectionString: url, application_name: options.name ?? 'almoner', keepAlive: true },
    pool: {
      min: 0,
      max: options.max ?? 10,
      // A broken connection must not be handed out again (Knex pools have stuck on that): dead ones are replaced, waiting ends in an error.
      acquireTimeoutMillis: 15_000,
      idleTimeoutMillis: 30_000,
      ...(options.role
        ? {
            afterCreate: (
              connection: { query: (sql: string, done: (error: Error | null) => void) => void },
              done: (error: Error | null, c: unknown) => void,
            ) => connection.query(`set role ${options.role}`, (error) => done(error, connection)),
          }
        : {}),
    },
  });
}

/**
 * Runs `work` in a transaction; a deadlock or serialization failure is tried again, at most five times in all.
 * @throws whatever `work` throws, after rolling back.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (attempt >= 5 || (code !== '40P01' && code !== '40001')) throw error;
    }
  }
}

/** @returns the rows of a raw query, typed by the caller. */
export async function rows<T>(connection: Connection, sql: string, bindings: Knex.RawBinding[] | Record<string, Knex.RawBinding> = []): Promise<T[]> {
  const result = (await connection.raw(sql, bindings as Knex.RawBinding[])) as { rows: T[] };
  return result.rows;
}

/** @returns the first row of a raw query, or null. */
export async function row<T>(
  connection: Connection,
  sql: string,
  bindings: Knex.RawBinding[] | Record<string, Knex.RawBinding> = [],
): Promise<T | null> {
  return (await rows<T>(connection, sql, bindings))[0] ?? null;
}
