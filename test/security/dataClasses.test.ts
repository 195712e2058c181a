import { readFileSync } from 'node:fs';
import path from 'node:path';
import { connect, type Database, rows } from '../../src/database/connect';
import { checkoutRoot } from '../../src/paths';
import { SEALED } from '../../src/police/sealed';
import { type FreshDatabase, freshDatabase } from '../support/database';

interface DataClasses {
  readonly classes: Readonly<Record<string, string>>;
  readonly argued: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** JR/T 0171: every column has a class. The list is docs/data-classes.json; a new column is labelled there, or this fails. */
const list = JSON.parse(readFileSync(path.join(checkoutRoot(), 'docs/data-classes.json'), 'utf8')) as DataClasses;
const labels = new Map<string, string>(
  Object.entries(list.tables).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, label]) => [`${table}.${column}`, label] as [string, string]),
  ),
);

let fresh: FreshDatabase;
let db: Database;
let columns: Column[];
beforeAll(async () => {
  fresh = await freshDatabase();
  db = connect(fresh.ownerUrl, { max: 1 });
  columns = await columnsOf(db);
});
afterAll(async () => {
  await db.destroy();
  await fresh.drop();
});

function columnsOf(connection: Database): Promise<Column[]> {
  return rows<Column>(
    connection,
    `select case table_schema when 'public' then '' else table_schema || '.' end || table_name as "table", column_name as "column", data_type as type
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema in ('public', 'ledger', 'audit') and table_type = 'BASE TABLE' order by 1, ordinal_position`,
  );
}

/** What is wrong with the labels of these columns. */
function faults(found: readonly Column[]): string[] {
  return found.flatMap(({ table, column, type }) => {
    const name = `${table}.${column}`;
    const label = labels.get(name);
    if (label === undefined) return [`${name}: has no class`];
    if (list.classes[label] === undefined) return [`${name}: ${label} is no class`];
    if (label.startsWith('C2') && (type !== 'bytea' || !/_(enc|hash)$/.test(column))) return [`${name}: ${label} lies in the clear`];
    // Sealed is sealed by somebody's key, which is said once; the police bundle rests on it too.
    if (/_enc$/.test(column) && type !== 'bytea') return [`${name}: is called sealed and is ${type}`];
    return [];
  });
}

test('every column of the live database has a class, and nothing of class C2 lies in the clear', () => {
  expect(columns.length).toBeGreaterThan(700);
  expect(faults(columns)).toEqual([]);
});

test('the list names no column that is not there', () => {
  const live = new Set(columns.map(({ table, column }) => `${table}.${column}`));
  expect([...labels.keys()].filter((name) => !live.has(name))).toEqual([]);
  // What is argued is a column, or a field of a jsonb column.
  expect(Object.keys(list.argued).filter((name) => ![...live].some((column) => name.startsWith(column)))).toEqual([]);
});

test('a column without a class, and a personal one in the clear, fail', async () => {
  await db.raw('alter table person add column nickname text');
  const withNickname = await columnsOf(db);
  expect(faults(withNickname)).toEqual(['person.nickname: has no class']);
  expect(faults([{ table: 'person', column: 'name_enc', type: 'text' }])).toEqual(['person.name_enc: C2-person lies in the clear']);
  await db.raw('alter table person drop column nickname');
});

test('plain columns that were emptied take nothing any more', async () => {
  const emptied = [...labels].filter(([, label]) => label === 'emptied').map(([name]) => name.split('.') as [string, string]);
  const guarded = await rows<{ table: string; definition: string }>(
    db,
    `select conrelid::regclass::text as "table", pg_get_constraintdef(oid) as definition from pg_constraint where conname in ('words_are_sealed', 'body_is_sealed')`,
  );
  for (const [table, column] of emptied)
    expect({ table, column, guarded: guarded.some((g) => g.table === table && new RegExp(`\\b${column} IS NULL`).test(g.definition)) }).toMatchObject(
      { guarded: true },
    );
});

test('whatever is sealed and hangs on a campaign can be opened for public security', () => {
  const known = Object.entries(SEALED).flatMap(([table, sealed]) => Object.keys(sealed).map((column) => `${table}.${column}`));
  expect(known.filter((name) => !labels.has(name))).toEqual([]);
});
