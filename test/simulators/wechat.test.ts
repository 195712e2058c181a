import type { DonationChannel } from '../../src/adapters/donation/port';
import { createWechatPay, type WechatMerchant } from '../../src/adapters/donation/wechat/wechatPay';
import { SignatureError } from '../../src/adapters/errors';
import { aReceiver, aSandbox, eventually, type Line, type Receiver, type Sandbox } from './support/sandbox';

const ACCOUNT = '1100100000000000001';
const MCHID = '1900000001';
let sandbox: Sandbox;
let receiver: Receiver;
let answer: (target: string) => number;
let serial = 0;

beforeAll(async () => {
  sandbox = await aSandbox();
  receiver = await aReceiver(({ target }) => answer(target));
});
afterAll(async () => {
  await receiver.close();
  await sandbox.close();
  expect(sandbox.errors).toEqual([]);
});
beforeEach(() => {
  answer = () => 204;
  receiver.received.length = 0;
});

const clock = (id: string, now: string | null) => sandbox.control('PUT', `/clocks/${id}`, { now });
const pay = async (outTradeNos: string[], fault?: string, mchid = MCHID) =>
  (await sandbox.control('POST', '/wechat/payments', { mchid, outTradeNos, fault })).body;

/** A merchant with its settlement account on a clock of its own, or on the wall. */
async function aMerchant(clockId: string | null, now = '2026-01-05T09:00:00+08:00'): Promise<{ mchid: string; accountNumber: string }> {
  serial += 1;
  const [mchid, accountNumber] = [`19000001${serial}`, `${ACCOUNT}${serial}`];
  if (clockId !== null) await clock(clockId, now);
  const account = { accountNumber, name: '施助', bankCode: '102100099996', kind: 'custody', clockId, notifyUrl: `${receiver.url}/bank` };
  expect((await sandbox.control('POST', '/bank/accounts', account)).status).toBe(200);
  const terms = { mchid, appid: sandbox.keys.wechat.appid, clockId, settlementAccountNumber: accountNumber, settlementBankCode: '102100099996' };
  expect((await sandbox.control('POST', '/wechat/merchants', terms)).status).toBe(200);
  return { mchid, accountNumber };
}

async function anOrder(mchid: string, orderId: string, amountFen = 8_800n) {
  const order = { merchantId: mchid, orderId, amountFen, description: '为小明捐款', notifyUrl: `${receiver.url}/wechat` };
  expect(await sandbox.wechat.createOrder(order)).toMatchObject({ kind: 'CREATED' });
  return order;
}

/** Our adapter with something wrong about the merchant. */
function wechatWith(change: Partial<WechatMerchant>): DonationChannel {
  const { wechat } = sandbox.keys;
  const merchants = (id: string): WechatMerchant | undefined => {
    const merchant = wechat.merchants(id);
    return merchant && { ...merchant, ...change };
  };
  return createWechatPay({ ...wechat, baseUrl: `${sandbox.url}/wechat`, timeoutMs: 5_000, merchants });
}

const notices = () => receiver.received.filter(({ target }) => target === '/wechat');
const parsed = () => Promise.all(notices().map(({ body, headers }) => sandbox.wechat.parseNotice(body, headers)));
const entries = async (accountNumber: string) => (await sandbox.control<Line[]>('GET', `/bank/accounts/${accountNumber}/entries`)).body;

