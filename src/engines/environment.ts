import { StartError } from './startError';

export type Addresses = {
  port: number;
  databaseUrl: string;
  appPassword: string;
  temporal: Record<string, string>;
  simulatorsPort: number;
  simulatorsState: string;
  workerHealthPort: number;
  sandboxToken: string;
  metricsToken: string;
  state: string;
};

const APP_ROLE = 'almoner_app';

/** @returns the same server and database, entered as the limited application role. */
function appDatabaseUrl(databaseUrl: string, appPassword: string): string {
  const url = new URL(databaseUrl);
  url.username = APP_ROLE;
  url.password = appPassword;
  return url.href;
}

/**
 * @returns a database URL without its password, for the terminal and for logs. Throws `StartError` when it is none.
 */
export function withoutPassword(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    return `${url.host}${url.pathname}`;
  } catch {
    throw new StartError('DATABASE_URL is not a URL: give it as postgres://user:password@host:5432/database.');
  }
}

/** The variables that api, worker, simulators and the seeding get. Everything a process needs to know of the others is in here. */
export function processEnvironment(at: Addresses): Record<string, string> {
  const publicUrl = process.env.PUBLIC_URL || `http://127.0.0.1:${at.port}`;
  return {
    PORT: String(at.port),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: at.databaseUrl,
    APP_DATABASE_URL: process.env.APP_DATABASE_URL || appDatabaseUrl(at.databaseUrl, at.appPassword),
    ...at.temporal,
    SIMULATORS_URL: `http://127.0.0.1:${at.simulatorsPort}`,
    SIMULATORS_PORT: String(at.simulatorsPort),
    SIMULATORS_STATE: at.simulatorsState,
    SANDBOX_TOKEN: at.sandboxToken,
    METRICS_TOKEN: process.env.METRICS_TOKEN || at.metricsToken,
    WORKER_HEALTH_PORT: String(at.workerHealthPort),
    ALMONER_STATE: at.state,
  };
}
