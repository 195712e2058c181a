import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { checkoutRoot } from '../../src/paths';
import type { KeyRing } from '../../src/security/keyRing';
import { dataConverter } from '../../src/temporal/dataConverter';

/** What nobody may read on the server. */
const SECRET = 'CANARY-王秀英-11010519491231002X';
const [first, second] = [randomBytes(32), randomBytes(32)];
const before: KeyRing = { current: 1, keys: new Map([[1, first]]) };
const after: KeyRing = {
  current: 2,
  keys: new Map([
    [1, first],
    [2, second],
  ]),
};
const taskQueue = `sealed-${randomUUID()}`;
let connection: Connection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;

const clientWith = (ring?: KeyRing): Client => new Client({ connection, ...(ring ? { dataConverter: dataConverter(ring) } : {}) });

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  const confide = (secret: string): Promise<string> => {
    if (secret.startsWith('!')) throw new Error(`could not keep ${secret}`);
    return Promise.resolve(`kept ${secret}`);
  };
  const workflowsPath = path.join(checkoutRoot(), 'test/workflows/support/sample.ts');
  // The worker was restarted with a new key; runs begun under the old one, or under none, go on.
  worker = await Worker.create({ connection: native, taskQueue, workflowsPath, activities: { confide }, dataConverter: dataConverter(after) });
  running = worker.run();
}, 60_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await native.close();
}, 60_000);

/** Everything the server has of a run, and every byte string of it as text. */
async function historyOf(workflowId: string): Promise<string> {
  const { history } = await connection.workflowService.getWorkflowExecutionHistory({ namespace: 'default', execution: { workflowId } });
  const json = JSON.stringify(history);
  return [json, ...[...json.matchAll(/"([A-Za-z0-9+/=]{8,})"/g)].map(([, bytes]) => Buffer.from(bytes!, 'base64').toString('utf8'))].join('\n');
}

test.each([
  ['the new key', after],
  ['the key of before', before],
])('what a run under %s is told, says and answers is ciphertext on the server', async (_name, ring) => {
  const workflowId = randomUUID();
  expect(await clientWith(after).workflow.execute('confides', { workflowId, taskQueue, args: [SECRET] })).toBe(`kept ${SECRET}`);
  const handle = await clientWith(ring).workflow.start('confides', { workflowId: `${workflowId}-2`, taskQueue, args: [SECRET] });
  expect(await clientWith(after).workflow.getHandle(handle.workflowId).result()).toBe(`kept ${SECRET}`);
  const history = await historyOf(handle.workflowId);
  expect(history).toContain('binary/encrypted');
  expect(history).not.toContain('CANARY');
});

test('the message and stack of a failure are ciphertext too, and can be read by who has the key', async () => {
  const workflowId = randomUUID();
  const failed = await clientWith(after)
    .workflow.execute('confides', { workflowId, taskQueue, args: [`!${SECRET}`] })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(WorkflowFailedError);
  expect(((failed as WorkflowFailedError).cause as Error).cause).toMatchObject({ message: `could not keep !${SECRET}` });
  const history = await historyOf(workflowId);
  expect(history).toContain('Encoded failure');
  expect(history).not.toContain('CANARY');
});

test('a run that was begun before anything was sealed goes on, and is sealed from there', async () => {
  const handle = await clientWith().workflow.start('confides', { workflowId: randomUUID(), taskQueue, args: ['in the clear'] });
  expect(await clientWith(after).workflow.getHandle(handle.workflowId).result()).toBe('kept in the clear');
  // The test's own eyes: what was not sealed is seen.
  const history = await historyOf(handle.workflowId);
  expect(history).toContain('"in the clear"');
  expect(history).not.toContain('kept in the clear');
});

test('who lacks the key, or meets a changed byte, reads nothing', async () => {
  const [codec] = dataConverter(after).payloadCodecs!;
  const [sealed] = await codec!.encode([{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') }]);
  await expect(dataConverter(before).payloadCodecs![0]!.decode([sealed!])).rejects.toThrow('key 2');
  const data = Buffer.from(sealed!.data!);
  data[data.length - 1]! ^= 1;
  await expect(codec!.decode([{ ...sealed!, data }])).rejects.toThrow();
});
