import path from 'node:path';
import { checkoutRoot, type StatePaths } from '../paths';
import type { ChildPlan } from './child';
import { withoutTemporalSettings } from './temporalServer';
import { answersOk, waitForOk } from './http';

type NodeProcess = { name: string; main: string; env: NodeJS.ProcessEnv; healthUrl: string; stopMs: number };

/**
 * One of our own processes, supervised.
 * @param main its compiled entry in `dist/`
 * @param healthUrl answers 200 once the process is of use
 */
export function nodePlan(paths: StatePaths, { name, main, env, healthUrl, stopMs }: NodeProcess): ChildPlan {
  return {
    name,
    logFile: path.join(paths.logs, `${name}.log`),
    launch: () => ({
      command: process.execPath,
      args: ['--enable-source-maps', path.join(checkoutRoot(), 'dist', main)],
      cwd: checkoutRoot(),
      env: { ...withoutTemporalSettings(), ...env },
    }),
    ready: () => waitForOk(healthUrl, 60_000),
    probe: () => answersOk(healthUrl),
    stopMs,
  };
}
