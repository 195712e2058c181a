import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { row, rows } from '../../src/database/connect';
import { advanceUpdate, QUEUES } from '../../src/messages/messages';
import { checkoutRoot } from '../../src/paths';
import { aRaise, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';

// A day on which money moved is read on the next: on the real workflow, the real activities and a test clock.
const HOUR_MS = 3_600_000;
let house: House;
let tenant: Tenant;
let client: Client;
let native: NativeConnection;
let workers: Worker[];
let running: Promise<unknown>;
const taskQueue = `reconciliation-${randomUUID()}`;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  house = await aHouse();
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  client = new Client({ connection: await Connection.connect({ address }) });
  native = await NativeConnection.connect({ address });
  const { reading, payment } = house.reconciliations;
  workers = [
    await Worker.create({ connection: native, taskQueue, workflowsPath: path.join(checkoutRoot(), 'src/workflows/index.ts'), activities: reading }),
    await Worker.create({ connection: native, taskQueue: QUEUES.payment, activities: payment }),
  ];
  running = Promise.all(workers.map((w) => w.run()));
}, 60_000);
beforeEach(async () => {
  tenant = await aTenant(house);
  house.bank.lines = [];
});
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await client.connection.close();
  await native.close();
  await house.close();
}, 60_000);

const dayOf = () =>
  row<{ id: string; attempts: number; unanswered: string[]; finished: boolean }>(
    house.db,
    'select id, attempts, unanswered, finished_at is not null as finished from reconciliation_day where tenant_id = ?',
    [tenant.id],
  );

test('the first gift of a day tells its reconciliation, the others find it told', async () => {
  const campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [100n, 200n]);
  await given(house, tenant, campaignId, [300n]);
  const day = `${tenant.id}/2021-03-01`;
  expect(await rows(house.db, `select subject_id, notice from outbox where tenant_id = ? and workflow_type = 'reconciliation'`, [tenant.id])).toEqual(
    [{ subject_id: day, notice: 'moved' }],
  );
  expect(await dayOf()).toEqual({ id: day, attempts: 0, unanswered: [], finished: false });
});

test('at 11:00 of the next day, and every hour again until bank and channel have answered', async () => {
  const campaignId = await aRaise(house, tenant);
  const [id] = await given(house, tenant, campaignId, [100n]);
  const bill = `${tenant.merchantId}/2021-03-01`;
  const line = {
    kind: 'paid',
    orderId: id!,
    transactionId: `T${id!}`,
    refundId: null,
    amountFen: 100n,
    feeFen: 0n,
    at: '2021-03-01T12:00:00+08:00',
  } as const;
  house.channel.bills.set(bill, { kind: 'NOT_READY' });
  house.bank.lines = null;
  const { id: dayId } = (await dayOf())!;
  const startMs = await nowMs(house, tenant);
  const handle = await client.workflow.start('reconciliation', {
    workflowId: `reconciliation/${dayId}`,
    taskQueue,
    args: [{ id: dayId, clockMs: startMs }],
  });
  const advance = async (toMs: number): Promise<void> => {
    await later(house, tenant, toMs - (await nowMs(house, tenant)));
    await handle.executeUpdate(advanceUpdate, { args: [toMs] });
  };
  const dueMs = Date.parse('2021-03-02T11:00:00+08:00');
  await advance(dueMs - 1);
  expect(await dayOf()).toMatchObject({ attempts: 0 });
  await advance(dueMs);
  expect(await dayOf()).toMatchObject({
    attempts: 1,
    unanswered: ['statement of 2021-03-01: WireError', 'wechat bill of 2021-03-01: not made yet'],
    finished: false,
  });
  house.bank.lines = [];
  await advance(dueMs + HOUR_MS);
  expect(await dayOf()).toMatchObject({ attempts: 2, unanswered: ['wechat bill of 2021-03-01: not made yet'], finished: false });
  house.channel.bills.set(bill, { kind: 'READY', lines: [line] });
  await advance(dueMs + 2 * HOUR_MS);
  await handle.result();
  expect(await dayOf()).toMatchObject({ attempts: 3, unanswered: [], finished: true });
  const told = await row<{ data: object }>(house.db, `select data from audit.event where action = 'day.reconciled' and tenant_id = ?`, [tenant.id]);
  expect(told!.data).toMatchObject({ day: '2021-03-01', bankLines: 0, lines: 1, matched: 1, posted: 0, differing: 0, missing: 0 });
  expect(await house.reconciliations.payment.reconcileDay(dayId, dueMs + 3 * HOUR_MS)).toBe(true);
  expect(await dayOf()).toMatchObject({ attempts: 3 });
}, 60_000);
