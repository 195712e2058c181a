import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Database, inTransaction, rows } from '../database/connect';

/** Every metric of this process. Labels are codes of the house or route patterns: no id, no person, nothing without end. */
const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'almoner_' });
const registers = [registry];
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const requests = new Counter({
  name: 'almoner_http_requests_total',
  help: 'HTTP requests answered; 499 is a caller who went away first.',
  labelNames: ['method', 'route', 'status'],
  registers,
});
const requestSeconds = new Histogram({
  name: 'almoner_http_request_seconds',
  help: 'From the head of a request to the end of its answer.',
  labelNames: ['method', 'route'],
  buckets: SECONDS,
  registers,
});
const callbacks = new Counter({
  name: 'almoner_callbacks_total',
  help: 'Pushes of providers, by what was answered: 204 taken, 400 or 401 refused, 500 to be sent again.',
  labelNames: ['provider', 'status'],
  registers,
});
const gifts = new Counter({ name: 'almoner_gifts_posted_total', help: 'Gifts newly posted to the ledger by this process.', registers });
const giftFen = new Counter({ name: 'almoner_gift_fen_total', help: 'Their sum, fen.', registers });
const logInFailures = new Counter({
  name: 'almoner_login_failures_total',
  help: 'Log-ins refused, by what was wrong: password, code; locked: not looked at.',
  labelNames: ['wrong'],
  registers,
});
const limited = new Counter({ name: 'almoner_rate_limited_total', help: 'Requests answered 429.', labelNames: ['limit'], registers });
const activities = new Histogram({
  name: 'almoner_activity_seconds',
  help: 'Activities run by this worker.',
  labelNames: ['activity', 'outcome'],
  buckets: SECONDS,
  registers,
});
const pool = new Gauge({
  name: 'almoner_pool_connections',
  help: 'Connections to Postgres: used, free, waited for.',
  labelNames: ['state'],
  registers,
});
const lookFailed = new Gauge({ name: 'almoner_scrape_failed', help: '1 when the database could not be asked for the numbers below.', registers });

/** Counts one HTTP request. @param seconds how long it took. */
export function countRequest(method: string, route: string, status: number, seconds: number): void {
  requests.inc({ method, route, status: String(status) });
  requestSeconds.observe({ method, route }, seconds);
}

export const countCallback = (provider: string, status: number): void => callbacks.inc({ provider, status: String(status) });
export const countLogInFailure = (wrong: 'password' | 'code' | 'locked'): void => logInFailures.inc({ wrong });
export const countLimited = (limit: string): void => limited.inc({ limit });
export const countActivity = (activity: string, outcome: 'done' | 'failed', seconds: number): void =>
  activities.observe({ activity, outcome }, seconds);

/** Counts gifts newly posted. @param sumFen a counter is a double: exact to 90 trillion yuan. */
export function countGifts(count: number, sumFen: bigint): void {
  gifts.inc(count);
  giftFen.inc(Number(sumFen));
}

/** A number that the database knows: SQL of `label` and `value`, or of `value` alone. Each looks at open work only, so that it stays cheap. */
interface Look {
  readonly gauge: Gauge;
  readonly label?: string;
  readonly sql: string;
}
const gauge = (name: string, help: string, label?: string): Pick<Look, 'gauge' | 'label'> => ({
  gauge: new Gauge({ name, help, labelNames: label ? [label] : [], registers }),
  ...(label ? { label } : {}),
});

