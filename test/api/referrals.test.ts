import { DAY_MS } from '../../src/domain/calendar';
import { aRaise, aRaisedCampaign, aSubmission, given } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';

// CHARITY: offered by the machine at refusal, cap, shortfall and closing; nobody is asked before the seeker agrees; tracked to an answer.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Referral {
  readonly id: string;
  readonly campaignId: string;
  readonly cause: string;
  readonly state: string;
  readonly overdue: boolean;
}
const list = async (query = ''): Promise<Referral[]> =>
  (await house.ask<{ referrals: Referral[] }>('GET', `/v1/referrals${query}`, { as: tenant.platformKey })).body.referrals;
const post = (id: string, step: string, body: object): Promise<Answer> =>
  house.ask('POST', `/v1/referrals/${id}/${step}`, { as: tenant.platformKey, body });
const count = async (campaignId: string): Promise<number> =>
  (await house.ask<{ charityReferrals: number }>('GET', `/v1/public/campaigns/${campaignId}`)).body.charityReferrals;

async function refused(over: object): Promise<string> {
  const id = await aSubmission(house, tenant, { ...over });
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  const decided = await house.ask('POST', `/v1/campaigns/${id}/decision`, {
    as: tenant.sessions.reviewer,
    body: { decision: 'refuse', reason: '不符' },
  });
  expect(decided).toMatchObject({ status: 200 });
  await house.campaigns.database.refuseCampaign(id, await nowMs(house, tenant));
  return id;
}

test('refused, refused by the cap, closed short, closed at its goal: each is offered under its cause, once', async () => {
  const byRule = await refused({ documents: [] });
  const byCap = await refused({ askFen: '50000001', documents: [] });
  const short = await aRaisedCampaign(house, tenant, [1_000n]);
  const full = await aRaise(house, tenant, { askFen: '1000' });
  await given(house, tenant, full, [1_000n]);
  for (const _twice of [1, 2]) await house.campaigns.database.closeRaise(full, await nowMs(house, tenant), 'target');
  const offered = (await list()).map((r) => [r.campaignId, r.cause, r.state]);
  expect(offered.sort()).toEqual(
    [
      [byRule, 'refusal', 'offered'],
      [byCap, 'cap', 'offered'],
      [short, 'shortfall', 'offered'],
      [full, 'closing', 'offered'],
    ].sort(),
  );
});

test('consent, charity, answer, in that order and no other; overdue until it is answered; the public sees a number', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  const { id } = (await list())[0]!;
  const wrong = { status: 409, body: { code: 'referral.wrong_state', rules: ['CHARITY'] } };
  const toCharity = { charityId: 'example-red-cross' };
  expect(await post(id, 'referral', toCharity)).toMatchObject(wrong);
  expect(await post(id, 'answer', { outcome: 'accepted' })).toMatchObject(wrong);
  expect(await post(id, 'consent', { agrees: true })).toMatchObject({ status: 400, body: { rules: ['RIGHTS', 'CHARITY'] } });
  expect(await post(id, 'consent', { agrees: true, consentVersion: 2 })).toMatchObject({ status: 422, body: { code: 'consent.not_current' } });
  expect(await post(id, 'consent', { agrees: true, consentVersion: 1 })).toMatchObject({ status: 200, body: { state: 'consented' } });
  expect(await post(id, 'referral', {})).toMatchObject({ status: 400, body: { rules: ['CHARITY'] } });
  expect(await post(id, 'referral', { charityId: 'nobody' })).toMatchObject({ status: 400, body: { field: '/charityId' } });
  expect(await count(campaignId)).toBe(0);
  expect(await post(id, 'referral', toCharity)).toMatchObject({ status: 200, body: { state: 'referred' } });
  expect(await count(campaignId)).toBe(1);
  await later(house, tenant, 30 * DAY_MS - 1);
  expect(await list('?overdue=true')).toEqual([]);
  await later(house, tenant, 1);
  expect(await list('?overdue=true')).toMatchObject([{ id, overdue: true }]);
  expect(await post(id, 'answer', { outcome: 'declined' })).toMatchObject({ status: 200, body: { state: 'declined', overdue: false } });
  expect(await list('?overdue=true')).toEqual([]);
});

test('a seeker who says no is left alone', async () => {
  await aRaisedCampaign(house, tenant, [1_000n]);
  const { id } = (await list())[0]!;
  expect(await post(id, 'consent', { agrees: false })).toMatchObject({ status: 200, body: { state: 'declined-by-seeker' } });
  expect(await post(id, 'consent', { agrees: true, consentVersion: 1 })).toMatchObject({ status: 409 });
});
