import type { WorkerOptions } from '@temporalio/worker';

/**
 * Whether this worker says which build it is. Off unless `ALMONER_WORKER_BUILD` names one: then Temporal hands it work only once that build is made current
 * (`temporal worker deployment set-current-version`), so that two builds can run beside each other while one replaces the other (docs/versioning.md).
 * Runs go on under the newer build: what they recorded replays under it, which test/workflows/replay.test.ts guards.
 */
export function workerVersion(env: NodeJS.ProcessEnv = process.env): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const buildId = env.ALMONER_WORKER_BUILD;
  if (!buildId) return {};
  if (!/^[\w.-]{1,100}$/.test(buildId)) throw new Error('ALMONER_WORKER_BUILD is a name of letters, digits, dots and dashes, at most 100');
  const version = { deploymentName: env.ALMONER_WORKER_DEPLOYMENT || 'almoner', buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' } };
}
