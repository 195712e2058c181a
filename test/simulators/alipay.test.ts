import { createAlipay } from '../../src/adapters/donation/alipay/alipay';
import type { AlipayMerchant } from '../../src/adapters/donation/alipay/config';
import type { DonationChannel, DonationNotice } from '../../src/adapters/donation/port';
import { SignatureError } from '../../src/adapters/errors';
import { aReceiver, aSandbox, eventually, type Line, type Receiver, type Sandbox } from './support/sandbox';

const DAY = '2026-01-05';
let sandbox: Sandbox;
let receiver: Receiver;
let words: string;
let serial = 0;

beforeAll(async () => {
  sandbox = await aSandbox();
  receiver = await aReceiver(
    () => 200,
    () => words,
  );
});
afterAll(async () => {
  await receiver.close();
  await sandbox.close();
  expect(sandbox.errors).toEqual([]);
});
beforeEach(() => {
  words = 'success';
  receiver.received.length = 0;
});

const clock = async (id: string, now: string | null) => (await sandbox.control('PUT', `/clocks/${id}`, { now })).body;
const act = async <T = object>(what: string, body: object) => (await sandbox.control<T>('POST', `/alipay/${what}`, body)).body;
const notices = () => receiver.received.filter(({ target }) => target === '/alipay');
const parsed = (): Promise<DonationNotice[]> => Promise.all(notices().map(({ body, headers }) => sandbox.alipay.parseNotice(body, headers)));
const entries = async (accountNumber: string) => (await sandbox.control<Line[]>('GET', `/bank/accounts/${accountNumber}/entries`)).body;

/** A seller with its settlement account on a clock of its own, or on the wall. */
async function aSeller(clockId: string | null, now = `${DAY}T09:00:00+08:00`): Promise<{ sellerId: string; accountNumber: string }> {
  serial += 1;
  const [sellerId, accountNumber] = [`20880000000000${String(serial).padStart(2, '0')}`, `210010000000000000${serial}`];
  if (clockId !== null) await clock(clockId, now);
  const account = { accountNumber, name: '施助', bankCode: '102100099996', kind: 'custody', clockId };
  expect((await sandbox.control('POST', '/bank/accounts', account)).status).toBe(200);
  const terms = { sellerId, clockId, settlementAccountNumber: accountNumber, settlementBankCode: '102100099996' };
  expect((await sandbox.control('POST', '/alipay/sellers', terms)).status).toBe(200);
  return { sellerId, accountNumber };
}

