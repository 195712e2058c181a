import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '../../src/database/connect';

/** A text that was given to the system in confidence and is met nowhere else in the world. @see scanForCanaries */
export interface Canary {
  /** What it was: `patient.name`, `complaint.text` … */
  readonly what: string;
  readonly text: string;
}

/** A place where a canary lies in the clear. */
export interface Hit {
  readonly what: string;
  /** `file logs/api.log`, `column person.name`, `answer POST /v1/…`. */
  readonly where: string;
  /** How it was written there. */
  readonly as: string;
}

export interface Places {
  /** Everything in it is read, whole, with its subfolders. */
  readonly logsFolder?: string;
  /** The dev server's SQLite file; its `-wal` is read too. */
  readonly temporalFile?: string;
  /** Further files or folders: exports, anchors, journals of ours. */
  readonly files?: readonly string[];
  /** As owner or as the application: every column of every table of the house. */
  readonly db?: Database;
  /** `table.column` in which the public reads what was published by consent. */
  readonly published?: ReadonlySet<string>;
  /** What was seen besides: answers, addresses of requests, histories. */
  readonly texts?: Iterable<{ readonly where: string; readonly text: string }>;
  readonly canaries: readonly Canary[];
}

interface Form {
  readonly what: string;
  readonly as: string;
  readonly bytes: Buffer;
}

/** Looks for canaries in the clear, also escaped, percent-encoded, in base64 and in hex. @returns every place; empty is well. */
export async function scanForCanaries(places: Places): Promise<Hit[]> {
  const forms = places.canaries.flatMap(formsOf);
  const files = [places.logsFolder, places.temporalFile, places.temporalFile && `${places.temporalFile}-wal`, ...(places.files ?? [])];
  const hits = files
    .flatMap((file) => (file === undefined ? [] : filesUnder(file)))
    .flatMap((file) => hitsIn(readFileSync(file), `file ${file}`, forms));
  for (const { where, text } of places.texts ?? []) hits.push(...hitsIn(Buffer.from(text, 'utf8'), where, forms));
  if (places.db) hits.push(...(await hitsInDatabase(places.db, forms, places.published ?? new Set())));
  return hits;
}

function formsOf({ what, text }: Canary): Form[] {
  const escaped = [...text].map((c) => (c.codePointAt(0)! > 126 ? `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}` : c)).join('');
  const written: [string, string][] = [
    ['as it is', text],
    ['percent-encoded', encodeURIComponent(text)],
    ['escaped', escaped],
    ['hex', Buffer.from(text, 'utf8').toString('hex')],
    // What surrounds it shifts base64 by 0, 1 or 2 bytes; its edges depend on the neighbours and are left off.
    ...[0, 1, 2].map((shift): [string, string] => {
      const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text, 'utf8')]).toString('base64');
      return ['base64', encoded.slice(shift === 0 ? 0 : 4, -4)];
    }),
  ];
  const distinct = new Map(
    written
      .filter(([, form]) => Buffer.byteLength(form) >= 6)
      .reverse()
      .map(([as, form]) => [form, as]),
  );
  return [...distinct].map(([form, as]) => ({ what, as, bytes: Buffer.from(form, 'utf8') }));
}

function filesUnder(place: string): string[] {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function hitsIn(bytes: Buffer, where: string, forms: readonly Form[]): Hit[] {
  return forms.filter((form) => bytes.includes(form.bytes)).map(({ what, as }) => ({ what, where, as }));
}

/** Every column of every table of the house whose values can be read as text, and every bytea for plain bytes: what a dump would show. */
async function hitsInDatabase(db: Database, forms: readonly Form[], published: ReadonlySet<string>): Promise<Hit[]> {
  const { rows: columns } = (await db.raw(
    `select c.table_schema as schema, c.table_name as name, c.column_name as column, c.data_type as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema in ('public', 'ledger', 'audit') and t.table_type = 'BASE TABLE'
       and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'USER-DEFINED') order by 1, 2, c.ordinal_position`,
  )) as { rows: { schema: string; name: string; column: string; type: string }[] };
  const hits: Hit[] = [];
  const texts = forms.map((form) => form.bytes.toString('utf8'));
  for (const { schema, name, column, type } of columns) {
    const label = `${schema === 'public' ? '' : `${schema}.`}${name}.${column}`;
    if (published.has(label)) continue;
    const found = type === 'bytea' ? 'position(convert_to(f.form, $$UTF8$$) in t.??) > 0' : 'strpos(t.??::text, f.form) > 0';
    const { rows } = (await db.raw(`select distinct f.n from ??.?? t join unnest(?::text[]) with ordinality as f(form, n) on ${found}`, [
      schema,
      name,
      texts,
      column,
    ])) as { rows: { n: bigint }[] };
    hits.push(...rows.map(({ n }) => ({ what: forms[Number(n) - 1]!.what, as: forms[Number(n) - 1]!.as, where: `column ${label}` })));
  }
  return hits;
}
