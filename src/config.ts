import { type ClearingLimits, USUAL_LIMITS } from './domain/routing';
import { statePaths, type StatePaths } from './paths';

/** Requests a second that one caller is let through, over ten seconds; log-ins a minute from one address. */
export interface RateLimits {
  readonly keyPerSecond: number;
  readonly sessionPerSecond: number;
  readonly addressPerSecond: number;
  readonly logInsPerMinute: number;
  /** Gift orders by the public pages, from one address. */
  readonly giftsPerMinute: number;
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
  /** Where people look into Temporal with a browser, and the namespace there; null where nobody does. */
  readonly temporalUi: { readonly url: string; readonly namespace: string } | null;
  readonly paths: StatePaths;
  /** How long an order at the bank may be on its way before “not found” counts, ms. */
  readonly bankVisibilityMs: number;
  /** Refunds a second that the channel takes from us; 0: as many as come, as in the sandbox. */
  readonly refundsPerSecond: number;
  /** What the custody bank's contract says of its clearings. */
  readonly clearings: ClearingLimits;
  readonly limits: RateLimits;
  /** How many proxies stand before the API: the caller's address is then what the outermost of them saw (X-Forwarded-For). 0: nobody is believed. */
  readonly trustedProxies: number;
  /** What a scraper of `/metrics` shows; empty: nobody may look. */
  readonly metricsToken: string;
  /** How long requests under way may take to end at a stop, ms. */
  readonly stopMs: number;
  /** How long requests are still taken after the process was told to end and `/readyz` says so, ms. */
  readonly drainMs: number;
  /** Single sign-on of the staff; null where none is set up. */
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string } | null;
}

/** @throws when a needed variable is missing; the message names it. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set; \`almoner start\` sets it, docs/operations.md tells what to give it elsewhere`);
    return value;
  };
  const number = (name: string, otherwise: number): number => {
    const value = Number(env[name] || otherwise);
    if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is not a whole number from 0 up: docs/operations.md tells what it is`);
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
    temporalUi: env.TEMPORAL_UI_URL ? { url: env.TEMPORAL_UI_URL.replace(/\/$/, ''), namespace: env.TEMPORAL_NAMESPACE || 'default' } : null,
    paths: statePaths(env.ALMONER_STATE),
    bankVisibilityMs: Number(env.BANK_VISIBILITY_MS ?? 60_000),
    // WeChat Pay's published limit of the refund call; the merchant's contract may say otherwise.
    refundsPerSecond: number('REFUNDS_PER_SECOND', env.SIMULATORS_URL ? 0 : 150),
    clearings: {
      ...USUAL_LIMITS,
      bulkToInstitutionFen: BigInt(number('BULK_MOST_FEN', Number(USUAL_LIMITS.bulkToInstitutionFen))),
      bulkToPersonFen: BigInt(number('BULK_MOST_FEN_PERSON', Number(USUAL_LIMITS.bulkToPersonFen))),
      bulkPerDayFen: BigInt(number('BULK_DAY_FEN', 0)) || null,
      // The simulated bank is open day and night; a sandbox that is to wait as banks do sets 0.
      highValueAlways: number('HIGH_VALUE_ALWAYS', env.SIMULATORS_URL ? 1 : 0) === 1,
    },
    limits: {
      keyPerSecond: number('RATE_KEY', 2_000),
      sessionPerSecond: number('RATE_SESSION', 200),
      addressPerSecond: number('RATE_ADDRESS', 100),
      logInsPerMinute: number('RATE_LOG_INS', 300),
      giftsPerMinute: number('RATE_GIFTS', 300),
    },
    trustedProxies: number('TRUST_PROXY', 0),
    metricsToken: env.METRICS_TOKEN ?? '',
    stopMs: number('STOP_MS', 2_000),
    drainMs: number('DRAIN_MS', 0),
    oidc: env.OIDC_ISSUER ? { issuer: env.OIDC_ISSUER, clientId: need('OIDC_CLIENT_ID'), clientSecret: need('OIDC_CLIENT_SECRET') } : null,
  };
}
