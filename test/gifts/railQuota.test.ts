import { row } from '../../src/database/connect';
import { RailQuota } from '../../src/gifts/railQuota';
import { Quota } from '../../src/simulators/wechat/quota';
import { aHouse, type House } from '../support/house';

// What a channel takes in a second is shared by every process of the house.
let house: House;
beforeAll(async () => {
  house = await aHouse();
});
afterAll(() => house.close());

interface Taken {
  readonly slot: bigint;
  readonly granted: number;
}
const take = async (rail: string, wanted: number): Promise<Taken> =>
  (await row<Taken>(
    house.db,
    'with taken as materialized (select granted from take_rail_quota(?, ?, 100)) select granted, (select slot from rail_quota where rail = ?) as slot from taken',
    [rail, wanted, rail],
  ))!;

test('however many ask at once, no tenth of a second gives more than its tenth, and each rail has its own', async () => {
  const perSlot = new Map<bigint, number>();
  const asked = await Promise.all(Array.from({ length: 60 }, (_, i) => take('a', 1 + (i % 7))));
  for (const { granted } of asked) expect(granted).toBeLessThanOrEqual(10);
  for (let i = 0; i < 40; i += 1) {
    const before = (await row<{ slot: bigint; used: number }>(house.db, `select slot, used from rail_quota where rail = 'a'`))!;
    perSlot.set(before.slot, Math.max(perSlot.get(before.slot) ?? 0, before.used));
    await take('a', 1_000);
  }
  for (const used of perSlot.values()) expect(used).toBeLessThanOrEqual(10);
  expect((await take('b', 1_000)).granted).toBe(10);
});

test('two processes get through together what both ask for', async () => {
  const [one, other] = [new RailQuota(house.db, 'c', 500), new RailQuota(house.db, 'c', 500)];
  let through = 0;
  await Promise.all(Array.from({ length: 120 }, async (_, i) => (i % 2 ? one : other).take().then(() => (through += 1))));
  expect(through).toBe(120);
});

test('the simulated gateway refuses what is above its limit, and takes again as time goes on', () => {
  const quota = new Quota(100);
  const at = (ms: number, calls: number): number => Array.from({ length: calls }, () => quota.take(ms)).filter(Boolean).length;
  expect(at(1_000, 50)).toBe(20);
  expect(at(1_100, 50)).toBe(10);
  expect(at(1_100, 50)).toBe(0);
  expect(at(60_000, 50)).toBe(20);
});
