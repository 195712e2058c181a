import { setTimeout as sleep } from 'node:timers/promises';
import { signalProcess } from '../../engines/processes';
import { readRunFile, type RunFile } from '../../engines/runFile';
import { readSnapshot } from '../../engines/snapshot';
import { StartError } from '../../engines/startError';
import { statePaths } from '../../paths';
import { openDatabase } from '../support/database';
import { requireInstance } from '../support/running';
import { readDemonstration } from './demonstration';
import { holdingsBeside, whatChanged } from './holdings';

const DEADLINE_MS = 90_000;
/** What the supervisor of a start hears as “put the demonstration back”. */
export const RESET_SIGNAL = 'SIGUSR2';

/** @throws {StartError} when the house holds what is not the demonstration's, or is not one that can be put back. */
async function mustBeNothingElse(run: RunFile): Promise<void> {
  const paths = statePaths();
  const demonstration = readDemonstration();
  if (demonstration?.state === 'being seeded')
    throw new StartError('The demonstration is still being seeded: there is nothing yet to put it back to.');
  if (run.pids.postgres === undefined || run.pids.temporal === undefined)
    throw new StartError(
      'This house stands on a database or a Temporal of its own (DATABASE_URL, TEMPORAL_ADDRESS): the demonstration is put back only where both were started here.',
    );
  const snapshot = readSnapshot(paths);
  if (!demonstration || !snapshot)
    throw new StartError('There is no seeded demonstration here: it is seeded by a first "npm start" on an empty state folder.');
  const db = openDatabase();
  try {
    const now = await holdingsBeside(db, [demonstration.house.tenantId, demonstration.stage.tenantId]);
    const changed = whatChanged(snapshot.holdings, now);
    if (changed.length > 0)
      throw new StartError(
        `This house holds what is not the demonstration: ${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ' and more' : ''} changed since it was seeded, and would be lost. Nothing was touched.`,
      );
  } finally {
    await db.destroy();
  }
}

/**
 * Has the running start put the demonstration back to how it was seeded, and waits until it is ready again.
 * @returns how long that took, seconds. @throws {StartError} refused, with why; or not done in time
 */
export async function resetDemonstration(): Promise<number> {
  const run = requireInstance();
  await mustBeNothingElse(run);
  const beganMs = Date.now();
  signalProcess(run, RESET_SIGNAL);
  for (;;) {
    await sleep(100);
    const now = readRunFile(statePaths().runFile);
    if (now?.ready && now.startedAt !== run.startedAt) return Math.round((Date.now() - beganMs) / 100) / 10;
    if (Date.now() - beganMs > DEADLINE_MS)
      throw new StartError(`It was not ready again within ${DEADLINE_MS / 1000} s: look at the terminal of the start (process ${run.pid}).`);
  }
}