describe('orders', () => {
  test('the same number with the same fields renews the code, with others it is refused', async () => {
    const { mchid } = await aMerchant('orders');
    const order = await anOrder(mchid, 'GIFT00000001');
    expect(await sandbox.wechat.queryOrder(mchid, order.orderId)).toEqual({ kind: 'NOT_PAID' });
    expect(await sandbox.wechat.createOrder(order)).toMatchObject({ kind: 'CREATED' });
    expect(await sandbox.wechat.createOrder({ ...order, amountFen: 1n })).toMatchObject({ kind: 'REJECTED', code: 'INVALID_REQUEST' });
    await pay([order.orderId], undefined, mchid);
    expect(await sandbox.wechat.createOrder(order)).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.wechat.queryOrder(mchid, 'GIFT99999999')).toEqual({ kind: 'NOT_FOUND' });
  });

  test('every field is judged', async () => {
    const { mchid } = await aMerchant('fields');
    const order = { merchantId: mchid, orderId: 'GIFT00000002', amountFen: 1n, description: 'x', notifyUrl: 'https://a.example/n' };
    for (const change of [
      { orderId: 'ab' },
      { description: '' },
      { description: 'x'.repeat(128) },
      { notifyUrl: 'https://a.example/n?x=1' },
      { notifyUrl: 'no' },
    ]) {
      expect(await sandbox.wechat.createOrder({ ...order, ...change })).toMatchObject({ kind: 'REJECTED', code: 'PARAM_ERROR' });
    }
    const foreign = wechatWith({ appid: 'wxother' });
    expect(await foreign.createOrder(order)).toMatchObject({ kind: 'REJECTED', code: 'APPID_MCHID_NOT_MATCH' });
    expect(await sandbox.wechat.createOrder({ ...order, merchantId: '1900099999' })).toMatchObject({ kind: 'REJECTED', code: 'MCH_NOT_EXISTS' });
  });

  test('a key that is not the merchant’s is answered 401, signed', async () => {
    const { mchid } = await aMerchant('foreign-key');
    const wrong = wechatWith({ privateKeyPem: sandbox.keys.bank.privateKeyPem });
    const order = { merchantId: mchid, orderId: 'GIFT00000003', amountFen: 1n, description: 'x', notifyUrl: 'https://a.example/n' };
    expect(await wrong.createOrder(order)).toMatchObject({ kind: 'REJECTED', code: 'SIGN_ERROR' });
    const unsigned = await fetch(`${sandbox.url}/wechat/v3/pay/transactions/out-trade-no/GIFT00000003?mchid=${mchid}`);
    expect(unsigned.status).toBe(401);
    expect(unsigned.headers.get('wechatpay-signature')).toBeTruthy();
  });
});

