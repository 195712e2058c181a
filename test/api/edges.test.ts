import { aRaisedCampaign, aSubmission } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, type Tenant } from '../support/people';
import { aReservedPayout, request, rowCounts } from '../support/releases';
import { pursue } from '../support/transfers';

// Values that a schema might let through and the database would refuse: each is a 400 that names its place, never an error of ours.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterEach(() => expect(house.logged.filter((line) => line.includes('"level":50'))).toEqual([]));
afterAll(() => house.close());

async function refusedAt(pointer: string, asking: () => Promise<Answer>): Promise<void> {
  const before = await rowCounts(house);
  expect(await asking()).toMatchObject({ status: 400, body: { code: 'request.invalid', field: pointer } });
  expect(await rowCounts(house)).toEqual(before);
}
const sandbox = (path: string, body: object): Promise<Answer> => house.ask('POST', `/v1/sandbox/${path}`, { as: house.sandboxKey, body });

test.each(['0000-01-01', '1999-12-31', '2200-01-01', '2021-02-30', '2021-13-01', '21-01-01'])('a batch due on %s', async (dueOn) => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  const batches = [
    { basisPoints: 5_000, purpose: '手术', dueOn },
    { basisPoints: 5_000, purpose: '化疗' },
  ];
  await refusedAt('/batches/0/dueOn', () => request(house, tenant, campaignId, { mode: 'batched', batches }));
});

test.each([['0000-01-01T00:00:00Z'], ['2021-03-05T10:00:00'], ['2021-02-30T10:00:00Z'], ['2021-03-05 10:00:00Z'], ['yesterday'], [1_614_900_000]])(
  'a receipt signed at %s',
  async (signedAt) => {
    const payout = await aReservedPayout(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
    await pursue(house, tenant, payout.payoutId);
    await refusedAt('/signedAt', () =>
      house.ask('POST', `/v1/payouts/${payout.payoutId}/receipt`, {
        as: tenant.hospital.login,
        key: aKey(),
        body: { outcome: 'deny', amountFen: '1', signedAt },
      }),
    );
  },
);

test.each([
  ['batches that sum to less', [5_000, 4_999]],
  ['batches that sum to more', [5_000, 5_001]],
  ['one batch of half', [5_000]],
])('%s: a 400 that names BATCH, and no request is kept', async (_what, bps) => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  const before = await rowCounts(house);
  const batches = bps.map((basisPoints) => ({ basisPoints, purpose: '治疗' }));
  expect(await request(house, tenant, campaignId, { mode: 'batched', batches })).toMatchObject({
    status: 400,
    body: { code: 'release.bad_batches', rules: ['BATCH'] },
  });
  expect(await rowCounts(house)).toEqual(before);
});

test.each([
  ['a batch of no basis points', { mode: 'batched', batches: [{ basisPoints: 0, purpose: 'x' }] }, '/batches/0/basisPoints'],
  ['a batch of half a basis point', { mode: 'batched', batches: [{ basisPoints: 0.5, purpose: 'x' }] }, '/batches/0/basisPoints'],
  ['batches of a single release', { mode: 'single', batches: [{ basisPoints: 10_000, purpose: 'x' }] }, '/batches'],
  ['a mode that is none', { mode: 'cash' }, '/mode'],
])('%s', async (_what, body, pointer) => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  await refusedAt(pointer, () => request(house, tenant, campaignId, body));
});

const fees = { serviceBp: 0, serviceCapFen: '0', channelBp: 0 };
test.each([
  ['a payout beyond every count', 'worker-faults', { point: 'after-call', payout: 2 ** 40 }, '/payout'],
  [
    'fees that take the whole',
    'tenants',
    { platform: 'love-fund', fees: { ...fees, serviceBp: 9_999, channelBp: 1 }, clockStartsAt: null },
    '/fees/channelBp',
  ],
  ['a clock before the calendar', 'tenants', { platform: 'love-fund', fees, clockStartsAt: '0000-03-01T00:00:00Z' }, '/clockStartsAt'],
  ['a clock before the first edition', 'tenants', { platform: 'love-fund', fees, clockStartsAt: '2018-10-18T23:59:59+08:00' }, '/clockStartsAt'],
  [
    'a hospital whose key is none',
    'institutions',
    { registered: true, qualified: true, whitelisted: true, diagnosisCode: 'C91', receiptPublicKeyPem: 'none' },
    '/receiptPublicKeyPem',
  ],
])('sandbox: %s', async (_what, path, body, pointer) => {
  await refusedAt(pointer, () => sandbox(path, path === 'tenants' ? body : { tenantId: tenant.id, ...body }));
});

test('the largest amount that the wire takes is taken, and shown to the fen', async () => {
  const id = await aSubmission(house, tenant, { askFen: '999999999999999' });
  expect((await house.ask('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey })).body).toMatchObject({ askFen: '999999999999999' });
});
