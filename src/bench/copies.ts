import { type Connection, rows } from '../database/connect';

/** A copy of one row with other values in some columns, as SQL over the row `t` and the new id `n.id`. */
export interface Copy {
  readonly table: string;
  readonly values: string;
  readonly where: string;
}

/** Copies a row once for each of `bindings.ids`. Columns that the database fills by itself are left to it. */
export async function copyRows(tx: Connection, { table, values, where }: Copy, bindings: Readonly<Record<string, unknown>>): Promise<void> {
  const [schema, name] = table.includes('.') ? table.split('.') : ['public', table];
  const columns = (
    await rows<{ name: string }>(
      tx,
      `select column_name as name from information_schema.columns
       where table_schema = ? and table_name = ? and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position`,
      [schema!, name!],
    )
  ).map((column) => `"${column.name}"`);
  await tx.raw(
    `insert into ${table} (${columns}) select ${columns.map((column) => `(c.v).${column}`)}
     from (select jsonb_populate_record(t, jsonb_build_object(${values})) as v from ${table} t, unnest(:ids::text[]) n(id) where ${where}) c`,
    bindings as never,
  );
}