describe('payments and callbacks', () => {
  test('each donor’s payment reaches us signed, encrypted, once', async () => {
    const { mchid } = await aMerchant('payments', '2026-01-05T09:30:00+08:00');
    const ids = Array.from({ length: 50 }, (_, index) => `GIFTA${String(index).padStart(8, '0')}`);
    for (const id of ids) await anOrder(mchid, id);
    expect(await pay(ids, undefined, mchid)).toEqual({ paid: 50, acknowledged: 50, failed: [] });
    const all = await parsed();
    expect(all).toHaveLength(50);
    expect(all[0]).toMatchObject({ kind: 'paid', merchantId: mchid, amountFen: 8_800n, currency: 'CNY', paidAt: '2026-01-05T09:30:00+08:00' });
    expect(new Set(all.map((notice) => notice.noticeId)).size).toBe(50);
    expect(await sandbox.wechat.queryOrder(mchid, 'GIFTA00000007')).toMatchObject({ kind: 'PAID', amountFen: 8_800n });
    expect(await pay(ids, undefined, mchid)).toEqual({ paid: 50, acknowledged: 50, failed: [] });
    expect(notices()).toHaveLength(50);
  });

  test('orders that cannot be paid are named', async () => {
    const { mchid } = await aMerchant('unpayable');
    expect(await pay(['NOSUCHORDER'], undefined, mchid)).toEqual({ paid: 0, acknowledged: 0, failed: [{ outTradeNo: 'NOSUCHORDER', status: 404 }] });
    expect((await sandbox.control('POST', '/wechat/payments', { mchid: '1', outTradeNos: [] })).status).toBe(404);
  });

  test('a callback that is not answered 2xx is tried again, and kept until the clock moves', async () => {
    const { mchid } = await aMerchant('unanswered');
    await anOrder(mchid, 'GIFTB00000001');
    answer = () => 500;
    expect(await pay(['GIFTB00000001'], undefined, mchid)).toEqual({
      paid: 1,
      acknowledged: 0,
      failed: [{ outTradeNo: 'GIFTB00000001', status: 500 }],
    });
    expect(notices()).toHaveLength(3);
    expect((await clock('unanswered', '2026-01-05T09:00:01+08:00')).body.undelivered).toBe(1);
    answer = () => 204;
    expect((await clock('unanswered', '2026-01-05T09:00:02+08:00')).body.undelivered).toBe(0);
    expect(new Set((await parsed()).map((notice) => notice.noticeId)).size).toBe(1);
  });

  test('duplicate-callback: five at once, one notice', async () => {
    const { mchid } = await aMerchant('duplicate');
    await anOrder(mchid, 'GIFTC00000001');
    expect(await pay(['GIFTC00000001'], 'duplicate-callback', mchid)).toMatchObject({ acknowledged: 1 });
    expect(new Set((await parsed()).map((notice) => notice.noticeId)).size).toBe(1);
    expect(notices()).toHaveLength(5);
  });

  test('no-callback: only a query finds it', async () => {
    const { mchid } = await aMerchant('silent');
    await anOrder(mchid, 'GIFTD00000001');
    expect(await pay(['GIFTD00000001'], 'no-callback', mchid)).toEqual({ paid: 1, acknowledged: 0, failed: [] });
    expect((await clock('silent', '2026-01-05T09:00:01+08:00')).body.undelivered).toBe(0);
    expect(notices()).toHaveLength(0);
    expect(await sandbox.wechat.queryOrder(mchid, 'GIFTD00000001')).toMatchObject({ kind: 'PAID' });
  });

  test('amount-tampered: authentic, with another amount; the genuine one follows', async () => {
    const { mchid } = await aMerchant('tampered');
    await anOrder(mchid, 'GIFTE00000001');
    await pay(['GIFTE00000001'], 'amount-tampered', mchid);
    expect(await parsed()).toMatchObject([{ amountFen: 88_000n }]);
    await clock('tampered', '2026-01-05T09:00:01+08:00');
    expect((await parsed()).map((notice) => notice.kind === 'paid' && notice.amountFen)).toEqual([88_000n, 8_800n]);
  });

  test('bad-signature: we refuse it, and take the genuine one', async () => {
    const { mchid } = await aMerchant('forged');
    await anOrder(mchid, 'GIFTF00000001');
    answer = () => 401;
    expect(await pay(['GIFTF00000001'], 'bad-signature', mchid)).toMatchObject({ acknowledged: 0, failed: [{ status: 401 }] });
    expect(notices()).toHaveLength(1);
    await expect(parsed()).rejects.toThrow(SignatureError);
    receiver.received.length = 0;
    answer = () => 204;
    expect((await clock('forged', '2026-01-05T09:00:01+08:00')).body.undelivered).toBe(0);
    expect(await parsed()).toMatchObject([{ kind: 'paid', amountFen: 8_800n }]);
  });
});

