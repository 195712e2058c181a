import fc from 'fast-check';
import { row, rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, given, ordered, paidNotice } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { holdsAsync } from '../support/property';

let house: House;
let tenant: Tenant;
let campaignId: string;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  campaignId = await aRaise(house, tenant);
});
afterAll(() => house.close());

const exceptions = (subject: string): Promise<{ kind: string; owner: string; tenant_id: string }[]> =>
  rows(house.db, 'select kind, owner, tenant_id from money_exception where subject = ? or subject like ?', [subject, `${subject}/%`]);
const giftOf = (id: string): Promise<Record<string, unknown> | null> =>
  row(house.db, 'select status, credited_fen, excess_fen from gift where id = ?', [id]);

test('a hundred equal callbacks at once: a hundred times 204, one gift in the ledger', async () => {
  const [id] = await ordered(house, tenant, campaignId, [1_234n]);
  const notice = paidNotice(tenant, id!, 1_234n);
  const answers = await Promise.all(Array.from({ length: 100 }, () => house.push('wechat', notice)));
  expect(answers.filter((a) => a.status === 204)).toHaveLength(100);
  expect(await giftOf(id!)).toEqual({ status: 'paid', credited_fen: 1_234n, excess_fen: 0n });
  expect(await exceptions(id!)).toEqual([]);
});

test.each([
  ['another amount than ordered', 'gift-mismatch', { amountFen: 999n }],
  ['another currency', 'gift-currency', { currency: 'USD' }],
])('%s is parked once for a person, however often it is told, and nothing is posted', async (_what, kind, over) => {
  const [id] = await ordered(house, tenant, campaignId, [1_000n]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => house.push('wechat', paidNotice(tenant, id!, 1_000n, over))));
  expect(new Set(answers.map((a) => a.status))).toEqual(new Set([204]));
  expect(await exceptions(id!)).toEqual([{ kind, owner: 'operator', tenant_id: tenant.id }]);
  expect(await giftOf(id!)).toMatchObject({ status: 'ordered', credited_fen: 0n });
});

test('in whatever order callbacks come, and however often: every order paid once, credited up to the ask, the rest due back', async () => {
  const deliveries = fc
    .tuple(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }))
    .chain(([amounts, times, atOnce]) => {
      const all = amounts.flatMap((_, i) => Array.from({ length: times }, () => i));
      const order = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
      return fc.record({ amounts: fc.constant(amounts), atOnce: fc.constant(atOnce), order });
    });
  await holdsAsync(
    deliveries,
    async ({ amounts, atOnce, order }) => {
      const raise = await aRaise(house, tenant, { askFen: '1000' });
      const amountsFen = amounts.map(BigInt);
      const ids = await ordered(house, tenant, raise, amountsFen);
      const notices = order.map((i) => paidNotice(tenant, ids[i]!, amountsFen[i]!));
      for (let at = 0; at < notices.length; at += atOnce) {
        const answers = await Promise.all(notices.slice(at, at + atOnce).map((notice) => house.push('wechat', notice)));
        expect(new Set(answers.map((a) => a.status))).toEqual(new Set([204]));
      }
      const sum = amountsFen.reduce((a, b) => a + b, 0n);
      const credited = sum < 1_000n ? sum : 1_000n;
      const gifts = 'select count(*)::int as paid, sum(credited_fen)::bigint as credited, sum(excess_fen)::bigint as excess from gift';
      expect(await row(house.db, `${gifts} where campaign_id = ? and status = 'paid'`, [raise])).toEqual({
        paid: ids.length,
        credited,
        excess: sum - credited,
      });
      expect(await row(house.db, 'select raised_fen from campaign where id = ?', [raise])).toEqual({ raised_fen: credited });
      expect(await row(house.db, 'select count(*)::int as n from money_exception where campaign_id = ?', [raise])).toEqual({ n: 0 });
    },
    12,
  );
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
});

test('paid into another platform’s account: parked for a person, nothing is posted; to the right one afterwards, it counts', async () => {
  const other = await aTenant(house);
  const [id] = await ordered(house, tenant, campaignId, [1_000n]);
  for (let i = 0; i < 3; i += 1) expect((await house.push('wechat', paidNotice(other, id!, 1_000n, { transactionId: 'astray' }))).status).toBe(204);
  expect(await giftOf(id!)).toMatchObject({ status: 'ordered' });
  expect(await exceptions(id!)).toEqual([{ kind: 'gift-mismatch', owner: 'operator', tenant_id: tenant.id }]);
  expect((await house.push('wechat', paidNotice(tenant, id!, 1_000n))).status).toBe(204);
  expect(await giftOf(id!)).toMatchObject({ status: 'paid', credited_fen: 1_000n });
});

test('a second payment of one order is parked, and the first stands', async () => {
  const [id] = await given(house, tenant, campaignId, [1_000n]);
  for (let i = 0; i < 3; i += 1) expect((await house.push('wechat', paidNotice(tenant, id!, 1_000n, { transactionId: 'second' }))).status).toBe(204);
  expect(await exceptions(id!)).toEqual([{ kind: 'gift-mismatch', owner: 'operator', tenant_id: tenant.id }]);
  expect(await giftOf(id!)).toMatchObject({ status: 'paid', credited_fen: 1_000n });
});

