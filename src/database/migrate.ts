import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, row, rows } from './connect';

/** The application's role: reads and writes what it must, owns nothing. */
export const APPLICATION_ROLE = 'almoner_app';

/** `migrations/` at the top of the checkout, from `src/` as well as from `dist/`. */
function migrationsFolder(): string {
  const folder = [join(__dirname, '../../migrations'), join(__dirname, '../migrations')].find(existsSync);
  if (!folder) throw new Error('The migrations folder is missing beside the programme');
  return folder;
}

/**
 * Brings a database up to date: forward-only SQL files in order of name, each in its own transaction, each once.
 * @param ownerUrl a role that may create schemas and roles. @param options.appPassword lets `almoner_app` log in with it; without, the role is only assumed.
 * `upTo`: the last one to apply, for data of an earlier day that is to be loaded under the schema it was written under.
 * @returns the names applied now. @throws when a file applied before has changed since.
 */
export async function migrate(
  ownerUrl: string,
  options: { readonly appPassword?: string; readonly upTo?: string } = {},
): Promise<{ applied: string[] }> {
  const db = connect(ownerUrl, { max: 1, name: 'almoner-migrate' });
  try {
    // One migration at a time, whoever starts first.
    await db.raw(`select pg_advisory_lock(hashtext('almoner.migrate'))`);
    await ensureRole(db, options.appPassword);
    await db.raw('create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())');
    const done = new Map((await rows<{ name: string; sha256: string }>(db, 'select name, sha256 from migration')).map((m) => [m.name, m.sha256]));
    const applied: string[] = [];
    for (const name of readdirSync(migrationsFolder())
      .filter((f) => f.endsWith('.sql') && (options.upTo === undefined || f <= options.upTo))
      .sort()) {
      const sql = readFileSync(join(migrationsFolder(), name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = done.get(name);
      if (before === sha256) continue;
      if (before) throw new Error(`Migration ${name} was changed after it had been applied; write a new one instead`);
      await db.transaction(async (tx) => {
        // `?` is SQL here, not a binding: the driver gets the text as it is.
        await tx.raw(sql.replaceAll('?', '\\?'));
        await tx.raw('insert into migration (name, sha256) values (?, ?)', [name, sha256]);
      });
      applied.push(name);
    }
    return { applied };
  } finally {
    await db.destroy();
  }
}

/** @returns whether every migration of this programme is applied. */
export async function isMigrated(url: string): Promise<boolean> {
  const db = connect(url, { max: 1, name: 'almoner-migrate' });
  try {
    const last =
      readdirSync(migrationsFolder())
        .filter((f) => f.endsWith('.sql'))
        .sort()
        .at(-1) ?? '';
    return (await row(db, 'select 1 from migration where name = ?', [last])) !== null;
  } finally {
    await db.destroy();
  }
}

async function ensureRole(db: ReturnType<typeof connect>, password: string | undefined): Promise<void> {
  const exists = await row(db, 'select 1 from pg_roles where rolname = ?', [APPLICATION_ROLE]);
  // Roles belong to the whole server: another database's migration may win the race.
  if (!exists)
    await db.raw(`do $$ begin create role ${APPLICATION_ROLE} nologin; exception when duplicate_object or unique_violation then null; end $$`);
  if (password !== undefined) {
    const quoted = `'${password.replaceAll("'", "''")}'`;
    await db.raw(`alter role ${APPLICATION_ROLE} login password ${quoted}`.replaceAll('?', '\\?'));
  } else {
    await db.raw(`grant ${APPLICATION_ROLE} to current_user`);
  }
}
