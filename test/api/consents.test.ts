import { row } from '../../src/database/connect';
import { aRaise, aRaisedCampaign, aSubmission, CONSENTS, DONOR_CONSENT, submission } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, type Tenant } from '../support/people';
import { request, rowCounts } from '../support/releases';

// RIGHTS, FEES: nobody is served before agreeing to the rules in force; fees are shown before giving and before withdrawing.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const submit = (consents: unknown): Promise<Answer> =>
  house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), body: submission(tenant, { consents }) });
const give = (campaignId: string, body: object): Promise<Answer> =>
  house.ask('POST', `/v1/campaigns/${campaignId}/gifts`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { gifts: [{ amountFen: '100' }, { amountFen: '1' }], ...body },
  });
const moveTo = (at: string): Promise<unknown> => house.db('test_clock').where('id', tenant.clockId).update({ now: at });

test('everybody may read the rules in both languages; a later day has later versions, a day before the first has none', async () => {
  const on = async (day: string): Promise<{ party: string; version: number; zh: string; en: string }[]> =>
    (await house.ask<{ consents: { party: string; version: number; zh: string; en: string }[] }>('GET', `/v1/public/consents?on=${day}`)).body
      .consents;
  const versions = async (day: string): Promise<number[]> => (await on(day)).map((c) => c.version);
  expect((await on('2020-08-18')).map((c) => c.party)).toEqual(['donor', 'seeker', 'sponsor']);
  for (const { zh, en } of await on('2026-01-01')) {
    expect(zh).toContain('不是慈善');
    expect(en).toContain('answer for its truth');
  }
  expect(await versions('2018-10-18')).toEqual([]);
  expect(await versions('2024-09-04')).toEqual([1, 1, 1]);
  expect(await versions('2024-09-05')).toEqual([2, 2, 2]);
});

test('a campaign shows who agreed to what and when; sponsor and seeker who are one person are recorded as both', async () => {
  const agreedAt = '2021-02-28T12:00:00+08:00';
  const id = await aSubmission(house, tenant, { consents: [{ ...CONSENTS[0], agreedAt }, CONSENTS[1]] });
  const { body } = await house.ask('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey });
  expect(body).toMatchObject({
    consents: [
      { party: 'seeker', version: 1, agreedAt: '2021-02-28T04:00:00.000Z' },
      { party: 'sponsor', version: 1, agreedAt: '2021-03-01T01:00:00.000Z' },
    ],
    rights: { seeker: 1, sponsor: 1, donor: 1 },
    fees: { version: 1, serviceBp: 300 },
  });
});

test.each<[string, unknown, number, string]>([
  ['no consents at all', undefined, 400, '/consents'],
  ['nobody agreed', [], 422, '/consents'],
  ["the sponsor's is missing", [CONSENTS[0]], 422, '/consents'],
  ["the seeker's is missing", [CONSENTS[1]], 422, '/consents'],
  ['a version not yet in force', [CONSENTS[0], { party: 'sponsor', version: 2 }], 422, '/consents/1/version'],
  ['agreed in the future', [{ ...CONSENTS[0], agreedAt: '2021-03-01T09:00:01+08:00' }, CONSENTS[1]], 400, '/consents/0/agreedAt'],
])('submission, %s: refused by RIGHTS under its field, and nothing is written', async (_what, consents, status, field) => {
  const before = await rowCounts(house);
  expect(await submit(consents)).toMatchObject({ status, body: { rules: ['RIGHTS'], field } });
  expect(await rowCounts(house)).toEqual(before);
});

test('on the day of a new version the old one no longer serves', async () => {
  await moveTo('2024-09-05T00:00:00+08:00');
  expect(await submit(CONSENTS)).toMatchObject({ status: 422, body: { code: 'consent.not_current', rules: ['RIGHTS'] } });
  expect(await submit(CONSENTS.map((c) => ({ ...c, version: 2 })))).toMatchObject({ status: 201, body: { edition: 'measures-2024' } });
  await moveTo('2021-03-01T09:00:00+08:00');
});

test('gifts need what the donor was shown, kept once per order', async () => {
  const id = await aRaise(house, tenant);
  const before = await rowCounts(house);
  expect(await give(id, {})).toMatchObject({ status: 400, body: { field: '/consent', rules: ['FEES', 'RIGHTS'] } });
  expect(await give(id, { consent: { version: 2, feeVersion: 1 } })).toMatchObject({
    status: 422,
    body: { field: '/consent/version', rules: ['RIGHTS'] },
  });
  expect(await give(id, { consent: { version: 1, feeVersion: 2 } })).toMatchObject({
    status: 422,
    body: { field: '/consent/feeVersion', rules: ['FEES'] },
  });
  expect(await rowCounts(house)).toEqual(before);
  expect(await give(id, { consent: DONOR_CONSENT })).toMatchObject({ status: 201 });
  expect(
    await row(house.db, 'select count(*)::int as n, min(version) as version, min(fee_version) as fees from gift_consent where campaign_id = ?', [id]),
  ).toEqual({
    n: 1,
    version: 1,
    fees: 1,
  });
});

test('money is asked for only after the fees were shown', async () => {
  const id = await aRaisedCampaign(house, tenant, [1_000n]);
  expect(await request(house, tenant, id, { mode: 'single', feeVersion: undefined })).toMatchObject({
    status: 400,
    body: { field: '/feeVersion', rules: ['FEES'] },
  });
  expect(await request(house, tenant, id, { mode: 'single', feeVersion: 2 })).toMatchObject({
    status: 422,
    body: { code: 'fees.not_shown', field: '/feeVersion', rules: ['FEES'] },
  });
  expect(await request(house, tenant, id, { mode: 'single' })).toMatchObject({ status: 201, body: { outcome: 'accepted' } });
  expect(await row(house.db, 'select fee_version_shown as shown from release_request where campaign_id = ?', [id])).toEqual({ shown: 1 });
});
