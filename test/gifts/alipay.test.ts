import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { balanceOf } from '../../src/ledger/post';
import { campaignBooks } from '../../src/ledger/statement';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, DONOR_CONSENT, feeVersionOf } from '../support/campaigns';
import { aDeath } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aSandbox, type Sandbox } from '../simulators/support/sandbox';

// A gift and its way back over Alipay, end to end: the house over HTTP, the adapter, and the simulated gateway with real signatures both ways.
const DAY = '2021-03-01';
let house: House;
let sandbox: Sandbox;
let tenant: Tenant;
let sellerId: string;
let campaignId: string;

beforeAll(async () => {
  house = await aHouse();
  sandbox = await aSandbox();
  const { createOrder, ...channel } = sandbox.alipay;
  // The house does not know its own port.
  Object.assign(house.alipay, channel, {
    createOrder: (order: Parameters<typeof createOrder>[0]) => createOrder({ ...order, notifyUrl: `${house.url}/callbacks/alipay` }),
  });
  house.bank.parseNotice = (body, headers) => sandbox.bank.parseNotice(body, headers);
  house.bank.statement = (account, day) => sandbox.bank.statement(account, day);
});
beforeEach(async () => {
  tenant = await aTenant(house);
  const found = await row<{ alipay_seller_id: string; custody_bank_code: string }>(house.db, 'select * from tenant where id = ?', [tenant.id]);
  sellerId = found!.alipay_seller_id;
  await clockTo(await nowMs(house, tenant));
  const at = { clockId: tenant.clockId };
  const account = { accountNumber: tenant.custodyAccount, name: '存管专户', bankCode: found!.custody_bank_code, kind: 'custody' };
  await act('/bank/accounts', { ...account, ...at, notifyUrl: `${house.url}/callbacks/bank` });
  await act('/alipay/sellers', { sellerId, ...at, settlementAccountNumber: account.accountNumber, settlementBankCode: account.bankCode });
  campaignId = await aRaise(house, tenant);
});
afterAll(async () => {
  await house.close();
  await sandbox.close();
  expect(sandbox.errors).toEqual([]);
});

const act = async (target: string, body: object): Promise<unknown> => {
  const answer = await sandbox.control('POST', target, body);
  expect([target, answer.status]).toEqual([target, 200]);
  return answer.body;
};
const clockTo = (ms: number) => sandbox.control('PUT', `/clocks/${tenant.clockId}`, { now: new Date(ms).toISOString() });
/** Both clocks of the platform go on together. */
const go = async (ms: number): Promise<void> => {
  await later(house, tenant, ms);
  await clockTo(await nowMs(house, tenant));
};
const pay = (giftIds: readonly string[], fault?: string) => act('/alipay/payments', { sellerId, outTradeNos: giftIds, fault });
const statusOf = async (id: string): Promise<unknown> =>
  (await row<{ status: string }>(house.db, 'select status from gift where id = ?', [id]))!.status;
const parked = async (): Promise<string[]> =>
  (await rows<{ kind: string }>(house.db, 'select kind from money_exception where tenant_id = ? order by kind', [tenant.id])).map(({ kind }) => kind);

async function ordered(amountsFen: readonly bigint[]): Promise<string[]> {
  const made = await house.ask<{ gifts: { id: string; channel: string; codeUrl: string }[] }>('POST', `/v1/campaigns/${campaignId}/gifts`, {
    as: tenant.platformKey,
    key: aKey(),
    body: {
      gifts: amountsFen.map((amountFen) => ({ amountFen })),
      channel: 'alipay',
      consent: { ...DONOR_CONSENT, feeVersion: await feeVersionOf(house, campaignId) },
    },
  });
  expect(made.status).toBe(201);
  for (const gift of made.body.gifts)
    expect(gift).toMatchObject({ channel: 'alipay', codeUrl: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//) });
  return made.body.gifts.map(({ id }) => id);
}

/** The raise is closed and settled, and the seeker died: what is left goes back. @returns the refund round's id. */
async function stopped(): Promise<string> {
  expect((await house.ask('POST', `/v1/campaigns/${campaignId}/close`, { as: tenant.platformKey })).status).toBe(200);
  await house.campaigns.database.closeRaise(campaignId, await nowMs(house, tenant), 'sponsor');
  expect(await house.campaigns.database.settleBooks(campaignId, await nowMs(house, tenant))).toBe(true);
  const deathId = await aDeath(house, tenant, campaignId);
  const decision = { as: tenant.sessions.operator, body: { confirmed: true, reason: '已核对死亡证明' } };
  expect(await house.ask('POST', `/v1/deaths/${deathId}/decision`, decision)).toMatchObject({ status: 200 });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  return (await row<{ id: string }>(house.db, 'select id from refund_round where campaign_id = ?', [campaignId]))!.id;
}

test('paid, swept, stopped, given back: each once, whatever answer is lost; the books hold', async () => {
  const ids = await ordered([7_000n, 2_000n, 1_000n]);
  expect(await pay(ids, 'duplicate-callback')).toEqual({ paid: 3, acknowledged: 3, failed: [] });
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ raisedFen: 10_000n, heldFen: 10_000n });
  expect(await balanceOf(house.db, tenant.id, { kind: 'clearing-alipay' })).toBe(10_000n);
  await go(DAY_MS + 2 * 3_600_000);
  // 11:00 of the next day: the seller's balance came into custody.
  expect(await balanceOf(house.db, tenant.id, { kind: 'clearing-alipay' })).toBe(0n);
  expect(await balanceOf(house.db, tenant.id, { kind: 'custody' })).toBe(10_000n);

  const roundId = await stopped();
  const returns = await rows<{ id: string }>(house.db, 'select id from gift_return where round_id = ? order by amount_fen desc', [roundId]);
  await act('/alipay/faults', { sellerId, id: returns[0]!.id, name: 'answer-lost' });
  await act('/alipay/faults', { sellerId, id: returns[1]!.id, name: 'drop-before' });
  const send = async (): Promise<boolean> => house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant));
  const outcomes = async (): Promise<unknown[]> =>
    (
      await rows<{ at: string }>(
        house.db,
        `select status || ' ' || last_outcome as at from gift_return where round_id = ? order by amount_fen desc`,
        [roundId],
      )
    ).map(({ at }) => at);
  expect(await send()).toBe(true);
  expect(await outcomes()).toEqual(['processing UNKNOWN', 'processing UNKNOWN', 'processing PROCESSING']);
  // The query does not know them yet: each is sent again under its own number.
  expect(await send()).toBe(true);
  expect(await outcomes()).toEqual(['processing PROCESSING', 'processing PROCESSING', 'processing PROCESSING']);
  // Ten seconds later the notices come, and each leads to a query.
  await go(10_000);
  expect((await rows(house.db, 'select id from gift_return where round_id = ? and status = ?', [roundId, 'returned'])).length).toBe(3);
  expect(await send()).toBe(false);
  await house.refunds.database.finishRefund(roundId, await nowMs(house, tenant));
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ raisedFen: 10_000n, refundedFen: 10_000n, pendingFen: 0n });
  // What went back beyond the captures is taken from custody.
  await go(DAY_MS);
  expect(await balanceOf(house.db, tenant.id, { kind: 'clearing-alipay' })).toBe(0n);
  expect(await balanceOf(house.db, tenant.id, { kind: 'custody' })).toBe(0n);
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  expect(await parked()).toEqual([]);
  expect(house.channel.refunds.size).toBe(0);
});

