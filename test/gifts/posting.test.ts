import { row, rows } from '../../src/database/connect';
import { GiftPoster, type PostingOutcome, type ProvenPayment } from '../../src/gifts/poster';
import { balanceOf } from '../../src/ledger/post';
import { aRaise, ordered } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';

let house: House;
let tenant: Tenant;
let campaignId: string;
let poster: GiftPoster;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  campaignId = await aRaise(house, tenant);
  poster = new GiftPoster(house.db);
});
afterAll(() => house.close());

const payment = (giftId: string, amountFen: bigint, over: Partial<ProvenPayment> = {}): ProvenPayment => ({
  giftId,
  amountFen,
  channel: 'wechat',
  merchantId: tenant.merchantId,
  transactionId: `T${giftId}`,
  payerHash: 'ab'.repeat(32),
  paidAt: '2021-03-01T04:00:00Z',
  ...over,
});
const raised = async (id = campaignId): Promise<bigint> =>
  (await row<{ raised_fen: bigint }>(house.db, 'select raised_fen from campaign where id = ?', [id]))!.raised_fen;
const postings = async (): Promise<bigint> => (await row<{ n: bigint }>(house.db, 'select count(*) as n from ledger.posting'))!.n;
const statusOf = async (id: string): Promise<string> =>
  (await row<{ status: string }>(house.db, 'select status from gift where id = ?', [id]))!.status;

/** `n` ordered gifts of one campaign. */
async function orders(n: number, amountFen: bigint, id = campaignId): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < n)
    ids.push(
      ...(await ordered(
        house,
        tenant,
        id,
        Array.from({ length: Math.min(200, n - ids.length) }, () => amountFen),
      )),
    );
  return ids;
}

test('500 gifts that arrive at once are posted in a few groups, each to the fen', async () => {
  const ids = await orders(500, 137n);
  const before = await postings();
  const outcomes = await Promise.all(ids.map((id) => poster.post(payment(id, 137n))));
  expect(new Set(outcomes)).toEqual(new Set(['posted']));
  expect(await raised()).toBe(500n * 137n);
  expect(await balanceOf(house.db, tenant.id, { kind: 'held', campaignId })).toBe(500n * 137n);
  expect(Number((await postings()) - before)).toBeLessThanOrEqual(3);
});

test('200 donors at once, one fen under the target: one fen is credited, the rest goes back whole (I4)', async () => {
  const close = await aRaise(house, tenant, { askFen: '1000' });
  const [first] = await orders(1, 999n, close);
  await poster.post(payment(first!, 999n));
  const ids = await orders(200, 50n, close);
  const outcomes = await Promise.all(ids.map((id) => poster.post(payment(id, 50n))));
  expect(new Set(outcomes)).toEqual(new Set(['posted']));
  expect(await raised(close)).toBe(1_000n);
  const gifts = await rows<{ credited_fen: bigint; excess_fen: bigint }>(
    house.db,
    'select credited_fen, excess_fen from gift where campaign_id = ? and amount_fen = 50',
    [close],
  );
  expect(gifts.filter((g) => g.credited_fen === 1n && g.excess_fen === 49n)).toHaveLength(1);
  expect(gifts.filter((g) => g.credited_fen === 0n && g.excess_fen === 50n)).toHaveLength(199);
  const due = await rows<{ amount_fen: bigint; cause: string; status: string }>(
    house.db,
    'select amount_fen, cause, status from gift_return where campaign_id = ?',
    [close],
  );
  expect(due).toHaveLength(200);
  expect(due.reduce((sum, d) => sum + d.amount_fen, 0n)).toBe(199n * 50n + 49n);
  expect(new Set(due.map((d) => `${d.cause} ${d.status}`))).toEqual(new Set(['above-target due']));
  expect(await row(house.db, `select count(*)::int as n from outbox where subject_id = ? and notice = 'target-reached'`, [close])).toEqual({ n: 1 });
});