const LOOKS: readonly Look[] = [
  { ...gauge('almoner_outbox_undelivered', 'Words to workflows that wait.'), sql: 'select count(*) as value from outbox where delivered_at is null' },
  {
    ...gauge('almoner_outbox_oldest_seconds', 'Age of the oldest word that waits.'),
    sql: 'select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as value from outbox where delivered_at is null',
  },
  {
    ...gauge('almoner_audit_unsealed', 'Audit rows that are not yet in the chain.'),
    sql: 'select count(*) as value from audit.event where seq > coalesce((select event_seq from audit.link order by position desc limit 1), 0)',
  },
  {
    ...gauge('almoner_audit_unsealed_oldest_seconds', 'Age of the oldest of them.'),
    sql: `select coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0) as value from audit.event
      where seq > coalesce((select event_seq from audit.link order by position desc limit 1), 0)`,
  },
  {
    ...gauge('almoner_payouts_open', 'Payouts whose end is not known, by state.', 'state'),
    sql: `select s.state as label, count(p.id) as value from unnest(array['reserved', 'submitted', 'unknown']) s (state)
      left join payout p on p.state = s.state group by s.state`,
  },
  {
    ...gauge('almoner_unreconciled_oldest_seconds', 'How long ago the oldest day ended that is not reconciled, on real clocks.'),
    sql: `select coalesce(extract(epoch from clock_timestamp() - ((min(d.day) + 1)::timestamp at time zone 'Asia/Shanghai')), 0) as value
      from reconciliation_day d join tenant t on t.id = d.tenant_id where d.finished_at is null and t.clock_id is null`,
  },
  {
    ...gauge('almoner_books_differences', 'What the latest look at the whole books found that does not hold.'),
    sql: 'select coalesce((select differences from books_check order by id desc limit 1), 0) as value',
  },
  {
    ...gauge('almoner_books_unchecked_seconds', 'How long ago the latest look at the whole books ended.'),
    sql: `select coalesce(extract(epoch from clock_timestamp() - (select finished_at from books_check order by id desc limit 1)), 0) as value`,
  },
  {
    ...gauge('almoner_money_exceptions_open', 'Money events that fit nowhere and wait for a person, by kind.', 'kind'),
    sql: 'select kind as label, count(*) as value from money_exception where resolved_at is null group by kind',
  },
];

/** How long an answer of the database is given again, ms: several scrapers cost one look. */
const KEPT_MS = 5_000;
/** How long a scrape waits for the database, ms: the rest of it is told in any case. */
const PATIENCE_MS = 3_000;
let lookedMs = 0;
let looking: Promise<void> = Promise.resolve();

async function look(db: Database): Promise<void> {
  try {
    await inTransaction(db, async (tx) => {
      await tx.raw(`set local statement_timeout = ${PATIENCE_MS}`);
      for (const { gauge: of, label, sql } of LOOKS) {
        const found = await rows<{ label?: string; value: bigint | string | number }>(tx, sql);
        of.reset();
        for (const each of found) of.set(label ? { [label]: each.label! } : {}, Number(each.value));
      }
    });
    lookFailed.set(0);
  } catch {
    // The scrape itself answers: that the database does not is the news.
    lookFailed.set(1);
  }
}

async function lookAtMost(db: Database): Promise<void> {
  if (Date.now() - lookedMs >= KEPT_MS) {
    lookedMs = Date.now();
    looking = look(db);
  }
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    late = setTimeout(() => {
      lookFailed.set(1);
      resolve();
    }, PATIENCE_MS);
  });
  await Promise.race([looking, patience]);
  clearTimeout(late);
}

/** What Knex's pool tells of itself. */
interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** @returns every metric in the text form of Prometheus 0.0.4. @param withDatabase whether the database is asked, at most every 5 s, for the numbers that it knows. */
export async function scrape(db: Database, withDatabase: boolean): Promise<{ readonly type: string; readonly text: string }> {
  const connections = (db.client as { pool: Pool }).pool;
  pool.set({ state: 'used' }, connections.numUsed());
  pool.set({ state: 'free' }, connections.numFree());
  pool.set({ state: 'waiting' }, connections.numPendingAcquires());
  if (withDatabase) await lookAtMost(db);
  return { type: registry.contentType, text: await registry.metrics() };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @returns whether an `Authorization` header shows the token; never where none is set. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const shown = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  return token !== '' && shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}