async function anOrder(sellerId: string, orderId: string, amountFen = 8_800n) {
  const order = { merchantId: sellerId, orderId, amountFen, description: '个人大病求助', notifyUrl: `${receiver.url}/alipay` };
  expect(await sandbox.alipay.createOrder(order)).toMatchObject({ kind: 'CREATED', codeUrl: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//) });
  return order;
}

const pay = (sellerId: string, outTradeNos: string[], fault?: string) => act('payments', { sellerId, outTradeNos, fault });

/** Our adapter with something wrong about the application. */
function alipayWith(change: (merchant: AlipayMerchant) => AlipayMerchant): DonationChannel {
  const { alipay } = sandbox.keys;
  const merchants = (id: string): AlipayMerchant | undefined => change(alipay.merchants(id)!);
  return createAlipay({ ...alipay, gatewayUrl: `${sandbox.url}/alipay/gateway.do`, timeoutMs: 5_000, merchants });
}

describe('orders', () => {
  test('from the code over the scan to the payment; the number is the idempotency key', async () => {
    const { sellerId } = await aSeller('orders');
    const order = await anOrder(sellerId, 'GIFT1');
    expect(await sandbox.alipay.queryOrder(sellerId, 'GIFT1')).toEqual({ kind: 'NOT_FOUND' });
    expect(await sandbox.alipay.createOrder(order)).toMatchObject({ kind: 'CREATED' });
    expect(await sandbox.alipay.createOrder({ ...order, amountFen: 1n })).toMatchObject({ kind: 'UNKNOWN' });
    await act('scans', { sellerId, outTradeNo: 'GIFT1' });
    expect(await sandbox.alipay.queryOrder(sellerId, 'GIFT1')).toEqual({ kind: 'NOT_PAID' });
    expect(await pay(sellerId, ['GIFT1'])).toEqual({ paid: 1, acknowledged: 1, failed: [] });
    expect(await pay(sellerId, ['GIFT1'])).toEqual({ paid: 1, acknowledged: 1, failed: [] });
    expect(notices()).toHaveLength(1);
    expect(await sandbox.alipay.queryOrder(sellerId, 'GIFT1')).toMatchObject({ kind: 'PAID', amountFen: 8_800n, paidAt: `${DAY}T09:00:00+08:00` });
    expect(await sandbox.alipay.createOrder(order)).toMatchObject({ kind: 'UNKNOWN' });
    expect(await pay(sellerId, ['GIFT2'])).toEqual({ paid: 0, acknowledged: 0, failed: [{ outTradeNo: 'GIFT2', status: 404 }] });
  });

  test('closed while it waits; not after somebody has paid', async () => {
    const { sellerId } = await aSeller('closes');
    const order = await anOrder(sellerId, 'GIFT1');
    expect(await sandbox.alipay.closeOrder(sellerId, 'GIFT1')).toEqual({ kind: 'NOT_FOUND' });
    await act('scans', { sellerId, outTradeNo: 'GIFT1' });
    expect(await sandbox.alipay.closeOrder(sellerId, 'GIFT1')).toEqual({ kind: 'CLOSED' });
    expect(await sandbox.alipay.closeOrder(sellerId, 'GIFT1')).toEqual({ kind: 'CLOSED' });
    expect(await sandbox.alipay.queryOrder(sellerId, 'GIFT1')).toEqual({ kind: 'CLOSED' });
    expect(await sandbox.alipay.createOrder(order)).toMatchObject({ kind: 'REJECTED', code: 'ACQ.TRADE_HAS_CLOSE' });
    expect(await pay(sellerId, ['GIFT1'])).toMatchObject({ failed: [{ status: 409 }] });
    await anOrder(sellerId, 'GIFT2');
    await pay(sellerId, ['GIFT2']);
    expect(await sandbox.alipay.closeOrder(sellerId, 'GIFT2')).toEqual({ kind: 'PAID' });
  });

  test('every field is judged', async () => {
    const { sellerId } = await aSeller('fields');
    const order = { merchantId: sellerId, orderId: 'GIFT1', amountFen: 1n, description: 'x', notifyUrl: 'https://a.example/n' };
    for (const change of [
      { orderId: '' },
      { orderId: 'a-b' },
      { description: '' },
      { description: 'a=b' },
      { description: 'x'.repeat(257) },
      { notifyUrl: 'no' },
    ])
      expect(await sandbox.alipay.createOrder({ ...order, ...change })).toMatchObject({ kind: 'REJECTED', code: 'ACQ.INVALID_PARAMETER' });
  });

  test('a wrong key, a wrong application, a wrong token', async () => {
    const { sellerId } = await aSeller('foreign');
    const query = (change: (merchant: AlipayMerchant) => AlipayMerchant) => alipayWith(change).queryOrder(sellerId, 'GIFT1');
    const other = sandbox.keys.bank.privateKeyPem;
    expect(await query((m) => ({ ...m, app: { ...m.app, privateKeyPem: other } }))).toEqual({ kind: 'UNKNOWN', reason: 'the answer is not signed' });
    expect(await query((m) => ({ ...m, appAuthToken: 'sandbox-2088999999999999' }))).toMatchObject({ kind: 'UNKNOWN' });
    expect(await query((m) => m)).toEqual({ kind: 'NOT_FOUND' });
    // Another seller's order is not seen.
    await anOrder(sellerId, 'GIFT1');
    await act('scans', { sellerId, outTradeNo: 'GIFT1' });
    const { sellerId: another } = await aSeller('foreign-2');
    expect(await sandbox.alipay.queryOrder(another, 'GIFT1')).toEqual({ kind: 'NOT_FOUND' });
  });
});

describe('notices', () => {
  test('many at once, each signed, each once', async () => {
    const { sellerId } = await aSeller('many');
    const ids = Array.from({ length: 40 }, (_, index) => `GIFTA${index}`);
    for (const id of ids) await anOrder(sellerId, id);
    expect(await pay(sellerId, ids)).toEqual({ paid: 40, acknowledged: 40, failed: [] });
    const all = await parsed();
    expect(new Set(all.map(({ noticeId }) => noticeId)).size).toBe(40);
    expect(all[0]).toMatchObject({ kind: 'paid', merchantId: sellerId, amountFen: 8_800n, currency: 'CNY', paidAt: `${DAY}T09:00:00+08:00` });
  });

  test('whatever is not exactly `success` is tried again, by the table: eight deliveries, and no more', async () => {
    const { sellerId } = await aSeller('table');
    await anOrder(sellerId, 'GIFT1');
    words = 'SUCCESS';
    expect(await pay(sellerId, ['GIFT1'])).toEqual({ paid: 1, acknowledged: 0, failed: [{ outTradeNo: 'GIFT1', status: 0 }] });
    const due: (string | null)[] = [];
    for (let at: string | null = `${DAY}T09:00:00+08:00`; ; ) {
      at = (await clock('table', at)).nextDueAt;
      // The settlement of the day is not a notice.
      if (at?.endsWith('T10:00:00+08:00')) at = (await clock('table', at)).nextDueAt;
      if (at === null) break;
      due.push(at);
      await clock('table', at);
    }
    expect(due).toEqual(
      ['09:04', '09:14', '09:24', '10:24', '12:24', '18:24'].map((at) => `${DAY}T${at}:00+08:00`).concat('2026-01-06T09:24:00+08:00'),
    );
    expect(notices()).toHaveLength(8);
    expect((await clock('table', '2026-01-09T09:00:00+08:00')).undelivered).toBe(0);
    expect(notices()).toHaveLength(8);
    const all = await parsed();
    expect(new Set(all.map(({ noticeId }) => noticeId)).size).toBe(1);
  });

  test('taken at the second delivery: no third', async () => {
    const { sellerId } = await aSeller('second');
    await anOrder(sellerId, 'GIFT1');
    words = 'fail';
    await pay(sellerId, ['GIFT1']);
    words = 'success';
    // Moving the clock tries nothing before its time.
    await clock('second', `${DAY}T09:03:59+08:00`);
    expect(notices()).toHaveLength(1);
    await clock('second', `${DAY}T18:00:00+08:00`);
    expect(notices()).toHaveLength(2);
  });

  test.each([
    ['amount-tampered', async () => expect(await parsed()).toMatchObject([{ kind: 'paid', amountFen: 88_000n }])],
    ['seller-tampered', async () => expect(await parsed()).toMatchObject([{ kind: 'paid' }])],
    ['bad-signature', async () => expect(parsed()).rejects.toThrow(SignatureError)],
  ])('%s, and then the genuine one', async (fault, first) => {
    const { sellerId } = await aSeller(fault);
    await anOrder(sellerId, 'GIFT1');
    await pay(sellerId, ['GIFT1'], fault);
    await first();
    receiver.received.length = 0;
    await clock(fault, `${DAY}T09:04:00+08:00`);
    expect(await parsed()).toMatchObject([{ kind: 'paid', amountFen: 8_800n, merchantId: sellerId }]);
  });

  test('five copies; none at all', async () => {
    const { sellerId } = await aSeller('copies');
    for (const id of ['GIFT1', 'GIFT2']) await anOrder(sellerId, id);
    expect(await pay(sellerId, ['GIFT1'], 'duplicate-callback')).toMatchObject({ acknowledged: 1 });
    expect(notices()).toHaveLength(5);
    expect(await pay(sellerId, ['GIFT2'], 'no-callback')).toEqual({ paid: 1, acknowledged: 0, failed: [] });
    await clock('copies', '2026-01-09T09:00:00+08:00');
    expect(notices()).toHaveLength(5);
    expect(await sandbox.alipay.queryOrder(sellerId, 'GIFT2')).toMatchObject({ kind: 'PAID' });
  });
});

describe('refunds', () => {
  test('the number is the idempotency key; the query is the proof; together never more than was paid', async () => {
    const { sellerId } = await aSeller('refunds');
    const { orderId } = await anOrder(sellerId, 'GIFT1', 10_000n);
    const refund = { merchantId: sellerId, orderId, refundId: 'R1', refundFen: 4_000n, totalFen: 10_000n, reason: '筹款终止' };
    expect(await sandbox.alipay.refund(refund)).toEqual({ kind: 'NOT_FOUND' });
    await pay(sellerId, [orderId]);
    receiver.received.length = 0;
    expect(await sandbox.alipay.refund(refund)).toEqual({ kind: 'PROCESSING' });
    expect(await sandbox.alipay.refund(refund)).toEqual({ kind: 'PROCESSING' });
    expect(await sandbox.alipay.refund({ ...refund, refundFen: 1n })).toMatchObject({
      kind: 'UNKNOWN',
      reason: expect.stringContaining('DISCORDANT'),
    });
    expect(await sandbox.alipay.refund({ ...refund, refundId: 'R2', refundFen: 6_001n })).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.alipay.queryRefund(refund)).toEqual({ kind: 'NOT_FOUND' });
    await clock('refunds', `${DAY}T09:00:10+08:00`);
    const done = { kind: 'SUCCEEDED', refundedAt: `${DAY}T09:00:10+08:00` };
    expect(await sandbox.alipay.queryRefund(refund)).toMatchObject(done);
    expect(await sandbox.alipay.queryRefund({ ...refund, refundFen: 1n })).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.alipay.queryRefund({ ...refund, refundId: 'R9' })).toEqual({ kind: 'NOT_FOUND' });
    expect(await parsed()).toMatchObject([{ kind: 'changed', orderId, refundId: 'R1' }]);
    // The rest: then the trade is closed, and was paid all the same.
    const rest = { ...refund, refundId: 'R2', refundFen: 6_000n };
    expect(await sandbox.alipay.refund(rest)).toEqual({ kind: 'PROCESSING' });
    await clock('refunds', `${DAY}T09:01:00+08:00`);
    expect(await sandbox.alipay.queryRefund(rest)).toMatchObject({ kind: 'SUCCEEDED' });
    expect(await sandbox.alipay.queryOrder(sellerId, orderId)).toMatchObject({ kind: 'PAID', amountFen: 10_000n });
    expect(await sandbox.alipay.refund({ ...refund, refundId: 'R3' })).toMatchObject({ kind: 'UNKNOWN' });
  });

  test('each fault of a call leaves it unknown, and the same number settles it once', async () => {
    const { sellerId, accountNumber } = await aSeller('faults');
    const faults = ['drop-before', 'answer-lost', '500-after-commit', 'unavailable', 'unknown-code', 'bad-signature'];
    for (const [index, name] of faults.entries()) {
      const { orderId } = await anOrder(sellerId, `GIFT${index}`, 100n);
      await pay(sellerId, [orderId]);
      const refund = { merchantId: sellerId, orderId, refundId: `R${index}`, refundFen: 100n, totalFen: 100n, reason: 'x' };
      await act('faults', { sellerId, id: refund.refundId, name });
      expect([name, await sandbox.alipay.refund(refund)]).toMatchObject([name, { kind: 'UNKNOWN' }]);
      expect(await sandbox.alipay.refund(refund)).toEqual({ kind: 'PROCESSING' });
    }
    const { orderId } = await anOrder(sellerId, 'GIFTX', 100n);
    await pay(sellerId, [orderId]);
    await act('faults', { sellerId, id: orderId, name: 'not-found', times: 2 });
    for (const kind of ['NOT_FOUND', 'NOT_FOUND', 'PAID']) expect(await sandbox.alipay.queryOrder(sellerId, orderId)).toMatchObject({ kind });
    await clock('faults', '2026-01-06T10:00:00+08:00');
    // 700 came in and 600 went back: once each.
    expect(await entries(accountNumber)).toMatchObject([{ sign: 'CRDT', amountFen: '100' }]);
  });
});

