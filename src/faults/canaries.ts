import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';

interface Place {
  readonly databaseUrl: string;
  /** Folders and files whose bytes are looked through: logs, the workflow engine's own database. */
  readonly files: readonly string[];
}

function filesUnder(place: string): string[] {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => filesUnder(path.join(place, entry.name)));
}

/**
 * Looks for personal data where none may be: logs, workflow histories, and every row of the database as text (encrypted columns show as bytes).
 * @param canaries words that appear nowhere else in the world. @returns each place where one was found, without the word
 */
export async function canaryHits(canaries: readonly string[], { databaseUrl, files }: Place): Promise<string[]> {
  const words = canaries.map((word) => ({ plain: Buffer.from(word), escaped: Buffer.from(escaped(word)) }));
  const inFiles = files.flatMap(filesUnder).filter((file) => {
    const bytes = readFileSync(file);
    return words.some(({ plain, escaped: other }) => bytes.includes(plain) || bytes.includes(other));
  });
  return [...inFiles.map((file) => `file ${path.basename(file)}`), ...(await inRows(canaries, databaseUrl))];
}

/** As JSON writes it where it keeps to ASCII. */
function escaped(word: string): string {
  return [...word].map((sign) => (sign < '\u0080' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('');
}

async function inRows(canaries: readonly string[], databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'almoner-faults' });
  await client.connect();
  try {
    const tables = (
      await client.query<{ name: string }>(
        `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
      )
    ).rows;
    const hits: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ found: string }>(`select count(*)::text as found from ${name} t where t::text ~ $1`, [
        canaries.join('|'),
      ]);
      if (rows[0]!.found !== '0') hits.push(`${rows[0]!.found} rows of ${name}`);
    }
    return hits;
  } finally {
    await client.end();
  }
}
