import { migrate } from '../database/migrate';
import { statePaths } from '../paths';
import { ensureSandboxKeys } from '../simulators/keys';
import { StartError } from './startError';

/**
 * What a start does before its processes, for places where something else starts them (containers): migrations, and, where the
 * sandbox is used (`SANDBOX_TOKEN`), its keys. Env: DATABASE_URL (owner), APP_DATABASE_URL (its password becomes the role's), ALMONER_STATE.
 */
async function main(): Promise<void> {
  const { DATABASE_URL, APP_DATABASE_URL, SANDBOX_TOKEN, SIMULATORS_STATE } = process.env;
  if (!DATABASE_URL || !APP_DATABASE_URL) throw new StartError('Set DATABASE_URL and APP_DATABASE_URL: the owner migrates, the application role only works.');
  const { applied } = await migrate(DATABASE_URL, { appPassword: decodeURIComponent(new URL(APP_DATABASE_URL).password) });
  process.stdout.write(`${applied.length} migrations applied\n`);
  if (!SANDBOX_TOKEN) return;
  const paths = statePaths();
  await ensureSandboxKeys(paths.keys, SIMULATORS_STATE || paths.simulators);
  process.stdout.write('keys of the sandbox are there\n');
}

main().catch((error: Error) => {
  process.stderr.write(`${error instanceof StartError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