describe('refunds', () => {
  test('processing, then done with a callback; the number is the idempotency key; never more than was paid', async () => {
    const { mchid } = await aMerchant('refunds', '2026-01-05T09:00:00+08:00');
    const { orderId } = await anOrder(mchid, 'GIFTG00000001', 10_000n);
    const refund = {
      merchantId: mchid,
      orderId,
      refundId: 'REFUND1',
      refundFen: 4_000n,
      totalFen: 10_000n,
      reason: '筹款终止',
      notifyUrl: `${receiver.url}/wechat`,
    };
    expect(await sandbox.wechat.refund(refund)).toEqual({ kind: 'NOT_FOUND' });
    await pay([orderId], undefined, mchid);
    receiver.received.length = 0;
    expect(await sandbox.wechat.refund(refund)).toEqual({ kind: 'PROCESSING' });
    expect(await sandbox.wechat.refund(refund)).toEqual({ kind: 'PROCESSING' });
    expect(await sandbox.wechat.refund({ ...refund, refundFen: 1n })).toMatchObject({ kind: 'REJECTED', code: 'INVALID_REQUEST' });
    expect(await sandbox.wechat.refund({ ...refund, refundId: 'REFUND2', refundFen: 6_001n })).toMatchObject({ kind: 'REJECTED' });
    expect(await sandbox.wechat.refund({ ...refund, refundId: 'REFUND3', totalFen: 10_001n })).toMatchObject({ kind: 'REJECTED' });
    const { nextDueAt } = (await clock('refunds', '2026-01-05T09:00:00+08:00')).body;
    expect(nextDueAt).toBe('2026-01-05T09:01:00+08:00');
    await clock('refunds', nextDueAt);
    const done = { kind: 'SUCCEEDED', refundedAt: '2026-01-05T09:01:00+08:00' };
    expect(await sandbox.wechat.queryRefund(refund)).toMatchObject(done);
    expect(await parsed()).toMatchObject([{ kind: 'refund', orderId, refundId: 'REFUND1', refundFen: 4_000n, outcome: done }]);
    expect(await sandbox.wechat.queryOrder(mchid, orderId)).toMatchObject({ kind: 'PAID', amountFen: 10_000n });
    expect(await sandbox.wechat.queryRefund({ ...refund, refundFen: 4_001n })).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.wechat.queryRefund({ ...refund, refundId: 'REFUND9' })).toEqual({ kind: 'NOT_FOUND' });
  });
});

describe('a refund that fails', () => {
  test('is ABNORMAL, and goes to a card that was sealed for the platform, once; to a dead card it fails again', async () => {
    const { mchid } = await aMerchant('abnormal');
    const { orderId } = await anOrder(mchid, 'GIFTK00000001', 900n);
    const ref = { merchantId: mchid, orderId, refundId: 'RK1', refundFen: 900n };
    const card = { bank: 'ICBC', number: '6222020200112230', holder: '王捐赠' };
    const toCard = (over: object = {}) => sandbox.wechat.refundToCard!(ref, { ...card, ...over });
    const later = async (minutes: number) => clock('abnormal', `2026-01-05T09:0${minutes}:00+08:00`);
    await pay([orderId], undefined, mchid);
    await sandbox.control('POST', '/wechat/dead-accounts', { account: `oSANDBOX${orderId.slice(-20).padStart(20, '0')}` });
    await sandbox.control('POST', '/wechat/dead-accounts', { account: '6222020200112240' });
    expect(await toCard()).toEqual({ kind: 'NOT_FOUND' });
    receiver.received.length = 0;
    await sandbox.wechat.refund({ ...ref, totalFen: 900n, reason: '终止', notifyUrl: `${receiver.url}/wechat` });
    // Still on its way by the way it came: no card is asked for.
    expect(await toCard()).toEqual({ kind: 'PROCESSING' });
    await later(1);
    expect(await sandbox.wechat.queryRefund(ref)).toMatchObject({ kind: 'ABNORMAL' });
    expect(await parsed()).toMatchObject([{ kind: 'refund', refundId: 'RK1', outcome: { kind: 'ABNORMAL' } }]);
    expect(await toCard({ bank: 'HSBC' })).toMatchObject({ kind: 'REJECTED', code: 'PARAM_ERROR' });
    expect(await toCard({ number: '6222020200112240' })).toEqual({ kind: 'PROCESSING' });
    await later(2);
    expect(await sandbox.wechat.queryRefund(ref)).toMatchObject({ kind: 'ABNORMAL' });
    expect(await toCard()).toEqual({ kind: 'PROCESSING' });
    expect(await toCard()).toEqual({ kind: 'PROCESSING' });
    await later(3);
    expect(await sandbox.wechat.queryRefund(ref)).toMatchObject({ kind: 'SUCCEEDED' });
    expect((await parsed()).map((notice) => notice.kind === 'refund' && notice.outcome.kind)).toEqual(['ABNORMAL', 'ABNORMAL', 'SUCCEEDED']);
  });
});

