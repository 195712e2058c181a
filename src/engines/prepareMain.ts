import { migrate } from '../database/migrate';
import { statePaths } from '../paths';
import { ensureHouseKeys } from '../security/keys';
import { seedHouse } from '../seed';
import { ensureSandboxKeys } from '../simulators/keys';
import { sealWhatIsPlain } from './plainWords';
import { StartError } from './startError';

/**
 * What `almoner start` does before its processes, for places where something else starts them (docker-compose.yml):
 * `prepareMain.js` migrates and makes keys; `prepareMain.js seed`, once the simulators answer, makes platforms, log-ins and keys.
 * Env: DATABASE_URL (owner), APP_DATABASE_URL (its password becomes the role's), ALMONER_STATE, SANDBOX_TOKEN, SIMULATORS_STATE.
 */
async function main(what: string | undefined): Promise<void> {
  if (what === 'seed') return seedHouse(process.env);
  const { DATABASE_URL, APP_DATABASE_URL, SIMULATORS_URL, SIMULATORS_STATE } = process.env;
  if (!DATABASE_URL || !APP_DATABASE_URL)
    throw new StartError('Set DATABASE_URL and APP_DATABASE_URL: the owner migrates, the application role only works.');
  const { applied } = await migrate(DATABASE_URL, { appPassword: decodeURIComponent(new URL(APP_DATABASE_URL).password) });
  process.stdout.write(`${applied.length} migrations applied\n`);
  const paths = statePaths();
  ensureHouseKeys(paths.keys);
  await sealWhatIsPlain(DATABASE_URL, paths.keys);
  if (SIMULATORS_URL) await ensureSandboxKeys(paths.keys, SIMULATORS_STATE || paths.simulators);
  process.stdout.write('keys are there\n');
}

main(process.argv[2]).catch((error: Error) => {
  process.stderr.write(`${error instanceof StartError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
