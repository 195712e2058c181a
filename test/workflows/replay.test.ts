import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkoutRoot } from '../../src/paths';
import { failureConverterPath } from '../../src/temporal/dataConverter';
import { BRANCHES } from './support/branches';
import { traceOf } from './support/trace';

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
    {
      workflowsPath: path.join(checkoutRoot(), 'src/workflows/index.ts'),
      interceptors: { workflowModules: [path.join(checkoutRoot(), 'src/workflows/traces.ts')] },
      dataConverter: { failureConverterPath },
    },
    histories,
  )) {
    replayed += 1;
    if (result.error) failed.push(`${result.workflowId}: ${result.error.message}`);
  }
  expect(failed).toEqual([]);
  expect(replayed).toBe(files.length);
}, 300_000);

const traces = Object.fromEntries(files.map((file) => [file, traceOf(path.join(folder, file))]));
const branches = Object.entries(BRANCHES).flatMap(([type, ways]) => Object.entries(ways).map(([name, shows]) => [type, name, shows] as const));

test.each(branches)('%s: a history shows the branch “%s”', (type, _name, shows) => {
  const found = Object.entries(traces).filter(([file, trace]) => file.includes(`.${type}-`) && shows.test(trace));
  expect(found.map(([file]) => file)).not.toEqual([]);
});

test('every activity that a workflow asks for was asked for in some history', () => {
  const asked = ['campaign', 'release', 'transfer', 'refund', 'complaint', 'supervision', 'reconciliation', 'recall']
    .map((name) => readFileSync(path.join(checkoutRoot(), `src/workflows/${name}.ts`), 'utf8'))
    .flatMap((code) => [...code.matchAll(/\b(?:database|payment|reading)\.(\w+)/g)].map(([, name]) => name!));
  const everything = Object.values(traces).join('\n');
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.filter((name) => !new RegExp(`(did|asked) ${name}\\b`).test(everything))).toEqual([]);
});
