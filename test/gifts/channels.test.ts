import { row, rows } from '../../src/database/connect';
import { type BilledTenant, readChannelBill } from '../../src/reconciliation/channel';
import { aRaise, DONOR_CONSENT, feeVersionOf, paidNotice } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';

// An order is one channel's for ever: that one is asked, told, believed, and gives back.
let house: House;
let tenant: Tenant;
let sellerId: string;
let campaignId: string;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  sellerId = (await row<{ alipay_seller_id: string }>(house.db, 'select alipay_seller_id from tenant where id = ?', [tenant.id]))!.alipay_seller_id;
  campaignId = await aRaise(house, tenant);
  for (const channel of [house.channel, house.alipay]) {
    channel.orders.clear();
    channel.refunds.clear();
  }
});
afterAll(() => house.close());

interface Made {
  readonly gifts: { readonly id: string; readonly channel: string }[];
}
async function order(channel: string | undefined, key = aKey()): Promise<Answer<Made>> {
  const consent = { ...DONOR_CONSENT, feeVersion: await feeVersionOf(house, campaignId) };
  const body = { gifts: [{ amountFen: '500' }], ...(channel === undefined ? {} : { channel }), consent };
  return house.ask<Made>('POST', `/v1/campaigns/${campaignId}/gifts`, { as: tenant.platformKey, key, body });
}
const orderedAt = async (channel?: string): Promise<string> => (await order(channel)).body.gifts[0]!.id;
const paidAt = (id: string, over: object = {}) => paidNotice(tenant, id, 500n, { merchantId: sellerId, ...over });
const statusOf = async (id: string): Promise<unknown> =>
  (await row<{ status: string }>(house.db, 'select status from gift where id = ?', [id]))!.status;

test('WeChat Pay where nobody says otherwise; Alipay where it is asked for; another name is refused', async () => {
  const made = await order(undefined);
  expect(made).toMatchObject({ status: 201, body: { gifts: [{ channel: 'wechat' }] } });
  expect([...house.channel.orders.values()]).toMatchObject([
    { merchantId: tenant.merchantId, notifyUrl: expect.stringMatching(/\/callbacks\/wechat$/) },
  ]);
  expect(house.alipay.orders.size).toBe(0);
  expect(await order('alipay')).toMatchObject({ status: 201, body: { gifts: [{ channel: 'alipay' }] } });
  expect([...house.alipay.orders.values()]).toMatchObject([{ merchantId: sellerId, notifyUrl: expect.stringMatching(/\/callbacks\/alipay$/) }]);
  expect(await order('unionpay')).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  const [{ id, donorKey }] = made.body.gifts as unknown as [{ id: string; donorKey: string }];
  expect(await house.ask('GET', `/v1/public/gifts/${id}/${donorKey}`)).toMatchObject({ body: { channel: 'wechat' } });
});

test('a platform without an account there: refused, and nothing is ordered', async () => {
  await house.owner('tenant').where('id', tenant.id).update({ alipay_seller_id: null });
  expect(await order('alipay')).toMatchObject({ status: 422, body: { code: 'channel.not_offered', field: '/channel' } });
  expect(await rows(house.db, 'select id from gift where campaign_id = ?', [campaignId])).toEqual([]);
  expect(await house.ask('GET', `/v1/public/campaigns/${campaignId}`)).toMatchObject({ body: { channels: ['wechat'] } });
});

test('the same key with another channel is another request; the channel of an order never changes', async () => {
  const key = aKey();
  const made = await order('alipay', key);
  expect((await order('alipay', key)).body).toEqual(made.body);
  expect(await order('wechat', key)).toMatchObject({ status: 422, body: { code: 'request.key_reused' } });
  await expect(house.owner('gift').where('id', made.body.gifts[0]!.id).update({ channel: 'wechat' })).rejects.toMatchObject({ code: 'AL004' });
});

