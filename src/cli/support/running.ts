import { runningInstance, type RunFile } from '../../engines/runFile';
import { StartError } from '../../engines/startError';
import { statePaths } from '../../paths';

/** @returns the run file of the instance on this state folder. Throws `StartError` when none is running and ready. */
export function requireInstance(): RunFile {
  const run = runningInstance(statePaths().runFile);
  if (!run) throw new StartError('Almoner is not running here: start it with "npm start".');
  if (!run.ready) throw new StartError(`Almoner is still starting (process ${run.pid}): try again when it says it is ready.`);
  return run;
}
