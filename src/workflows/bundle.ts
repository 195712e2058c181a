import { bundleWorkflowCode } from '@temporalio/worker';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureConverterPath } from '../temporal/dataConverter';

/** Builds the workflow bundle beside the compiled programme; the worker runs it as it stands. */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./index'),
    workflowInterceptorModules: [require.resolve('./traces')],
    failureConverterPath,
  });
  writeFileSync(join(__dirname, '..', 'workflow-bundle.js'), code);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