test('the client decides how an order is made; only a code is kept, and the same request finds the same order made ready again', async () => {
  const WECHAT_PAY = { appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=1', signType: 'RSA', paySign: 's' } as const;
  const { onOrder } = house.channel;
  house.channel.onOrder = (made) =>
    made.client?.kind === 'wechat' ? { kind: 'CREATED', wechatPay: WECHAT_PAY } : { kind: 'CREATED', codeUrl: 'weixin://x' };
  const consent = { ...DONOR_CONSENT, feeVersion: await feeVersionOf(house, campaignId) };
  const ask = (key: string, over: object) => {
    const body = { gifts: [{ amountFen: '500' }], consent, ...over };
    return house.ask<Made>('POST', `/v1/campaigns/${campaignId}/gifts`, { as: tenant.platformKey, key, body });
  };
  try {
    const [key, client] = [aKey(), { kind: 'wechat', openid: 'oDonor_1' }];
    const made = await ask(key, { client });
    expect(made).toMatchObject({ status: 201, body: { gifts: [{ codeUrl: null, payUrl: null, wechatPay: WECHAT_PAY }] } });
    expect([...house.channel.orders.values()]).toMatchObject([{ client }]);
    expect((await ask(key, { client })).body).toEqual(made.body);
    expect(await ask(key, { client: { ...client, openid: 'oDonor_2' } })).toMatchObject({ status: 422, body: { code: 'request.key_reused' } });
    expect(await ask(key, {})).toMatchObject({ status: 422, body: { code: 'request.key_reused' } });
    // What it was made with first may be paid yet: a refused renewal refuses no order.
    house.channel.onOrder = () => ({ kind: 'REJECTED', code: 'RULE_LIMIT', text: 'x' });
    expect(await ask(key, { client })).toMatchObject({ body: { gifts: [{ status: 'ordered', wechatPay: null }] } });
    const { id } = made.body.gifts[0]!;
    expect((await row<{ kept: string }>(house.db, 'select to_jsonb(g)::text as kept from gift g where id = ?', [id]))!.kept).not.toContain('oDonor');
    expect(await house.push('wechat', paidAt(id, { merchantId: tenant.merchantId }))).toMatchObject({ status: 204 });
    expect(await ask(aKey(), { channel: 'alipay', client })).toMatchObject({ status: 400, body: { field: '/client/kind' } });
    for (const wrong of [{ kind: 'wechat' }, { kind: 'app' }, { kind: 'code', openid: 'o' }, { kind: 'wechat', openid: 'o o' }])
      expect(await ask(aKey(), { client: wrong })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(await ask(aKey(), { client: { kind: 'browser' } })).toMatchObject({ body: { gifts: [{ status: 'refused' }] } });
    expect(house.channel.orders.get([...house.channel.orders.keys()].at(-1)!)).toMatchObject({
      client: { kind: 'browser', backUrl: expect.stringMatching(new RegExp(`/c/${campaignId}$`)) },
    });
  } finally {
    house.channel.onOrder = onOrder;
  }
});

test('Alipay hears exactly `success`, however often it tells; WeChat Pay an empty 204', async () => {
  const id = await orderedAt('alipay');
  const answers = await Promise.all(Array.from({ length: 20 }, () => house.push('alipay', paidAt(id))));
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('text/plain'), body: 'success' });
  expect(await row(house.db, 'select status, credited_fen from gift where id = ?', [id])).toEqual({ status: 'paid', credited_fen: 500n });
  expect(await house.push('alipay', paidAt(id), { 'x-fake-signature': 'bad' })).toMatchObject({ status: 401 });
});

test.each([
  ['the other channel', 'wechat', (): object => ({})],
  ['the other channel’s account', 'alipay', (): object => ({ merchantId: tenant.merchantId })],
  ['another platform’s account', 'alipay', (): object => ({ merchantId: '2088999999999999' })],
  ['another amount', 'alipay', (): object => ({ amountFen: 501n })],
] as const)('a payment that %s tells of is for a person', async (_what, provider, over) => {
  const id = await orderedAt('alipay');
  expect((await house.push(provider, paidAt(id, over()))).status).toBeLessThan(300);
  expect(await statusOf(id)).toBe('ordered');
  expect(await rows(house.db, 'select kind, owner from money_exception where tenant_id = ?', [tenant.id])).toEqual([
    { kind: 'gift-mismatch', owner: 'operator' },
  ]);
});

test('two channels may have a payment of the same number', async () => {
  const [one, two] = [await orderedAt('wechat'), await orderedAt('alipay')];
  await house.push('wechat', paidNotice(tenant, one, 500n, { transactionId: `SAME${one}` }));
  await house.push('alipay', paidAt(two, { transactionId: `SAME${one}` }));
  for (const id of [one, two]) expect(await statusOf(id)).toBe('paid');
});

