import { createReleaseActivities } from '../../src/activities/release';
import { createTransferActivities } from '../../src/activities/transfer';
import { row } from '../../src/database/connect';
import { HOUR_MS } from '../../src/domain/calendar';
import { USUAL_LIMITS } from '../../src/domain/routing';
import { aHouse, type House } from '../support/house';
import { banksOf } from '../support/outside';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, preparePayout, signedByAll } from '../support/releases';
import { debitNotified, pursue, standing } from '../support/transfers';

// The way of a payout is chosen once, before it first leaves; while that is closed it waits, and while its outcome is unknown there is no other.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  Object.assign(house.clearings, USUAL_LIMITS);
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

/** Above ¥50,000.00 after fees. */
const LARGE = [6_000_000n];
const payoutOf = async (id: string): Promise<Record<string, unknown>> => (await row(house.db, 'select * from payout where id = ?', [id]))!;
const moveTo = (now: Date): Promise<unknown> => house.owner('test_clock').where('id', tenant.clockId).update({ now });
/** Moves the tenant's clock to an hour of its day, Shanghai. */
async function toHour(hour: number): Promise<void> {
  const now = await nowMs(house, tenant);
  const hours = (now / HOUR_MS + 8) % 24;
  await later(house, tenant, ((hour - hours + 24) % 24) * HOUR_MS);
}

test('by the bulk system up to its limit, at night too; above it by the high-value system in its hours', async () => {
  const small = await aReservedPayout(house, tenant);
  await toHour(23);
  expect(await pursue(house, tenant, small.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, small);
  expect(await payoutOf(small.payoutId)).toMatchObject({ clearing: 'beps', route_reason: 'within-limit', waits_until: null });
  tenant = await aTenant(house);
  const large = await aReservedPayout(house, tenant, LARGE);
  expect(await pursue(house, tenant, large.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, large);
  expect(await payoutOf(large.payoutId)).toMatchObject({ clearing: 'hvps', route_reason: 'above-limit', waits_until: null });
  const urgent = (id: string): boolean | undefined => house.bank.received.find(({ payoutId }) => payoutId === id)?.urgent;
  expect([urgent(small.payoutId), urgent(large.payoutId)]).toEqual([false, true]);
});

test('out of hours it waits, says until when and why, and leaves when the system opens; its approval does not grow old meanwhile', async () => {
  const release = await aReleaseInApproval(house, tenant, LARGE);
  // The evening before Qingming: the system opens after 86 hours, and an approval is good for 72.
  await moveTo(new Date('2021-04-02T18:00:00+08:00'));
  await signedByAll(house, tenant, release);
  const payoutId = (await preparePayout(house, tenant, release))!;
  expect(await pursue(house, tenant, payoutId)).toBe('waiting');
  const { waits_until: until, approval_id: approvalId } = (await payoutOf(payoutId)) as { waits_until: Date; approval_id: string };
  expect(until).toEqual(new Date('2021-04-06T08:30:00+08:00'));
  expect(house.bank.received.filter((o) => o.payoutId === payoutId)).toEqual([]);
  const shown = await house.ask<{ releases: { payouts: object[] }[] }>('GET', `/v1/campaigns/${release.campaignId}`, { as: tenant.platformKey });
  expect(shown.body.releases[0]!.payouts).toMatchObject([
    { state: 'reserved', rail: 'iso20022', clearing: 'hvps', waitsUntil: until.toISOString(), route: { en: expect.stringContaining('high-value') } },
  ]);
  const transfers = createTransferActivities({
    ...{ db: house.db, banks: banksOf(house.links), personalData: house.dependencies.personalData, atPoint: async () => undefined, visibilityMs: 0 },
  });
  expect(await transfers.reading.clearingOpensAt(payoutId, await nowMs(house, tenant))).toBe(until.getTime());
  await expect(house.owner('payout').where('id', payoutId).update({ waits_until: null })).rejects.toThrow(/way of a payout never changes/);
  await moveTo(until);
  expect(await transfers.reading.clearingOpensAt(payoutId, until.getTime())).toBeNull();
  const approval = await row<{ expired: boolean }>(house.db, 'select expires_at < ? as expired from approval where id = ?', [until, approvalId]);
  expect([approval, await pursue(house, tenant, payoutId)]).toEqual([{ expired: true }, 'succeeded']);
  expect(await standing(house, { ...release, payoutId })).toMatchObject({ state: 'succeeded', received: 1 });
  await debitNotified(house, tenant, { ...release, payoutId });
});

test('while the outcome is unknown there is no second rail, no second way and no second payout, whoever asks', async () => {
  const payout = await aReservedPayout(house, tenant);
  house.bank.submitScript.push((_order, book) => (book(), { kind: 'UNKNOWN', reason: 'time-out' }));
  house.bank.queryScript.push(() => ({ kind: 'UNKNOWN', reason: '503' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  // The release makes up no other.
  expect(await preparePayout(house, tenant, payout)).toBe(payout.payoutId);
  const table = (): ReturnType<House['owner']> => house.owner('payout').where('id', payout.payoutId);
  await expect(table().update({ rail: 'cmb' })).rejects.toThrow(/rail of a payout never changes/);
  await expect(table().update({ clearing: 'hvps' })).rejects.toThrow(/way of a payout never changes/);
  const second = `insert into payout (id, tenant_id, campaign_id, release_id, attempt, approval_id, account_id, gross_fen, fee_fen, net_fen, reserved_at, rail)
    select '01JGT2M6Q3W8ZK5N7P9R1T3V5X', tenant_id, campaign_id, release_id, 2, approval_id, account_id, gross_fen, fee_fen, net_fen, reserved_at, 'cmb' from payout where id = ?`;
  await house.owner.raw('alter table payout drop constraint payout_approval_id_key');
  try {
    await expect(house.owner.raw(second, [payout.payoutId])).rejects.toThrow(/one_live_payout/);
  } finally {
    await house.owner.raw('alter table payout add constraint payout_approval_id_key unique (approval_id)');
  }
  expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect(await standing(house, payout)).toMatchObject({ received: 1 });
  await debitNotified(house, tenant, payout);
});

test("the day's limit of the bulk system counts what was made up for it", async () => {
  const { personalData } = house.dependencies;
  const limits = { ...USUAL_LIMITS, bulkPerDayFen: 1_500_000n };
  const { database } = createReleaseActivities({ db: house.db, banks: banksOf(house.links), personalData, limits });
  const ways: unknown[] = [];
  const releases = [await aReleaseInApproval(house, tenant), await aReleaseInApproval(house, tenant)];
  for (const release of releases) await signedByAll(house, tenant, release);
  const ids = await Promise.all(releases.map(async ({ id }) => database.preparePayout(id, await nowMs(house, tenant))));
  for (const id of ids) ways.push((await payoutOf(id!)).route_reason);
  expect(ways.sort()).toEqual(['day-is-full', 'within-limit']);
});
