import type { Client } from 'pg';
import { escapeIdentifier } from 'pg';

/** A table as it is copied: the columns that hold what was written, in their order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Which migrations a database has lies in the manifest; the table itself is written by migrating. */
const MIGRATIONS = 'public.migration';

/** @returns every table of the house, by name; columns that the database computes itself are left out. */
export async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select n.nspname || '.' || c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname || '.' || c.relname <> $1
     group by 1 order by 1`,
    [MIGRATIONS],
  );
  return rows;
}

/** @returns `"schema"."table"` for a statement. */
export function quoted(name: string): string {
  return name.split('.').map(escapeIdentifier).join('.');
}

/** @returns `("a", "b")` for a statement. */
export function columnList(table: Table): string {
  return `(${table.columns.map(escapeIdentifier).join(', ')})`;
}

/** @returns the last value of every sequence that has given one. */
export async function sequencesOf(client: Client): Promise<{ name: string; value: string }[]> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `select schemaname || '.' || sequencename as name, last_value::text as value from pg_sequences
     where last_value is not null and schemaname !~ '^pg_' order by 1`,
  );
  return rows;
}

/**
 * Foreign keys and triggers, as statements. A foreign key is taken off and put on again, checked anew over all rows; a trigger is for those who write, not for
 * what was written under it before.
 */
export interface Guards {
  readonly takeOff: readonly string[];
  readonly putOn: readonly string[];
}

/** @returns what takes the guards of all tables off and puts the same on again. Only the owner may; a superuser is not needed. */
export async function guardsOf(client: Client): Promise<Guards> {
  const keys = await client.query<{ table: string; name: string; definition: string }>(
    `select n.nspname || '.' || c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ '^pg_' order by 1, 2`,
  );
  const triggers = await client.query<{ table: string; name: string }>(
    `select n.nspname || '.' || c.relname as "table", t.tgname as name
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and t.tgenabled = 'O' and n.nspname !~ '^pg_' order by 1, 2`,
  );
  const of = (each: { table: string; name: string }): [string, string] => [quoted(each.table), escapeIdentifier(each.name)];
  return {
    takeOff: [
      ...keys.rows.map(of).map(([table, name]) => `alter table ${table} drop constraint ${name}`),
      ...triggers.rows.map(of).map(([table, name]) => `alter table ${table} disable trigger ${name}`),
    ],
    putOn: [
      ...keys.rows.map((key) => `alter table ${quoted(key.table)} add constraint ${escapeIdentifier(key.name)} ${key.definition}`),
      ...triggers.rows.map(of).map(([table, name]) => `alter table ${table} enable trigger ${name}`),
    ],
  };
}