test('a notice of a change moves nothing; about a refund it leads to a query at the same channel', async () => {
  const id = await orderedAt('alipay');
  const changed = { kind: 'changed', noticeId: 'N1', merchantId: sellerId, orderId: id, refundId: null };
  expect(await house.push('alipay', changed)).toMatchObject({ body: 'success' });
  expect(await statusOf(id)).toBe('ordered');
  expect(await house.push('alipay', { ...changed, refundId: 'R'.repeat(26) })).toMatchObject({ body: 'success' });
});

test('what comes after the close goes back by the order’s own channel', async () => {
  const ids = [await orderedAt('wechat'), await orderedAt('alipay')] as const;
  expect((await house.ask('POST', `/v1/campaigns/${campaignId}/close`, { as: tenant.platformKey })).status).toBe(200);
  await house.campaigns.database.closeRaise(campaignId, await nowMs(house, tenant), 'sponsor');
  await house.push('wechat', paidNotice(tenant, ids[0], 500n));
  await house.push('alipay', paidAt(ids[1]));
  house.alipay.onRefund = () => ({ kind: 'PROCESSING' });
  const at = new Date(await nowMs(house, tenant));
  expect(await house.dependencies.gifts.returns.send({ campaignId }, at)).toEqual({ after: null, underWay: true });
  expect([...house.channel.refunds.values()]).toMatchObject([{ orderId: ids[0], merchantId: tenant.merchantId }]);
  expect([...house.alipay.refunds.values()]).toMatchObject([{ orderId: ids[1], merchantId: sellerId }]);
  const [returned] = [...house.alipay.refunds.keys()] as [string];
  const notice = { kind: 'changed', noticeId: 'N2', merchantId: sellerId, orderId: ids[1], refundId: returned };
  const status = async (): Promise<unknown> =>
    (await row<{ status: string }>(house.db, 'select status from gift_return where id = ?', [returned]))!.status;
  // Not through the other channel, nor about another's account.
  house.alipay.onQueryRefund = () => ({ kind: 'SUCCEEDED', reference: 'T/R', refundedAt: null });
  house.channel.onQueryRefund = house.alipay.onQueryRefund;
  await house.push('wechat', notice);
  await house.push('alipay', { ...notice, merchantId: '2088999999999999' });
  expect(await status()).toBe('processing');
  expect(await house.push('alipay', notice)).toMatchObject({ body: 'success' });
  expect(await status()).toBe('returned');
});

test('late orders are asked of their own channel, and a bill explains its own channel alone', async () => {
  const [wechat, alipay] = [await orderedAt('wechat'), await orderedAt('alipay')];
  house.alipay.onQuery = (id) =>
    id === alipay ? { kind: 'PAID', transactionId: `T${id}`, amountFen: 500n, paidAt: '2021-03-01T04:00:00Z' } : { kind: 'NOT_FOUND' };
  await house.dependencies.gifts.collectLateOrders(campaignId);
  expect([await statusOf(wechat), await statusOf(alipay)]).toEqual(['ordered', 'paid']);
  const now = await nowMs(house, tenant);
  const read = (channel: 'wechat' | 'alipay', nowMs: number) => {
    const billed: BilledTenant = { id: tenant.id, channel, merchantId: channel === 'wechat' ? tenant.merchantId : sellerId, nowMs };
    return readChannelBill(house.db, channel === 'wechat' ? house.channel : house.alipay, house.dependencies.gifts, billed, '2021-03-01');
  };
  house.channel.bills.set(`${tenant.merchantId}/2021-03-01`, { kind: 'NOT_READY' });
  expect(await read('wechat', now)).toBe('wechat bill of 2021-03-01: not made yet');
  // Days later, with nothing in the books of that channel, there was nothing to bill; where the books have something, the bill is missing still.
  expect(await read('wechat', now + 4 * 86_400_000)).toMatchObject({ lines: 0, missing: 0 });
  house.alipay.bills.set(`${sellerId}/2021-03-01`, { kind: 'NOT_READY' });
  expect(await read('alipay', now + 4 * 86_400_000)).toBe('alipay bill of 2021-03-01: not made yet');
  house.alipay.bills.set(`${sellerId}/2021-03-01`, { kind: 'READY', lines: [] });
  expect(await read('alipay', now)).toMatchObject({ lines: 0, missing: 1 });
});
