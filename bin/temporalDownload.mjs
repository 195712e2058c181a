/**
 * `node bin/temporalDownload.mjs FOLDER`: the SDK's official download of Temporal's program. A process of its own, because the
 * download cannot be cancelled and a process can be killed. The SDK offers it only together with a start, so a server is
 * started on a random loopback port and stopped at once.
 */
import testing from '@temporalio/testing';

try {
  const executable = { type: 'cached-download', downloadDir: process.argv[2], version: 'default' };
  const environment = await testing.TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error.message.replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
}
