import { migrate } from '../../src/database/migrate';
import { ensureDatabase } from '../../src/engines/postgresCluster';
import { TEST_PASSWORD, startRun } from './engines';

/**
 * Before all tests: engines of our own on free ports, and a migrated template database that each test file clones.
 * Exports `TEST_DATABASE_URL` (the owner's URL of the database `postgres`), `TEST_TEMPORAL_ADDRESS`, `TEST_TEMPORAL_BINARY` and `TEST_RUN_FOLDER`.
 */
export default async function globalSetup(): Promise<void> {
  const run = await startRun();
  process.env.TEST_RUN_FOLDER = run.folder;
  process.env.TEST_DATABASE_URL = run.adminUrl;
  process.env.TEST_TEMPORAL_ADDRESS = run.temporalAddress;
  process.env.TEST_TEMPORAL_BINARY = run.temporalBinary;
  await ensureDatabase(run.adminUrl, 'almoner_template');
  await migrate(run.adminUrl.replace(/\/postgres$/, '/almoner_template'), { appPassword: TEST_PASSWORD });
}
