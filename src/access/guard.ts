import { type Connection, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import { MINUTE_MS } from '../domain/calendar';
import { countLogInFailure } from '../observability/metrics';
import type { PersonalData } from '../security/personalData';

/** How many attempts may fail within the window before a name is locked. */
const MOST_FAILURES = 5;
const WINDOW_MS = 15 * MINUTE_MS;
const LOCK_MS = 15 * MINUTE_MS;

/** Counts attempts before they are looked at, so that many at once guess no more often than one after another. By keyed hash of the name: an unknown one locks like a known one. */
export class LogInGuard {
  constructor(private readonly personalData: Pick<PersonalData, 'lookup'>) {}

  /**
   * Takes one attempt of a name, in a commit of its own: a refused log-in rolls back, the count stays.
   * @param name what is guessed at: a log-in, or a person's step-up. @throws {DomainError} auth.locked after five failures, for fifteen minutes.
   */
  async attempt(db: Connection, name: string): Promise<void> {
    const counted = (await row<{ failures: number; locked_until: Date | null; now: Date }>(
      db,
      `insert into log_in_guard as g (name_hash, failures, window_start) values (:hash, 1, now())
       on conflict (name_hash) do update set
         failures = case when g.locked_until > now() then g.failures when g.window_start < now() - make_interval(secs => :window) or g.locked_until is not null then 1 else g.failures + 1 end,
         window_start = case when g.window_start < now() - make_interval(secs => :window) or g.locked_until <= now() then now() else g.window_start end,
         locked_until = case when g.locked_until > now() then g.locked_until
           when g.locked_until is null and g.window_start >= now() - make_interval(secs => :window) and g.failures >= :most then now() + make_interval(secs => :lock) end
       returning failures, locked_until, now() as now`,
      { hash: this.#hash(name), window: WINDOW_MS / 1000, most: MOST_FAILURES, lock: LOCK_MS / 1000 },
    ))!;
    if (counted.locked_until !== null && counted.locked_until > counted.now) {
      countLogInFailure('locked');
      const minutes = Math.ceil((counted.locked_until.getTime() - counted.now.getTime()) / MINUTE_MS);
      throw new DomainError('auth.locked', {
        zh: `尝试次数过多，已锁定；请 ${minutes} 分钟后再试，或请管理员解锁`,
        en: `Too many attempts: locked. Try again in ${minutes} minutes, or ask an administrator to unlock`,
      });
    }
  }

  /** Forgets the failures of a name: it succeeded, or an administrator unlocked it. */
  async clear(connection: Connection, name: string): Promise<void> {
    await connection('log_in_guard').where('name_hash', this.#hash(name)).delete();
  }

  /** @returns until when each locked name is locked, by name; names that are not locked are not in it. */
  async locked(connection: Connection, names: readonly string[]): Promise<Map<string, Date>> {
    const hashes = names.map((name) => this.#hash(name));
    const nameOf = new Map(hashes.map((hash, nth) => [hash.toString('hex'), names[nth]!]));
    const found = await rows<{ name_hash: Buffer; locked_until: Date }>(
      connection,
      'select name_hash, locked_until from log_in_guard where locked_until > now() and name_hash = any(?::bytea[])',
      [hashes] as never,
    );
    return new Map(found.map((each) => [nameOf.get(each.name_hash.toString('hex'))!, each.locked_until]));
  }

  #hash(name: string): Buffer {
    return this.personalData.lookup('log-in', name.trim().toLowerCase());
  }
}

/** The name under which a person's log-ins are counted. */
export const logInName = (login: string): string => `login ${login}`;
/** The name under which a person's second factors and step-ups are counted. */
export const factorName = (staffId: string): string => `factor ${staffId}`;