describe('settlement', () => {
  test('the next day at 10:00, captured minus refunded, day by day', async () => {
    const { mchid, accountNumber } = await aMerchant('settle', '2026-01-05T23:59:59+08:00');
    await anOrder(mchid, 'GIFTH00000001', 10_000n);
    await anOrder(mchid, 'GIFTH00000002', 500n);
    await pay(['GIFTH00000001'], undefined, mchid);
    await clock('settle', '2026-01-06T00:00:00+08:00');
    await pay(['GIFTH00000002'], undefined, mchid);
    const first = await clock('settle', '2026-01-06T09:59:59+08:00');
    expect(first.body).toEqual({ now: '2026-01-06T09:59:59+08:00', nextDueAt: '2026-01-06T10:00:00+08:00', undelivered: 0 });
    expect(await entries(accountNumber)).toEqual([]);
    expect((await clock('settle', '2026-01-09T00:00:00+08:00')).body.nextDueAt).toBeNull();
    expect(await entries(accountNumber)).toMatchObject([
      { amountFen: '10000', sign: 'CRDT', kind: 'collection', bookedAt: '2026-01-06T10:00:00+08:00', remittance: `WXPAY SETTLE ${mchid} 2026-01-05` },
      {
        amountFen: '500',
        bookedAt: '2026-01-07T10:00:00+08:00',
        remittance: `WXPAY SETTLE ${mchid} 2026-01-06`,
        counterpartyName: '财付通支付科技有限公司',
      },
    ]);
    const pushes = receiver.received.filter(({ target }) => target === '/bank');
    const pushed = await Promise.all(pushes.map(({ body, headers }) => sandbox.bank.parseNotice(body, headers)));
    expect(pushed).toMatchObject([
      { kind: 'entries', entries: [{ amountFen: 10_000n, sign: 'CRDT', endToEndId: null }] },
      { entries: [{ amountFen: 500n }] },
    ]);
  });

  test('refunds after settlement are collected from the account, and wait while it cannot pay', async () => {
    const { mchid, accountNumber } = await aMerchant('collect', '2026-01-05T12:00:00+08:00');
    const { orderId } = await anOrder(mchid, 'GIFTI00000001', 10_000n);
    await pay([orderId], undefined, mchid);
    await clock('collect', '2026-01-07T12:00:00+08:00');
    await sandbox.wechat.refund({ merchantId: mchid, orderId, refundId: 'RI1', refundFen: 10_000n, totalFen: 10_000n, reason: '终止' });
    await clock('collect', '2026-01-08T10:00:00+08:00');
    expect(await entries(accountNumber)).toMatchObject([
      { sign: 'CRDT', amountFen: '10000' },
      { sign: 'DBIT', amountFen: '10000', kind: 'collection' },
    ]);
    expect((await sandbox.control('GET', `/bank/accounts/${accountNumber}`)).body.balanceFen).toBe('0');
  });

  test('a merchant on the wall clock is settled two seconds after its last capture', async () => {
    const { mchid, accountNumber } = await aMerchant(null);
    await anOrder(mchid, 'GIFTJ00000001', 700n);
    await pay(['GIFTJ00000001'], undefined, mchid);
    await eventually(async () => (await entries(accountNumber)).length === 1);
    expect(await entries(accountNumber)).toMatchObject([{ amountFen: '700', sign: 'CRDT' }]);
  });
});

