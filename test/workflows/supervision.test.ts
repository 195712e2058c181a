import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { advanceUpdate, noticeUpdate, QUEUES } from '../../src/messages/messages';
import { checkoutRoot } from '../../src/paths';
import { aRaise } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { pursue } from '../support/transfers';

// SUPERVISE on the real workflow, the real activities and a test clock: reminded, marked, held, lifted.
let house: House;
let tenant: Tenant;
let client: Client;
let native: NativeConnection;
let workers: Worker[];
let running: Promise<unknown>;
const taskQueue = `supervision-${randomUUID()}`;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  house = await aHouse();
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  client = new Client({ connection: await Connection.connect({ address }) });
  native = await NativeConnection.connect({ address });
  const { reading, database } = house.supervisions;
  workers = [
    await Worker.create({ connection: native, taskQueue, workflowsPath: path.join(checkoutRoot(), 'src/workflows/index.ts'), activities: reading }),
    await Worker.create({ connection: native, taskQueue: QUEUES.database, activities: database }),
  ];
  running = Promise.all(workers.map((w) => w.run()));
}, 60_000);
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await client.connection.close();
  await native.close();
  await house.close();
}, 60_000);

/** The campaign's supervision, with the tenant's clock moved together with it. */
async function watched(campaignId: string) {
  const clockMs = await nowMs(house, tenant);
  const handle = await client.workflow.start('supervision', {
    workflowId: `supervision/${campaignId}`,
    taskQueue,
    args: [{ id: campaignId, clockMs }],
  });
  const told = async (notice: 'updated' | 'ended' | 'paid'): Promise<void> => {
    const id = randomUUID();
    await handle.executeUpdate(noticeUpdate, { updateId: id, args: [{ id, notice, clockMs: await nowMs(house, tenant) }] });
  };
  const advance = async (byMs: number): Promise<void> => {
    await later(house, tenant, byMs);
    await handle.executeUpdate(advanceUpdate, { args: [await nowMs(house, tenant)] });
  };
  return { handle, told, advance };
}
const post = (campaignId: string, kind: string) =>
  house.ask<{ duties: Record<string, unknown>[] }>('POST', `/v1/campaigns/${campaignId}/updates`, {
    as: tenant.platformKey,
    body: { kind, text: '病情平稳，治疗继续。' },
  });
const publicView = async (campaignId: string) =>
  (
    await house.ask<{ overdue: { kind: string }[]; updates: Record<string, unknown>[]; holds: Record<string, unknown>[] }>(
      'GET',
      `/v1/public/campaigns/${campaignId}`,
    )
  ).body;
const audits = async (campaignId: string): Promise<string[]> =>
  (
    await rows<{ action: string }>(
      house.db,
      `select action from audit.event where campaign_id = ? and (action like 'duty.%' or action like 'hold.%' or action like 'update.%') order by seq`,
      [campaignId],
    )
  ).map((e) => e.action);

test('an update that stays away is reminded of, marked in public, and holds payouts; posting it lifts mark and hold', async () => {
  const id = await aRaise(house, tenant);
  const { handle, told, advance } = await watched(id);
  await advance(30 * DAY_MS);
  expect(await audits(id)).toEqual([]);
  // Due Wednesday 2021-03-31; working days follow, but for Tomb-Sweeping (3 to 5 April).
  await advance(DAY_MS);
  expect(await audits(id)).toEqual(['duty.reminded']);
  expect((await publicView(id)).overdue).toEqual([]);
  await advance(5 * DAY_MS);
  expect(await audits(id)).toEqual(['duty.reminded', 'duty.marked']);
  expect(await publicView(id)).toMatchObject({ overdue: [{ kind: 'progress', dueAt: '2021-03-31T01:00:00.000Z' }], holds: [] });
  await advance(10 * DAY_MS);
  expect(await publicView(id)).toMatchObject({ holds: [{ rule: 'SUPERVISE', liftedAt: null }] });
  expect(await post(id, 'use-of-funds')).toMatchObject({ status: 201 });
  expect(await publicView(id)).toMatchObject({ overdue: [{ kind: 'progress' }], holds: [{ rule: 'SUPERVISE', liftedAt: null }] });
  expect(await post(id, 'progress')).toMatchObject({ status: 201 });
  expect(await publicView(id)).toMatchObject({ overdue: [], holds: [{ rule: 'SUPERVISE', liftedAt: expect.any(String) }] });
  expect((await publicView(id)).updates).toMatchObject([
    { kind: 'progress', text: '病情平稳，治疗继续。', delayHours: 16 * 24 },
    { kind: 'use-of-funds', delayHours: null },
  ]);
  expect(await audits(id)).toEqual(['duty.reminded', 'duty.marked', 'duty.held', 'hold.placed', 'update.posted', 'update.posted', 'hold.lifted']);
  await told('updated');
  // The next one is due thirty days after this.
  await advance(30 * DAY_MS);
  expect((await audits(id)).filter((a) => a === 'duty.reminded')).toHaveLength(1);
  await house.owner.raw(`update campaign set phase = 'settled', ended_at = now() where id = ?`, [id]);
  await told('ended');
  await handle.result();
}, 60_000);

test('after a paid release the public is owed progress and use of funds within five working days; both in time, nothing is said', async () => {
  const payout = await aReservedPayout(house, tenant);
  const { handle, told, advance } = await watched(payout.campaignId);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  await told('paid');
  const duties = await rows(house.db, 'select kind, release_id, due_at from duty where campaign_id = ? and release_id is not null order by kind', [
    payout.campaignId,
  ]);
  expect(duties).toMatchObject([
    { kind: 'progress', release_id: payout.id },
    { kind: 'use-of-funds', release_id: payout.id },
  ]);
  await advance(7 * DAY_MS);
  for (const kind of ['progress', 'use-of-funds']) expect(await post(payout.campaignId, kind)).toMatchObject({ status: 201 });
  await told('updated');
  await advance(20 * DAY_MS);
  expect(await audits(payout.campaignId)).toEqual(['update.posted', 'update.posted']);
  expect(await row(house.db, 'select count(*)::int as n from duty where campaign_id = ? and done_at is null', [payout.campaignId])).toEqual({ n: 1 });
  await handle.terminate();
}, 60_000);