test('the target is met to the fen: nothing goes back', async () => {
  const close = await aRaise(house, tenant, { askFen: '1000' });
  const ids = await orders(10, 100n, close);
  await Promise.all(ids.map((id) => poster.post(payment(id, 100n))));
  expect(await raised(close)).toBe(1_000n);
  expect(await rows(house.db, 'select 1 from gift_return where campaign_id = ?', [close])).toEqual([]);
});

test('two posters, as of two processes, over one target: together exact', async () => {
  const close = await aRaise(house, tenant, { askFen: '1001' });
  const other = new GiftPoster(house.db);
  const ids = await orders(60, 33n, close);
  await Promise.all(ids.map((id, i) => (i % 2 ? poster : other).post(payment(id, 33n))));
  expect(await raised(close)).toBe(1_001n);
  const sums = await row<{ credited: bigint; excess: bigint }>(
    house.db,
    'select sum(credited_fen)::bigint credited, sum(excess_fen)::bigint excess from gift where campaign_id = ?',
    [close],
  );
  expect(sums).toEqual({ credited: 1_001n, excess: 60n * 33n - 1_001n });
});

test('the same callback a hundred times at once posts once, and each is told so', async () => {
  const [id] = await orders(1, 500n);
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => poster.post(payment(id!, 500n))));
  expect(outcomes.every((o) => o === 'posted' || o === 'duplicate')).toBe(true);
  expect(await raised()).toBe(500n);
  expect(await poster.post(payment(id!, 500n))).toBe('duplicate');
});

test.each<[string, Partial<ProvenPayment>]>([
  ['a time that is none', { paidAt: 'at noon' }],
  ['a payer’s hash that is none', { payerHash: 'zz' }],
  ['an amount above what the database holds', { amountFen: 10n ** 30n }],
])('a poisoned gift (%s) fails alone: the others of its group are posted', async (_what, poison) => {
  const ids = await orders(40, 10n);
  const outcomes = await Promise.allSettled(ids.map((id, i) => poster.post(payment(id, 10n, i === 17 ? poison : {}))));
  expect(outcomes.filter((o) => o.status === 'rejected')).toHaveLength(1);
  expect(outcomes[17]!.status).toBe('rejected');
  expect(await raised()).toBe(390n);
  expect(await statusOf(ids[17]!)).toBe('ordered');
  // What poisoned it is gone: the same gift is posted.
  expect(await poster.post(payment(ids[17]!, 10n))).toBe('posted');
});

test('a second payment of one order is a mismatch, also when both arrive in one group', async () => {
  const [one, two] = await orders(2, 70n);
  await poster.post(payment(one!, 70n));
  expect(await poster.post(payment(one!, 70n, { transactionId: 'another' }))).toBe('mismatch');
  const together: PostingOutcome[] = await Promise.all([
    poster.post(payment(two!, 70n)),
    poster.post(payment(two!, 70n, { transactionId: 'also' })),
    poster.post(payment(two!, 71n)),
  ]);
  expect(together).toEqual(['posted', 'mismatch', 'mismatch']);
  expect(await raised()).toBe(140n);
});

test('one payment named for two orders is a mismatch for the second, whether in one group or later', async () => {
  const [one, two, three] = await orders(3, 60n);
  const outcomes = await Promise.all([one!, two!].map((id) => poster.post(payment(id, 60n, { transactionId: 'shared' }))));
  expect(outcomes.sort()).toEqual(['mismatch', 'posted']);
  expect(await poster.post(payment(three!, 60n, { transactionId: 'shared' }))).toBe('mismatch');
  expect(await raised()).toBe(60n);
});

test('another amount than ordered, and an order that nobody made, post nothing', async () => {
  const [id] = await orders(1, 80n);
  expect(await poster.post(payment(id!, 79n))).toBe('mismatch');
  expect(await poster.post(payment('0'.repeat(26), 80n))).toBe('unknown');
  expect(await raised()).toBe(0n);
  expect(await statusOf(id!)).toBe('ordered');
});
