import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkoutRoot } from '../../src/paths';
import { failureConverterPath } from '../../src/temporal/dataConverter';

const folder = path.join(checkoutRoot(), 'test/histories');
const files = readdirSync(folder)
  .filter((f) => f.endsWith('.json.gz'))
  .sort();

/** Histories of every branch, recorded on the real server (npm run histories): a workflow that was begun by older code must go on under this one. */
test('every recorded history replays under the code as it stands', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const histories = files.map((file) => ({
    workflowId: file,
    history: JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString()) as unknown,
  }));
  const failed: string[] = [];
  let replayed = 0;
  for await (const result of Worker.runReplayHistories(
    { workflowsPath: path.join(checkoutRoot(), 'src/workflows/index.ts'), dataConverter: { failureConverterPath } },
    histories,
  )) {
    replayed += 1;
    if (result.error) failed.push(`${result.workflowId}: ${result.error.message}`);
  }
  expect(failed).toEqual([]);
  expect(replayed).toBe(files.length);
}, 120_000);

test('there is a history of each workflow, and of its rarer branches', () => {
  for (const wanted of [
    'refused.campaign',
    'certificate-publicity.campaign',
    'single-to-a-person.release',
    'batches-signed-for.release',
    'above-the-target.campaign',
    'no-gifts.campaign',
    'bounced-and-corrected.release',
    'bounced-and-corrected.transfer',
    'silent-hospital.release',
    'denying-hospital.release',
    'answer-lost.transfer',
    'died-in-prior-audit.campaign',
    'died-in-certificate-publicity.campaign',
    'upheld-before-payment.release',
    'upheld-before-payment.refund',
    'upheld-before-payment.complaint',
    'upheld-between-batches.campaign',
    'died-after-a-bounce.release',
    'dismissed-while-signed.release',
    'paid-once-refunds-stand.supervision',
  ]) {
    expect(files.filter((f) => f.startsWith(wanted))).not.toHaveLength(0);
  }
});
