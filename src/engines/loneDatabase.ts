import type { StatePaths } from '../paths';
import { postgresPlan } from './enginePlans';
import { keptSecret } from './files';
import { becomeTheInstance } from './instance';
import { endOrphans } from './orphans';
import { keptPorts } from './ports';
import { markOf } from './processes';
import { createCluster, ensureDatabase, hasCluster, ownerUrl } from './postgresCluster';
import { Supervisor } from './supervisor';

/**
 * Runs `work` on the embedded Postgres of a state folder with nothing else running on it, made anew where there is none, and ends it again. With DATABASE_URL
 * there is nothing to start: `work` gets that one.
 * @throws {StartError} when an instance runs on the folder.
 */
export async function withLoneDatabase<T>(paths: StatePaths, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  const theirs = process.env.DATABASE_URL;
  const release = becomeTheInstance(paths.lockFile, theirs ? 'no address' : 'its database alone');
  try {
    if (theirs) return await work(theirs);
    await endOrphans(paths.runFile);
    const { postgres: port } = await keptPorts(paths.portsFile, ['postgres', 'temporal', 'simulators', 'workerHealth', 'temporalUi'] as const);
    const password = keptSecret(paths.keys, 'postgres-password');
    const { pid, began } = markOf(process.pid)!;
    const run = { pid, began, startedAt: new Date().toISOString(), ready: false, port: 0, url: '', pids: {}, begun: {}, environment: {} };
    const supervisor = new Supervisor(paths.runFile, run, () => undefined);
    try {
      if (!hasCluster(paths.postgres)) await createCluster(paths.postgres, password);
      await supervisor.add('postgres', postgresPlan(paths, port, password));
      await ensureDatabase(ownerUrl(port, password, 'postgres'), 'almoner');
      return await work(ownerUrl(port, password));
    } finally {
      await supervisor.stop(() => undefined);
    }
  } finally {
    release();
  }
}
