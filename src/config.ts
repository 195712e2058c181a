import { statePaths, type StatePaths } from './paths';

/** How often one caller may ask, before it is answered 429. */
export interface RateLimits {
  readonly keyPerSecond: number;
  readonly sandboxKeyPerSecond: number;
  readonly sessionPerSecond: number;
  /** By address: without key or session. */
  readonly addressPerSecond: number;
  readonly logInsPerMinute: number;
  /** Gift orders by the public pages. */
  readonly giftsPerMinute: number;
  /** Keys and sessions that were none. */
  readonly guessesPerMinute: number;
}

/** What every process of the house is told by its environment. */
export interface Config {
  readonly port: number;
  readonly publicUrl: string;
  /** Owner of the schema: migrations and notifications. */
  readonly databaseUrl: string;
  /** The limited role that everything else runs as; empty assumes it on the owner's connection. */
  readonly appDatabaseUrl: string;
  readonly simulatorsUrl: string | null;
  readonly sandboxToken: string;
  readonly workerHealthUrl: string | null;
  readonly workerHealthPort: number;
  readonly paths: StatePaths;
  /** How long an order at the bank may be on its way before “not found” counts, ms. */
  readonly bankVisibilityMs: number;
  /** Single sign-on of the staff; null where none is set up. */
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string } | null;
  readonly rates: RateLimits;
  /** Whose `X-Forwarded-For` is believed: a number of hops, or addresses and networks by comma; false: nobody's. */
  readonly trustProxy: number | string | false;
  /** What a scraper of `/metrics` shows; empty: nobody may. */
  readonly metricsToken: string;
  /** How long a stop waits for requests under way, ms. */
  readonly shutdownMs: number;
}

/** A sandbox plays months of a campaign in seconds from one address: its limits are so many times wider. */
const SANDBOX_RATES = 20;

/** @throws when a variable is set and is no whole number from 1 on. */
function countOf(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} is "${text}", and must be a whole number from 1 on`);
  return Number(text);
}

function ratesOf(env: NodeJS.ProcessEnv): RateLimits {
  const wide = env.SIMULATORS_URL ? SANDBOX_RATES : 1;
  return {
    keyPerSecond: countOf(env, 'RATE_KEY_PER_SECOND', 200 * wide),
    sandboxKeyPerSecond: countOf(env, 'RATE_SANDBOX_KEY_PER_SECOND', 10_000),
    sessionPerSecond: countOf(env, 'RATE_SESSION_PER_SECOND', 50 * wide),
    addressPerSecond: countOf(env, 'RATE_ADDRESS_PER_SECOND', 50 * wide),
    logInsPerMinute: countOf(env, 'RATE_LOG_INS_PER_MINUTE', 30 * wide),
    giftsPerMinute: countOf(env, 'RATE_GIFTS_PER_MINUTE', 60 * wide),
    guessesPerMinute: countOf(env, 'RATE_GUESSES_PER_MINUTE', 60 * wide),
  };
}

/** A number alone is of hops; anything else is a list that Express reads. */
function trusted(text: string | undefined): number | string | false {
  if (!text) return false;
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** @throws when a needed variable is missing; the message names it. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set; \`almoner start\` sets it, docs/operations.md tells what to give it elsewhere`);
    return value;
  };
  const port = Number(env.PORT ?? 8080);
  const workerHealthPort = Number(env.WORKER_HEALTH_PORT ?? 0);
  return {
    port,
    publicUrl: env.PUBLIC_URL ?? `http://127.0.0.1:${port}`,
    databaseUrl: need('DATABASE_URL'),
    appDatabaseUrl: env.APP_DATABASE_URL ?? '',
    simulatorsUrl: env.SIMULATORS_URL || null,
    sandboxToken: env.SANDBOX_TOKEN ?? '',
    workerHealthUrl: env.WORKER_HEALTH_URL ?? (workerHealthPort > 0 ? `http://127.0.0.1:${workerHealthPort}` : null),
    workerHealthPort,
    paths: statePaths(env.ALMONER_STATE),
    bankVisibilityMs: Number(env.BANK_VISIBILITY_MS ?? 60_000),
    oidc: env.OIDC_ISSUER ? { issuer: env.OIDC_ISSUER, clientId: need('OIDC_CLIENT_ID'), clientSecret: need('OIDC_CLIENT_SECRET') } : null,
    rates: ratesOf(env),
    trustProxy: trusted(env.TRUST_PROXY),
    metricsToken: env.METRICS_TOKEN ?? '',
    shutdownMs: countOf(env, 'SHUTDOWN_MS', 10_000),
  };
}
