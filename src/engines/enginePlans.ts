import path from 'node:path';
import type { StatePaths } from '../paths';
import type { ChildPlan } from './child';
import { clearPostmaster } from './orphans';
import { answersOn } from './ports';
import { ownerUrl, postgresLaunch, postgresVersion, waitForPostgres } from './postgresCluster';
import { temporalLaunch, waitForTemporal } from './temporalServer';

/** The embedded Postgres as a supervised process. SIGINT is its fast shutdown: transactions roll back, a checkpoint is written. */
export function postgresPlan(paths: StatePaths, port: number, password: string): ChildPlan {
  const adminUrl = ownerUrl(port, password, 'postgres');
  return {
    name: 'postgres',
    logFile: path.join(paths.logs, 'postgres.log'),
    launch: async () => {
      await clearPostmaster(paths.postgres);
      return postgresLaunch(paths.postgres, port);
    },
    ready: () => waitForPostgres(adminUrl, 120_000),
    probe: () => postgresVersion(adminUrl, 5000).then(Boolean),
    stopSignal: 'SIGINT',
    stopMs: 5000,
  };
}

/** The embedded Temporal server as a supervised process. */
export function temporalPlan(paths: StatePaths, { port, uiPort }: { port: number; uiPort: number }, namespace: string, program: string): ChildPlan {
  return {
    name: 'temporal',
    logFile: path.join(paths.logs, 'temporal.log'),
    launch: () => temporalLaunch(program, { port, uiPort, namespace, dataDir: paths.temporal }),
    ready: () => waitForTemporal({ address: `127.0.0.1:${port}` }, namespace, 60_000),
    probe: () => answersOn(port, '127.0.0.1', 5000),
    stopMs: 4000,
  };
}
