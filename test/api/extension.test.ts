import { row } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { aRaise, aSubmission, ordered } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const extend = (id: string): Promise<Answer> =>
  house.ask('POST', `/v1/campaigns/${id}/extension`, { as: tenant.platformKey, body: { reason: '治疗方案调整，费用尚缺。' } });
const closesByDeadline = async (id: string): Promise<string> => {
  await house.campaigns.database.closeRaise(id, await nowMs(house, tenant), 'deadline');
  return (await row<{ phase: string }>(house.db, 'select phase from campaign where id = ?', [id]))!.phase;
};

test('an open raise is extended once by the edition’s days; the first deadline no longer closes it, the second does', async () => {
  const id = await aRaise(house, tenant);
  await later(house, tenant, 30 * DAY_MS - 1);
  expect(await extend(id)).toMatchObject({ status: 200, body: { closesAt: '2021-04-30T01:00:00.000Z' } });
  expect(await extend(id)).toMatchObject({ status: 409, body: { code: 'campaign.rule_failed', rules: ['DISCLOSE'] } });
  expect(await row(house.db, `select notice from outbox where subject_id = ? and notice = 'raise-extended'`, [id])).not.toBeNull();
  await later(house, tenant, 1);
  expect(await house.campaigns.reading.raiseStanding(id, await nowMs(house, tenant))).toMatchObject({ open: true, closeBy: null });
  // The word of the old deadline may still be under way: it finds the new one.
  expect(await closesByDeadline(id)).toBe('fundraising');
  expect(await ordered(house, tenant, id, [100n])).toHaveLength(1);
  await later(house, tenant, 30 * DAY_MS);
  expect(await house.campaigns.reading.raiseStanding(id, await nowMs(house, tenant))).toMatchObject({ open: true, closeBy: 'deadline' });
  expect(await closesByDeadline(id)).toBe('settlement');
});

test('at the deadline itself, and before the opening, there is nothing to extend', async () => {
  expect(await extend(await aSubmission(house, tenant))).toMatchObject({ status: 409, body: { code: 'campaign.wrong_phase' } });
  const id = await aRaise(house, tenant);
  await later(house, tenant, 30 * DAY_MS);
  expect(await extend(id)).toMatchObject({ status: 409, body: { code: 'campaign.wrong_phase' } });
});
