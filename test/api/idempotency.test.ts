import { row } from '../../src/database/connect';
import { aRaise, aRaisedCampaign, DONOR_CONSENT, submission } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, signedReceipt, type Tenant } from '../support/people';
import { aStepUp, signs, aReleaseInApproval, aReservedPayout, preparePayout, proposed, rowCounts } from '../support/releases';
import { pursue } from '../support/transfers';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Doing {
  readonly path: string;
  readonly as: string;
  readonly body: Record<string, unknown>;
  /** The same request, asking for something else. */
  readonly other: Record<string, unknown>;
}

const submitting = async (): Promise<Doing> => {
  const body = submission(tenant);
  return { path: '/v1/campaigns', as: tenant.platformKey, body, other: { ...body, askFen: '10000001' } };
};
const giving = async (): Promise<Doing> => {
  const path = `/v1/campaigns/${await aRaise(house, tenant)}/gifts`;
  return {
    path,
    as: tenant.platformKey,
    body: { gifts: [{ amountFen: '5' }, { amountFen: '6' }], consent: DONOR_CONSENT },
    other: { gifts: [{ amountFen: '6' }, { amountFen: '5' }], consent: DONOR_CONSENT },
  };
};
const requesting = async (): Promise<Doing> => {
  const path = `/v1/campaigns/${await aRaisedCampaign(house, tenant, [1_000n])}/release-requests`;
  return {
    path,
    as: tenant.platformKey,
    body: { feeVersion: 1, mode: 'single', amountFen: '400' },
    other: { feeVersion: 1, mode: 'single', amountFen: '401' },
  };
};
const signing = async (): Promise<Doing> => {
  const release = await aReleaseInApproval(house, tenant);
  const digest = await proposed(house, tenant, release);
  const body = { digest, decision: 'approve', stepUp: await aStepUp(house, tenant.sessions.checkerA, digest) };
  return { path: `/v1/releases/${release.id}/approval/signatures`, as: tenant.sessions.checkerA, body, other: { ...body, decision: 'reject' } };
};
const receiving = async (): Promise<Doing> => {
  const payout = await aReservedPayout(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
  await pursue(house, tenant, payout.payoutId);
  await house.releases.database.beginReceipt(payout.id, (await preparePayout(house, tenant, payout))!, Date.parse('2021-03-05T02:00:00Z'));
  const receipt = (outcome: 'confirm' | 'deny'): Record<string, string> => signedReceipt(tenant.hospital, payout.payoutId, outcome, '964000');
  return { path: `/v1/payouts/${payout.payoutId}/receipt`, as: tenant.hospital.key, body: receipt('confirm'), other: receipt('deny') };
};

describe.each<[string, () => Promise<Doing>]>([
  ['submitting a campaign', submitting],
  ['ordering gifts', giving],
  ['asking for money', requesting],
  ['signing', signing],
  ['giving a receipt', receiving],
])('%s', (_what, doing) => {
  let d: Doing;
  beforeEach(async () => {
    d = await doing();
  });
  const send = (key: string | undefined, body: unknown = d.body): Promise<Answer> =>
    house.ask('POST', d.path, { as: d.as, body, ...(key === undefined ? {} : { key }) });

  test('the same key and body: the same answer, one effect; the order of fields does not matter', async () => {
    const key = aKey();
    const first = await send(key);
    expect(first.status).toBe(201);
    const after = await rowCounts(house);
    expect(await send(key)).toEqual(first);
    expect(await send(key, Object.fromEntries(Object.entries(d.body).reverse()))).toEqual(first);
    expect(await rowCounts(house)).toEqual(after);
  });

  test('the same key, another body: 422, no effect, and the first answer stands', async () => {
    const key = aKey();
    const first = await send(key);
    const after = await rowCounts(house);
    expect(await send(key, d.other)).toMatchObject({ status: 422, body: { code: 'request.key_reused', field: 'Idempotency-Key' } });
    expect(await rowCounts(house)).toEqual(after);
    expect(await send(key)).toEqual(first);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one of 201 characters', 'k'.repeat(201)],
  ])('no effect and 400 with %s as its key', async (_w, key) => {
    const before = await rowCounts(house);
    expect(await send(key)).toMatchObject({ status: 400, body: { code: 'request.key_missing', field: 'Idempotency-Key' } });
    expect(await rowCounts(house)).toEqual(before);
  });

  test('eight at once under one key: one effect, eight equal answers', async () => {
    const key = aKey();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(key)));
    const after = await rowCounts(house);
    expect(await send(key)).toMatchObject({ status: 201 });
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((a) => JSON.stringify(idsOf(a))))).toHaveProperty('size', 1);
    expect(await rowCounts(house)).toEqual(after);
  });
});

/** Every id in an answer, in order. */
function idsOf(answer: Answer): string[] {
  return [...JSON.stringify(answer.body).matchAll(/"id":"(\w{26})"/g)].map((m) => m[1]!);
}

test('a request that fails leaves no key: put right, it may be sent under the same one', async () => {
  const key = aKey();
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  const ask = (amountFen: string): Promise<Answer> =>
    house.ask('POST', `/v1/campaigns/${campaignId}/release-requests`, {
      as: tenant.platformKey,
      key,
      body: { feeVersion: 1, mode: 'single', amountFen },
    });
  expect(await ask('1001')).toMatchObject({ status: 409, body: { code: 'release.amount_unavailable' } });
  expect(await row(house.db, 'select 1 from idempotency where key = ?', [key])).toBeNull();
  expect((await ask('1000')).status).toBe(201);
});

test('two people may use the same key: each has their own', async () => {
  const release = await aReleaseInApproval(house, tenant);
  const digest = await proposed(house, tenant, release);
  const key = aKey();
  for (const as of [tenant.sessions.checkerA, tenant.sessions.checkerB]) {
    expect(await signs(house, as, release, digest, 'approve', key)).toMatchObject({ status: 201 });
  }
});

test('the same key on another route is another request', async () => {
  const key = aKey();
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  expect((await house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key, body: submission(tenant) })).status).toBe(201);
  const other = await house.ask('POST', `/v1/campaigns/${campaignId}/release-requests`, {
    as: tenant.platformKey,
    key,
    body: { feeVersion: 1, mode: 'single' },
  });
  expect(other).toMatchObject({ status: 422, body: { code: 'request.key_reused' } });
});

test('gifts whose orders got no answer are asked for again under the same key, not ordered anew', async () => {
  const campaignId = await aRaise(house, tenant);
  const answer = house.channel.onOrder;
  house.channel.onOrder = () => ({ kind: 'UNKNOWN', reason: 'time-out' });
  const key = aKey();
  const order = (): Promise<Answer<{ gifts: { id: string; codeUrl: string | null }[] }>> =>
    house.ask('POST', `/v1/campaigns/${campaignId}/gifts`, {
      as: tenant.platformKey,
      key,
      body: { gifts: [{ amountFen: '77' }], consent: DONOR_CONSENT },
    });
  const first = await order();
  house.channel.onOrder = answer;
  const second = await order();
  expect(first.body.gifts).toMatchObject([{ codeUrl: null }]);
  expect(second.body.gifts).toMatchObject([{ id: first.body.gifts[0]!.id, codeUrl: expect.stringContaining('weixin') }]);
});