test('an order of nobody is parked once', async () => {
  const id = '7'.repeat(26);
  for (let i = 0; i < 3; i += 1) expect((await house.push('wechat', paidNotice(tenant, id, 1n))).status).toBe(204);
  expect(await exceptions(id)).toEqual([{ kind: 'gift-unknown', owner: 'operator', tenant_id: 'unknown' }]);
});

test('paid after the raise closed: due back whole, told to the campaign, returned once by the original route', async () => {
  const [early, late] = await ordered(house, tenant, campaignId, [1_000n, 2_000n]);
  await house.push('wechat', paidNotice(tenant, early!, 1_000n));
  await house.campaigns.database.closeRaise(campaignId, await nowMs(house, tenant), 'sponsor');
  expect((await house.push('wechat', paidNotice(tenant, late!, 2_000n))).status).toBe(204);
  expect(await giftOf(late!)).toEqual({ status: 'paid', credited_fen: 0n, excess_fen: 2_000n });
  expect(await row(house.db, 'select raised_fen from campaign where id = ?', [campaignId])).toEqual({ raised_fen: 1_000n });
  expect(await row(house.db, `select 1 as told from outbox where subject_id = ? and notice = 'return-due'`, [campaignId])).toEqual({ told: 1 });

  expect(await house.campaigns.payment.returnExcess(campaignId, await nowMs(house, tenant))).toBe(false);
  const refunds = [...house.channel.refunds.values()].filter((r) => r.orderId === late);
  expect(refunds).toMatchObject([{ refundFen: 2_000n, totalFen: 2_000n, merchantId: tenant.merchantId }]);
  expect(await row(house.db, 'select cause, status from gift_return where gift_id = ?', [late!])).toEqual({
    cause: 'after-close',
    status: 'returned',
  });
  expect(await house.campaigns.payment.returnExcess(campaignId, await nowMs(house, tenant))).toBe(false);
});

test('a refund whose answer is lost is asked about before it is sent again, under its own number', async () => {
  const small = await aRaise(house, tenant, { askFen: '100' });
  const [id] = await given(house, tenant, small, [150n]);
  const refund = house.channel.onRefund;
  house.channel.onRefund = () => ({ kind: 'UNKNOWN', reason: 'time-out' });
  expect(await house.campaigns.payment.returnExcess(small, await nowMs(house, tenant))).toBe(true);
  const [sent] = [...house.channel.refunds.values()].filter((r) => r.orderId === id);
  house.channel.onRefund = () => {
    throw new Error('The first refund has landed: a second would pay twice');
  };
  house.channel.onQueryRefund = (refundId) =>
    refundId === sent!.refundId ? { kind: 'SUCCEEDED', reference: 'RF', refundedAt: '2021-03-01T05:00:00Z' } : { kind: 'NOT_FOUND' };
  expect(await house.campaigns.payment.returnExcess(small, await nowMs(house, tenant))).toBe(false);
  expect(await row(house.db, 'select status, attempts from gift_return where gift_id = ?', [id!])).toEqual({ status: 'returned', attempts: 2 });
  house.channel.onRefund = refund;
  house.channel.onQueryRefund = () => ({ kind: 'NOT_FOUND' });
});

test('a refund that the donor’s account no longer takes is owed, with an owner; its callback told again changes nothing', async () => {
  const small = await aRaise(house, tenant, { askFen: '100' });
  const [id] = await given(house, tenant, small, [130n]);
  const { id: refundId } = (await row<{ id: string }>(house.db, 'select id from gift_return where gift_id = ?', [id!]))!;
  const notice = {
    kind: 'refund',
    noticeId: aKey(),
    merchantId: tenant.merchantId,
    orderId: id,
    refundId,
    refundFen: '30',
    outcome: { kind: 'ABNORMAL', text: 'account closed' },
  };
  expect((await house.push('wechat', { ...notice, merchantId: 'another' })).status).toBe(204);
  expect(await exceptions(refundId)).toMatchObject([{ kind: 'refund-amount' }]);
  expect(await row(house.db, 'select status from gift_return where id = ?', [refundId])).toEqual({ status: 'due' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => house.push('wechat', notice)));
  expect(new Set(answers.map((a) => a.status))).toEqual(new Set([204]));
  expect(await exceptions(refundId)).toContainEqual({ kind: 'owed-back', owner: 'operator', tenant_id: tenant.id });
  expect(await row(house.db, 'select status from gift_return where id = ?', [refundId])).toEqual({ status: 'owed' });
});

test('a lost callback loses no gift: the channel is asked about open orders', async () => {
  const [id] = await ordered(house, tenant, campaignId, [640n]);
  house.channel.onQuery = (orderId) =>
    orderId === id ? { kind: 'PAID', transactionId: `T${id}`, amountFen: 640n, paidAt: '2021-03-01T04:00:00Z' } : { kind: 'NOT_PAID' };
  await house.campaigns.payment.collectLateOrders(campaignId, await nowMs(house, tenant));
  // The callback comes after all.
  expect((await house.push('wechat', paidNotice(tenant, id!, 640n))).status).toBe(204);
  expect(await giftOf(id!)).toMatchObject({ status: 'paid', credited_fen: 640n });
  expect(await exceptions(id!)).toEqual([]);
  house.channel.onQuery = () => ({ kind: 'NOT_PAID' });
});