describe('bills and settlement', () => {
  test('the bill is there from 09:00 of the next day, to the fen, and as a fault makes it', async () => {
    const { sellerId } = await aSeller('bill');
    for (const id of ['GIFT1', 'GIFT2', 'GIFT3']) await anOrder(sellerId, id, 1_234n);
    await pay(sellerId, ['GIFT1', 'GIFT2', 'GIFT3']);
    await sandbox.alipay.refund({ merchantId: sellerId, orderId: 'GIFT1', refundId: 'R1', refundFen: 34n, totalFen: 1_234n, reason: 'x' });
    expect(await sandbox.alipay.fetchBill(sellerId, DAY)).toEqual({ kind: 'NOT_READY' });
    await clock('bill', '2026-01-06T09:00:00+08:00');
    const line = (orderId: string, amountFen: bigint) => ({
      kind: 'paid',
      orderId,
      refundId: null,
      amountFen,
      feeFen: 0n,
      at: `${DAY}T09:00:00+08:00`,
    });
    const refund = { kind: 'refund', orderId: 'GIFT1', refundId: 'R1', amountFen: 34n };
    expect(await sandbox.alipay.fetchBill(sellerId, DAY)).toMatchObject({
      kind: 'READY',
      lines: [line('GIFT1', 1_234n), line('GIFT2', 1_234n), line('GIFT3', 1_234n), refund],
    });
    await act('bill-faults', { sellerId, day: DAY, omit: ['GIFT1'], alter: { GIFT2: '1235', R1: '35' }, add: [{ outTradeNo: 'GIFT9', fen: '1' }] });
    const told = await sandbox.alipay.fetchBill(sellerId, DAY);
    expect(told.kind === 'READY' && told.lines.map(({ refundId, orderId, amountFen }) => [refundId ?? orderId, amountFen])).toEqual([
      ['GIFT2', 1_235n],
      ['GIFT3', 1_234n],
      ['R1', 35n],
      ['GIFT9', 1n],
    ]);
    await clock('bill', '2026-01-07T09:00:00+08:00');
    expect(await sandbox.alipay.fetchBill(sellerId, '2026-01-06')).toEqual({ kind: 'READY', lines: [] });
    expect((await fetch(`${sandbox.url}/alipay/bill?token=bm8`)).status).toBe(404);
  });

  test('what came in less what went back is at the bank at 10:00 of the next day', async () => {
    const { sellerId, accountNumber } = await aSeller('settles');
    for (const id of ['GIFT1', 'GIFT2']) await anOrder(sellerId, id, 5_000n);
    await pay(sellerId, ['GIFT1', 'GIFT2']);
    const refund = { merchantId: sellerId, orderId: 'GIFT1', refundId: 'R1', refundFen: 2_000n, totalFen: 5_000n, reason: 'x' };
    await sandbox.alipay.refund(refund);
    await clock('settles', '2026-01-06T09:59:59+08:00');
    expect(await entries(accountNumber)).toEqual([]);
    await clock('settles', '2026-01-06T10:00:00+08:00');
    expect(await entries(accountNumber)).toMatchObject([{ kind: 'collection', sign: 'CRDT', amountFen: '8000' }]);
    await sandbox.alipay.refund({ ...refund, refundId: 'R2', refundFen: 3_000n });
    await clock('settles', '2026-01-07T10:00:00+08:00');
    expect(await entries(accountNumber)).toMatchObject([{ sign: 'CRDT' }, { sign: 'DBIT', amountFen: '3000' }]);
  });

  test('on the wall clock a refund and a settlement come at once', async () => {
    const { sellerId, accountNumber } = await aSeller(null);
    const { orderId } = await anOrder(sellerId, 'GIFT1');
    await pay(sellerId, [orderId]);
    const refund = { merchantId: sellerId, orderId, refundId: 'R1', refundFen: 800n, totalFen: 8_800n, reason: 'x' };
    await sandbox.alipay.refund(refund);
    await eventually(async () => (await sandbox.alipay.queryRefund(refund)).kind === 'SUCCEEDED');
    await eventually(async () => (await entries(accountNumber)).length > 0);
    expect(await sandbox.alipay.fetchBill(sellerId, new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10))).toMatchObject({
      kind: 'READY',
    });
  });
});
