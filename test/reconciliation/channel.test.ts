import type { BillLine } from '../../src/adapters/donation/port';
import { row, rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { type BillFindings, readChannelBill } from '../../src/reconciliation/channel';
import { aRaise, given, ordered } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';

// The channel's bill of a day against the books: every line explained, nothing posted twice.
const DAY = '2021-03-01';
let house: House;
let tenant: Tenant;
let campaignId: string;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  campaignId = await aRaise(house, tenant);
});
afterAll(() => house.close());

const at = '2021-03-01T12:00:00+08:00';
const paid = (orderId: string, amountFen: bigint, over: Partial<BillLine> = {}): BillLine => ({
  kind: 'paid',
  orderId,
  transactionId: `T${orderId}`,
  refundId: null,
  amountFen,
  feeFen: 0n,
  at,
  ...over,
});
async function read(lines: readonly BillLine[]): Promise<BillFindings | string> {
  house.channel.bills.set(`${tenant.merchantId}/${DAY}`, { kind: 'READY', lines });
  const { channel, dependencies } = house;
  const billed = { id: tenant.id, channel: 'wechat' as const, merchantId: tenant.merchantId, nowMs: await nowMs(house, tenant) };
  return readChannelBill(house.db, channel, dependencies.gifts, billed, DAY);
}
const parked = (): Promise<{ kind: string; owner: string }[]> =>
  rows(house.db, 'select kind, owner from money_exception where tenant_id = ? order by kind', [tenant.id]);

test('all that both know is matched; read again, the same', async () => {
  const ids = await given(house, tenant, campaignId, [100n, 200n]);
  const found = { lines: 2, matched: 2, posted: 0, differing: 0, missing: 0 };
  for (let i = 0; i < 2; i += 1) expect(await read([paid(ids[0]!, 100n), paid(ids[1]!, 200n)])).toEqual(found);
  expect(await parked()).toEqual([]);
  expect(await row(house.db, 'select day::text, lines, matched, paid_fen from channel_bill where tenant_id = ?', [tenant.id])).toEqual({
    day: DAY,
    lines: 2,
    matched: 2,
    paid_fen: 300n,
  });
});

test('a paid order whose callback was lost is posted, once', async () => {
  const [id] = await ordered(house, tenant, campaignId, [300n]);
  expect(await read([paid(id!, 300n)])).toEqual({ lines: 1, matched: 0, posted: 1, differing: 0, missing: 0 });
  expect(await read([paid(id!, 300n)])).toMatchObject({ matched: 1, posted: 0 });
  expect(await row(house.db, 'select status, credited_fen from gift where id = ?', [id!])).toEqual({ status: 'paid', credited_fen: 300n });
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
});

test.each<[string, string, (ids: readonly string[]) => BillLine[]]>([
  ['an order that the books do not know', 'bill-unknown', (ids) => [paid(ids[0]!, 100n), paid('9'.repeat(26), 5n)]],
  ['another amount', 'bill-amount', (ids) => [paid(ids[0]!, 101n)]],
  ['another payment of the same order', 'bill-second-payment', (ids) => [paid(ids[0]!, 100n, { transactionId: 'other' })]],
  ['the same payment twice', 'bill-repeated', (ids) => [paid(ids[0]!, 100n), paid(ids[0]!, 100n)]],
  ['a payment that the bill does not tell of', 'bill-missing', () => []],
  [
    'a refund under a number that is not ours',
    'bill-refund-unknown',
    (ids) => [paid(ids[0]!, 100n), paid(ids[0]!, 40n, { kind: 'refund', refundId: 'R'.repeat(26) })],
  ],
])('%s is parked once for a person, and posts nothing', async (_what, kind, lines) => {
  const ids = await given(house, tenant, campaignId, [100n]);
  for (let i = 0; i < 2; i += 1) {
    const found = (await read(lines(ids))) as BillFindings;
    expect(found.differing + found.missing).toBe(1);
    expect(found.matched + found.posted + found.differing).toBe(found.lines);
  }
  expect(await parked()).toEqual([{ kind, owner: 'operator' }]);
  expect(await row(house.db, 'select raised_fen from campaign where id = ?', [campaignId])).toEqual({ raised_fen: 100n });
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
});

test('a refund of ours is matched by its number, order and amount', async () => {
  const small = await aRaise(house, tenant, { askFen: '100' });
  const [id] = await given(house, tenant, small, [130n]);
  const { id: refundId } = (await row<{ id: string }>(house.db, 'select id from gift_return where gift_id = ?', [id!]))!;
  expect(await read([paid(id!, 130n), paid(id!, 30n, { kind: 'refund', refundId })])).toMatchObject({ matched: 2, differing: 0 });
  expect(await read([paid(id!, 130n), paid(id!, 31n, { kind: 'refund', refundId })])).toMatchObject({ matched: 1, differing: 1 });
  expect(await parked()).toMatchObject([{ kind: 'bill-refund-amount' }]);
});

test('another platform’s order is not known here', async () => {
  const other = await aTenant(house);
  const [id] = await ordered(house, other, await aRaise(house, other), [50n]);
  expect(await read([paid(id!, 50n)])).toMatchObject({ posted: 0, differing: 1 });
  expect(await row(house.db, 'select status from gift where id = ?', [id!])).toEqual({ status: 'ordered' });
});

test('no bill, no finding: the day is named', async () => {
  house.channel.bills.set(`${tenant.merchantId}/${DAY}`, { kind: 'NOT_READY' });
  const billed = { id: tenant.id, channel: 'wechat' as const, merchantId: tenant.merchantId, nowMs: await nowMs(house, tenant) };
  expect(await readChannelBill(house.db, house.channel, house.dependencies.gifts, billed, DAY)).toBe('wechat bill of 2021-03-01: not made yet');
  expect(await row(house.db, 'select 1 from channel_bill where tenant_id = ?', [tenant.id])).toBeNull();
});
