import { createAlipay } from '../../../../src/adapters/donation/alipay/alipay';
import { MessageError, SignatureError } from '../../../../src/adapters/errors';
import { rsaPair } from '../../support';
import { aForm } from './support';
import { AlipaySdk } from './officialSdk';

// The official SDK judges the same callbacks: it shares no code with ours.

const SELLER = '2088000000000001';
const [app, alipay, next, other] = [rsaPair(), rsaPair(), rsaPair(), rsaPair()];
const ours = { appId: '2021000000000001', privateKeyPem: app.privateKey, alipayPublicKeys: [alipay.publicKey, next.publicKey] };
const another = { appId: '2021000000000002', privateKeyPem: app.privateKey, alipayPublicKeys: [other.publicKey] };

const channel = createAlipay({
  gatewayUrl: 'http://127.0.0.1:1/gateway.do',
  apps: [ours, another],
  merchants: (seller) => ({ [SELLER]: { app: ours }, '2088000000000002': { app: another } })[seller],
  timeoutMs: 500,
});

const PAID = {
  notify_time: '2026-01-05 09:30:02',
  notify_type: 'trade_status_sync',
  notify_id: '2026010500222093000000000001',
  app_id: ours.appId,
  charset: 'utf-8',
  version: '1.0',
  trade_no: '2026010522001400000000000001',
  out_trade_no: 'GIFT01',
  buyer_id: '2088102534368455',
  seller_id: SELLER,
  trade_status: 'TRADE_SUCCESS',
  total_amount: '88.00',
  receipt_amount: '80.00',
  subject: '个人大病求助 100%&=+',
  gmt_create: '2026-01-05 09:29:58',
  gmt_payment: '2026-01-05 09:30:00',
  fund_bill_list: '[{"amount":"88.00","fundChannel":"ALIPAYACCOUNT"}]',
};
const { gmt_payment: _paidAt, ...UNPAID } = PAID;

const parse = (params: Record<string, string>, key = alipay.privateKey): Promise<unknown> => channel.parseNotice(aForm(params, key), {});

test.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('%s: total_amount counts, not what came in after coupons', async (trade_status) => {
  expect(await parse({ ...PAID, trade_status })).toEqual({
    kind: 'paid',
    noticeId: PAID.notify_id,
    merchantId: SELLER,
    orderId: 'GIFT01',
    transactionId: PAID.trade_no,
    amountFen: 8_800n,
    currency: 'CNY',
    paidAt: '2026-01-05T09:30:00+08:00',
    payerId: PAID.buyer_id,
  });
});

test('another currency is told as it is', async () => {
  expect(await parse({ ...PAID, trans_currency: 'USD' })).toMatchObject({ kind: 'paid', currency: 'USD' });
});

test.each([
  ['waiting', { ...UNPAID, trade_status: 'WAIT_BUYER_PAY' }, null],
  ['closed unpaid', { ...UNPAID, trade_status: 'TRADE_CLOSED' }, null],
  ['a part given back', { ...PAID, refund_fee: '30.00', gmt_refund: '2026-01-06 09:30:00.123', out_biz_no: 'R1' }, 'R1'],
  ['all given back', { ...PAID, trade_status: 'TRADE_CLOSED', refund_fee: '88.00', gmt_refund: '2026-01-06 09:30:00', out_biz_no: 'R2' }, 'R2'],
  ['given back under no number of ours', { ...PAID, refund_fee: '88.00', gmt_refund: '2026-01-06 09:30:00' }, null],
])('%s: no proof of money, a query says more', async (_what, params, refundId) => {
  expect(await parse(params)).toEqual({ kind: 'changed', noticeId: PAID.notify_id, merchantId: SELLER, orderId: 'GIFT01', refundId });
});

test('in a rotation either key of Alipay is good', async () => {
  expect(await parse(PAID, next.privateKey)).toMatchObject({ kind: 'paid' });
  await expect(parse(PAID, other.privateKey)).rejects.toThrow(SignatureError);
});