test('in a telephone’s browser: the address that was signed leads to the trade, and its payment is the gift', async () => {
  const body = { gifts: [{ amountFen: '900' }], channel: 'alipay', client: { kind: 'browser' } };
  const consent = { ...DONOR_CONSENT, feeVersion: await feeVersionOf(house, campaignId) };
  const order = { as: tenant.platformKey, key: aKey(), body: { ...body, consent } };
  const made = await house.ask<{ gifts: [{ id: string; payUrl: string }] }>('POST', `/v1/campaigns/${campaignId}/gifts`, order);
  const [{ id, payUrl }] = made.body.gifts;
  expect(made.body.gifts).toMatchObject([{ codeUrl: null, wechatPay: null, payUrl: expect.stringContaining(`${sandbox.url}/alipay/gateway.do?`) }]);
  expect(await pay([id])).toMatchObject({ paid: 0, failed: [{ status: 404 }] });
  expect(await (await fetch(payUrl)).text()).toContain(`待付款 ${id}`);
  expect(await pay([id])).toEqual({ paid: 1, acknowledged: 1, failed: [] });
  expect(await statusOf(id)).toBe('paid');
});

test('tampered, another seller’s, wrongly signed: nothing is posted; the genuine notice four minutes later is', async () => {
  const [amount, seller, signature] = (await ordered([1_000n, 1_001n, 1_002n])) as [string, string, string];
  await pay([amount], 'amount-tampered');
  await pay([seller], 'seller-tampered');
  await pay([signature], 'bad-signature');
  for (const id of [amount, seller, signature]) expect(await statusOf(id)).toBe('ordered');
  // The sandbox's application acts for every seller: another's account is the database's to refuse.
  expect(await parked()).toEqual(['gift-mismatch', 'gift-mismatch']);
  await go(4 * 60_000);
  for (const id of [amount, seller, signature]) expect(await statusOf(id)).toBe('paid');
  expect((await campaignBooks(house.db, campaignId)).raisedFen).toBe(3_003n);
});

test('a notice that never comes: the bill of the day posts the gift; what it omits, adds and alters is parked once, and the day is reconciled', async () => {
  const [told, silent, omitted, altered] = (await ordered([100n, 200n, 300n, 400n])) as [string, string, string, string];
  await pay([told, omitted, altered]);
  await pay([silent], 'no-callback');
  expect(await statusOf(silent)).toBe('ordered');
  await act('/alipay/bill-faults', {
    sellerId,
    day: DAY,
    omit: [omitted],
    alter: { [altered]: '401' },
    add: [{ outTradeNo: 'N'.repeat(26), fen: '5' }],
  });
  const dayId = `${tenant.id}/${DAY}`;
  const reconcile = async (): Promise<boolean> => house.reconciliations.payment.reconcileDay(dayId, await nowMs(house, tenant));
  house.channel.bills.set(`${tenant.merchantId}/${DAY}`, { kind: 'READY', lines: [] });
  expect(await reconcile()).toBe(false);
  expect(await row(house.db, 'select unanswered from reconciliation_day where id = ?', [dayId])).toMatchObject({
    unanswered: expect.arrayContaining([`alipay bill of ${DAY}: not made yet`]),
  });
  await go(DAY_MS + 2 * 3_600_000);
  expect(await reconcile()).toBe(true);
  expect(await reconcile()).toBe(true);
  expect(await statusOf(silent)).toBe('paid');
  // The gift that nobody told of was swept before the bill was read.
  expect(await parked()).toEqual(['bill-amount', 'bill-missing', 'bill-unknown', 'unexplained-credit']);
  expect(
    await rows(house.db, 'select channel, lines, matched, posted, differing, missing from channel_bill where tenant_id = ? order by channel', [
      tenant.id,
    ]),
  ).toEqual([
    { channel: 'alipay', lines: 4, matched: 1, posted: 1, differing: 2, missing: 1 },
    { channel: 'wechat', lines: 0, matched: 0, posted: 0, differing: 0, missing: 0 },
  ]);
});