describe('closing', () => {
  test('a closed order takes no money; a paid one is not closed; an unknown one is not there', async () => {
    const { mchid } = await aMerchant('closing');
    for (const id of ['GIFTH00000001', 'GIFTH00000002']) await anOrder(mchid, id);
    expect(await sandbox.wechat.closeOrder(mchid, 'GIFTH00000001')).toEqual({ kind: 'CLOSED' });
    expect(await sandbox.wechat.closeOrder(mchid, 'GIFTH00000001')).toEqual({ kind: 'CLOSED' });
    expect(await pay(['GIFTH00000001', 'GIFTH00000002'], undefined, mchid)).toMatchObject({ paid: 1, failed: [{ outTradeNo: 'GIFTH00000001' }] });
    expect(await sandbox.wechat.closeOrder(mchid, 'GIFTH00000002')).toEqual({ kind: 'PAID' });
    expect(await sandbox.wechat.closeOrder(mchid, 'GIFTH00000009')).toEqual({ kind: 'NOT_FOUND' });
  });
});

describe('bills', () => {
  const refund = (merchantId: string, orderId: string, refundId: string, refundFen: bigint) =>
    sandbox.wechat.refund({ merchantId, orderId, refundId, refundFen, totalFen: 8_800n, reason: '筹款终止' });

  test('every payment and refund of a day, from 10:00 of the next; a day of nothing is an empty bill', async () => {
    const { mchid } = await aMerchant('bills');
    for (const id of ['GIFTI00000001', 'GIFTI00000002', 'GIFTI00000003']) await anOrder(mchid, id);
    await pay(['GIFTI00000001', 'GIFTI00000002'], undefined, mchid);
    await refund(mchid, 'GIFTI00000001', 'REFUNDI1', 300n);
    expect(await sandbox.wechat.fetchBill(mchid, '2026-01-05')).toEqual({ kind: 'NOT_READY' });
    await clock('bills', '2026-01-06T09:59:59+08:00');
    expect(await sandbox.wechat.fetchBill(mchid, '2026-01-05')).toEqual({ kind: 'NOT_READY' });
    await clock('bills', '2026-01-06T10:00:00+08:00');
    const bill = await sandbox.wechat.fetchBill(mchid, '2026-01-05');
    const at = '2026-01-05T09:00:00+08:00';
    const line = { at, feeFen: 0n, transactionId: expect.stringMatching(/^\d{28}$/) };
    expect(bill).toEqual({
      kind: 'READY',
      lines: [
        { ...line, kind: 'paid', orderId: 'GIFTI00000001', refundId: null, amountFen: 8_800n },
        { ...line, kind: 'paid', orderId: 'GIFTI00000002', refundId: null, amountFen: 8_800n },
        { ...line, kind: 'refund', orderId: 'GIFTI00000001', refundId: 'REFUNDI1', amountFen: 300n },
      ],
    });
    expect(await sandbox.wechat.fetchBill(mchid, '2026-01-04')).toEqual({ kind: 'READY', lines: [] });
    expect(await sandbox.wechat.fetchBill(mchid, 'yesterday')).toMatchObject({ kind: 'UNKNOWN' });
  });

  test('a bill may lack a line, tell another amount, and tell of an order that was never made', async () => {
    const { mchid } = await aMerchant('wrong-bills');
    for (const id of ['GIFTJ00000001', 'GIFTJ00000002']) await anOrder(mchid, id);
    await pay(['GIFTJ00000001', 'GIFTJ00000002'], undefined, mchid);
    const fault = {
      mchid,
      day: '2026-01-05',
      omit: ['GIFTJ00000001'],
      alter: { GIFTJ00000002: '8801' },
      add: [{ outTradeNo: 'GIFTJ00000009', fen: '5' }],
    };
    expect((await sandbox.control('POST', '/wechat/bill-faults', fault)).status).toBe(200);
    await clock('wrong-bills', '2026-01-06T10:00:00+08:00');
    expect(await sandbox.wechat.fetchBill(mchid, '2026-01-05')).toMatchObject({
      kind: 'READY',
      lines: [
        { orderId: 'GIFTJ00000002', amountFen: 8_801n },
        { orderId: 'GIFTJ00000009', amountFen: 5n },
      ],
    });
  });
});