test('not authentic: every altered parameter, an added one, a missing one, unsigned, another method, repeated, unknown application', async () => {
  const form = new URLSearchParams(aForm(PAID, alipay.privateKey).toString());
  const changed = (change: (params: URLSearchParams) => void): Promise<unknown> => {
    const params = new URLSearchParams(form);
    change(params);
    return channel.parseNotice(Buffer.from(params.toString()), {});
  };
  await expect(changed(() => undefined)).resolves.toMatchObject({ kind: 'paid' });
  for (const name of Object.keys(PAID)) {
    await expect(changed((params) => params.set(name, `${params.get(name)}0`))).rejects.toThrow(SignatureError);
    await expect(changed((params) => params.delete(name))).rejects.toThrow(SignatureError);
  }
  await expect(changed((params) => params.set('extra', '1'))).rejects.toThrow(SignatureError);
  await expect(changed((params) => params.append('total_amount', '88.00'))).rejects.toThrow(SignatureError);
  await expect(changed((params) => params.delete('sign'))).rejects.toThrow(SignatureError);
  await expect(changed((params) => params.set('sign', ''))).rejects.toThrow(SignatureError);
  await expect(changed((params) => params.set('sign_type', 'RSA'))).rejects.toThrow(SignatureError);
  await expect(parse({ ...PAID, app_id: '2021000000000009' })).rejects.toThrow(SignatureError);
  await expect(channel.parseNotice(Buffer.from('{}'), {})).rejects.toThrow(SignatureError);
  await expect(channel.parseNotice(Buffer.alloc(0), {})).rejects.toThrow(SignatureError);
});

test('authentic, but not a message of ours', async () => {
  await expect(parse({ ...PAID, notify_type: 'dut_user_sign' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, trade_status: 'TRADE_PENDING' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, total_amount: '88.001' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, total_amount: '-88.00' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, total_amount: '8.8e1' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, total_amount: '８８.００' })).rejects.toThrow(MessageError);
  await expect(parse({ ...PAID, gmt_payment: '2026-13-05 09:30:00' })).rejects.toThrow(MessageError);
  await expect(parse(UNPAID)).rejects.toThrow(/without its time/);
});

test('one application’s key does not vouch for another’s seller, and no key for a seller that is nobody’s', async () => {
  await expect(parse({ ...PAID, seller_id: '2088000000000002' })).rejects.toThrow(/does not act for/);
  await expect(parse({ ...PAID, app_id: another.appId }, other.privateKey)).rejects.toThrow(/does not act for/);
  await expect(parse({ ...PAID, seller_id: '2088000000000003' })).rejects.toThrow(/does not act for/);
});

test('the official SDK finds our form authentic as well', async () => {
  const sdk = new AlipaySdk({ appId: ours.appId, privateKey: bare(app.privateKey), keyType: 'PKCS8', alipayPublicKey: bare(alipay.publicKey) });
  const form = Object.fromEntries(new URLSearchParams(aForm(PAID, alipay.privateKey).toString()));
  expect(sdk.checkNotifySignV2(form)).toBe(true);
  expect(sdk.checkNotifySignV2({ ...form, total_amount: '880.00' })).toBe(false);
});

test('no answer is UNKNOWN, a seller that is not ours is our own fault', async () => {
  const order = { merchantId: SELLER, orderId: 'GIFT01', amountFen: 1n, description: 'x', notifyUrl: 'https://a.example/n' };
  const ref = { merchantId: SELLER, orderId: 'GIFT01', refundId: 'R1', refundFen: 1n };
  expect((await channel.createOrder(order)).kind).toBe('UNKNOWN');
  expect((await channel.queryOrder(SELLER, 'GIFT01')).kind).toBe('UNKNOWN');
  expect((await channel.closeOrder(SELLER, 'GIFT01')).kind).toBe('UNKNOWN');
  expect((await channel.refund({ ...ref, totalFen: 1n, reason: 'x' })).kind).toBe('UNKNOWN');
  expect((await channel.queryRefund(ref)).kind).toBe('UNKNOWN');
  expect((await channel.fetchBill(SELLER, '2026-01-05')).kind).toBe('UNKNOWN');
  await expect(channel.createOrder({ ...order, merchantId: '1' })).rejects.toThrow(RangeError);
  for (const amountFen of [0n, -1n, 10_000_000_001n]) await expect(channel.createOrder({ ...order, amountFen })).rejects.toThrow(RangeError);
});

/** The SDK wants keys without their frame. */
function bare(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '');
}
