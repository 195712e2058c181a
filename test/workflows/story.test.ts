import { Client, Connection, WorkflowClient, WorkflowUpdateFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import path from 'node:path';
import { checkoutRoot } from '../../src/paths';
import { advanceUpdate, noticeUpdate } from '../../src/messages/messages';
import { randomUUID } from 'node:crypto';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2020-08-19T01:00:00Z');
const taskQueue = `story-${randomUUID()}`;
let client: Client;
let worker: Worker;
let running: Promise<void>;
let native: NativeConnection;

/** The server skips time for runs started with this setting (temporal.md §5); the SDK has no public way to ask for it yet. */
class TimeSkippingClient extends WorkflowClient {
  protected override async createStartWorkflowRequest(
    input: Parameters<WorkflowClient['createStartWorkflowRequest']>[0],
  ): ReturnType<WorkflowClient['createStartWorkflowRequest']> {
    return { ...(await super.createStartWorkflowRequest(input)), timeSkippingConfig: { enabled: true } };
  }
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  client = new Client({ connection: await Connection.connect({ address }) });
  native = await NativeConnection.connect({ address });
  worker = await Worker.create({ connection: native, taskQueue, workflowsPath: path.join(checkoutRoot(), 'test/workflows/support/sample.ts') });
  running = worker.run();
}, 60_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await client.connection.close();
  await native.close();
}, 60_000);

test('on real timers deadlines beyond the weekly checkpoint are met, with the server skipping time', async () => {
  const skipping = new TimeSkippingClient({ connection: client.connection });
  const days = await skipping.execute('deadlines', { workflowId: randomUUID(), taskQueue, args: [{ id: '5,20', clockMs: null }] });
  expect(days).toBe(20);
}, 60_000);

test('on a test clock, advance answers when the workflow is idle, with its next deadline; only due deadlines wake it', async () => {
  const handle = await client.workflow.start('deadlines', { workflowId: randomUUID(), taskQueue, args: [{ id: '30,330', clockMs: START_MS }] });
  const advance = (days: number) => handle.executeUpdate(advanceUpdate, { args: [START_MS + days * DAY_MS] });
  expect(await advance(0)).toEqual({ nextDeadlineMs: START_MS + 30 * DAY_MS, wakes: 0 });
  expect(await advance(29)).toEqual({ nextDeadlineMs: START_MS + 30 * DAY_MS, wakes: 0 });
  expect(await advance(30)).toEqual({ nextDeadlineMs: START_MS + 330 * DAY_MS, wakes: 1 });
  // An earlier time moves nothing back.
  expect(await advance(1)).toEqual({ nextDeadlineMs: START_MS + 330 * DAY_MS, wakes: 1 });
  expect(await advance(330)).toEqual({ nextDeadlineMs: null, wakes: 2 });
  expect(await handle.result()).toBe(330);
});

test('a notice is heard once under its id, moves the clock, and leaves the deadline where it is', async () => {
  const handle = await client.workflow.start('deadlines', { workflowId: randomUUID(), taskQueue, args: [{ id: '30,330', clockMs: START_MS }] });
  // It stands at its deadline before it is told anything: a notice in its very first task would come before it has read its clock.
  await handle.executeUpdate(advanceUpdate, { args: [START_MS] });
  const told = { updateId: 'bank-line/1', args: [{ id: 'bank-line/1', notice: 'bank-line', clockMs: START_MS + 10 * DAY_MS }] as [never] };
  await handle.executeUpdate(noticeUpdate, told);
  await handle.executeUpdate(noticeUpdate, told);
  expect(await handle.executeUpdate(advanceUpdate, { args: [START_MS] })).toEqual({ nextDeadlineMs: START_MS + 30 * DAY_MS, wakes: 1 });
  await handle.terminate();
});

test('what does not concern the workflow is rejected and leaves no trace', async () => {
  const handle = await client.workflow.start('deadlines', { workflowId: randomUUID(), taskQueue, args: [{ id: '30', clockMs: null }] });
  await expect(handle.executeUpdate(noticeUpdate, { args: [{ id: 'x', notice: 'reviewed', clockMs: null }] })).rejects.toBeInstanceOf(
    WorkflowUpdateFailedError,
  );
  await expect(handle.executeUpdate(advanceUpdate, { args: [START_MS] })).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
  const { events } = await handle.fetchHistory();
  expect(events!.filter((e) => e.workflowExecutionUpdateAcceptedEventAttributes)).toHaveLength(0);
  await handle.terminate();
});

test('a long history is left behind by continue-as-new, and the clock goes on where it stood', async () => {
  const goalMs = START_MS + 100 * DAY_MS;
  const handle = await client.workflow.start('untilTheGoal', {
    workflowId: randomUUID(),
    taskQueue,
    args: [{ id: String(goalMs), clockMs: START_MS }],
  });
  const firstRunId = handle.firstExecutionRunId;
  for (let i = 1; i <= 60; i += 1) {
    const id = `bank-line/${i}`;
    await client.workflow
      .getHandle(handle.workflowId)
      .executeUpdate(noticeUpdate, { updateId: id, args: [{ id, notice: 'bank-line', clockMs: START_MS + i * DAY_MS }] });
  }
  const now = await client.workflow.getHandle(handle.workflowId).describe();
  expect(now.runId).not.toBe(firstRunId);
  expect(now.historyLength).toBeLessThan(400);
  await client.workflow.getHandle(handle.workflowId).executeUpdate(advanceUpdate, { args: [goalMs] });
  expect(await client.workflow.getHandle(handle.workflowId).result()).toBe(goalMs);
}, 60_000);
