import type { Command } from 'commander';
import { signalProcess, waitUntilGone } from '../engines/processes';
import { runningInstance } from '../engines/runFile';
import { StartError } from '../engines/startError';
import { statePaths } from '../paths';
import { EXIT_HELP, printJson } from './support/output';

/** A supervisor's own deadlines add up to less than 20 s. */
const DEADLINE_MS = 25_000;

async function stop({ json = false }: { json?: boolean }): Promise<void> {
  const run = runningInstance(statePaths().runFile);
  if (!run) {
    if (json) printJson({ stopped: false, reason: 'not running' });
    else process.stdout.write('Almoner is not running here.\n');
    return;
  }
  signalProcess(run, 'SIGTERM');
  if (!(await waitUntilGone(run, DEADLINE_MS))) {
    throw new StartError(
      `Process ${run.pid} did not end within ${DEADLINE_MS / 1000} s: look at its terminal, then end it with "kill -9 ${run.pid}".`,
    );
  }
  if (json) printJson({ stopped: true, pid: run.pid });
  else process.stdout.write(`✓ Almoner (process ${run.pid}) has ended.\n`);
}

/** `almoner stop`. */
export function register(program: Command): void {
  program
    .command('stop')
    .description('end the instance that runs on this checkout, and wait until it has')
    .option('--json', 'the outcome as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nNot running is no error.`)
    .action(stop);
}
