import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { checkoutRoot } from '../../src/paths';
import { workerVersion } from '../../src/workerVersion';

test('off unless a build is named; a bad name is refused', () => {
  expect(workerVersion({})).toEqual({});
  expect(workerVersion({ ALMONER_WORKER_BUILD: '' })).toEqual({});
  expect(() => workerVersion({ ALMONER_WORKER_BUILD: 'two words' })).toThrow(/ALMONER_WORKER_BUILD/);
});

test('a worker of a named build works once that build is current, and not before', async () => {
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  const deployment = `almoner-${randomBytes(4).toString('hex')}`;
  const taskQueue = `versioned-${deployment}`;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: path.join(checkoutRoot(), 'test/workflows/support/sample.ts'),
    ...workerVersion({ ALMONER_WORKER_BUILD: 'build-1', ALMONER_WORKER_DEPLOYMENT: deployment }),
  });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const makeCurrent = (): unknown =>
    execFileSync(
      process.env.TEST_TEMPORAL_BINARY!,
      ['worker', 'deployment', 'set-current-version', '--address', address, '--deployment-name', deployment, '--build-id', 'build-1', '--yes'],
      { stdio: 'pipe' },
    );
  await worker.runUntil(async () => {
    const handle = await client.workflow.start('greets', { taskQueue, workflowId: deployment, args: [] });
    await expect(Promise.race([handle.result(), new Promise((resolve) => setTimeout(resolve, 1_500, 'waits'))])).resolves.toBe('waits');
    // The server learns of a version from its worker's first polls.
    for (const began = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 200))) {
      try {
        makeCurrent();
        break;
      } catch (error) {
        if (Date.now() - began > 20_000) throw error;
      }
    }
    await expect(handle.result()).resolves.toBe('hello');
  });
  await client.connection.close();
  await connection.close();
}, 60_000);
