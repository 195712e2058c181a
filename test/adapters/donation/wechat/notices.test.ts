import { createCipheriv, createPrivateKey, sign } from 'node:crypto';
import { createWechatPay } from '../../../../src/adapters/donation/wechat/wechatPay';
import { MessageError, SignatureError } from '../../../../src/adapters/errors';
import { rsaPair } from '../../support';

const API_V3_KEY = '0123456789abcdef0123456789abcdef';
const OTHER_KEY = 'fedcba9876543210fedcba9876543210';
const platform = rsaPair();
const merchant = rsaPair();

const wechat = createWechatPay({
  baseUrl: 'http://127.0.0.1:1',
  merchants: (id) => {
    const apiV3Key = { '1900000001': API_V3_KEY, '1900000002': OTHER_KEY }[id];
    return apiV3Key === undefined ? undefined : { appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: [apiV3Key] };
  },
  apiV3Keys: [OTHER_KEY, API_V3_KEY],
  platformKeys: { PUB_KEY_ID_1: platform.publicKey },
  timeoutMs: 500,
});

const PAID = {
  mchid: '1900000001',
  out_trade_no: 'GIFT01',
  transaction_id: '4200001',
  trade_state: 'SUCCESS',
  success_time: '2026-01-05T09:30:00+08:00',
  payer: { openid: 'o1' },
  amount: { total: 8800, payer_total: 8000, currency: 'CNY' },
};

function envelope(plain: object, event = 'TRANSACTION.SUCCESS', key = API_V3_KEY): Buffer {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from('123456789012'));
  cipher.setAAD(Buffer.from('transaction'));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(plain)), cipher.final(), cipher.getAuthTag()]).toString('base64');
  const resource = {
    original_type: 'transaction',
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed,
    associated_data: 'transaction',
    nonce: '123456789012',
  };
  return Buffer.from(
    JSON.stringify({
      id: 'N1',
      create_time: '2026-01-05T09:30:01+08:00',
      resource_type: 'encrypt-resource',
      event_type: event,
      summary: '',
      resource,
    }),
  );
}

function headersFor(body: Buffer, { ageSec = 0, serial = 'PUB_KEY_ID_1', key = platform.privateKey } = {}): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSec);
  const signature = sign('sha256', Buffer.from(`${timestamp}\nnonce\n${body.toString('utf8')}\n`), createPrivateKey(key)).toString('base64');
  return { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': 'nonce', 'wechatpay-serial': serial, 'wechatpay-signature': signature };
}

const parse = (body: Buffer, options = {}): Promise<unknown> => wechat.parseNotice(body, headersFor(body, options));

test('a paid callback: amount.total counts, not what the payer paid after coupons', async () => {
  expect(await parse(envelope(PAID))).toEqual({
    kind: 'paid',
    noticeId: 'N1',
    merchantId: '1900000001',
    orderId: 'GIFT01',
    transactionId: '4200001',
    amountFen: 8800n,
    currency: 'CNY',
    paidAt: '2026-01-05T09:30:00+08:00',
    payerId: 'o1',
  });
});

test.each([
  ['SUCCESS', { kind: 'SUCCEEDED', reference: '5000001', refundedAt: '2026-01-06T09:30:00+08:00' }],
  ['ABNORMAL', { kind: 'ABNORMAL', text: '招商银行信用卡0403' }],
  ['CLOSED', { kind: 'CLOSED', text: 'refund 5000001 was closed' }],
])('a refund callback %s', async (status, outcome) => {
  const refund = {
    mchid: '1900000001',
    out_trade_no: 'GIFT01',
    out_refund_no: 'R1',
    refund_id: '5000001',
    refund_status: status,
    success_time: '2026-01-06T09:30:00+08:00',
    user_received_account: '招商银行信用卡0403',
    amount: { total: 8800, refund: 800 },
  };
  expect(await parse(envelope(refund, `REFUND.${status}`))).toMatchObject({ kind: 'refund', refundId: 'R1', refundFen: 800n, outcome });
  await expect(parse(envelope(refund, 'REFUND.OTHER'))).rejects.toThrow(MessageError);
});

test('not authentic: altered, stale, unknown serial, foreign key, probe, unsigned', async () => {
  const body = envelope(PAID);
  const altered = Buffer.from(body);
  altered.writeUInt8(altered.readUInt8(altered.length - 3) ^ 1, altered.length - 3);
  await expect(wechat.parseNotice(altered, headersFor(body))).rejects.toThrow(SignatureError);
  await expect(parse(body, { ageSec: 301 })).rejects.toThrow(SignatureError);
  await expect(parse(body, { ageSec: -301 })).rejects.toThrow(SignatureError);
  await expect(parse(body, { serial: 'PUB_KEY_ID_2' })).rejects.toThrow(SignatureError);
  await expect(parse(body, { key: merchant.privateKey })).rejects.toThrow(SignatureError);
  await expect(wechat.parseNotice(body, { ...headersFor(body), 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abc' })).rejects.toThrow(SignatureError);
  await expect(wechat.parseNotice(body, {})).rejects.toThrow(SignatureError);
  await expect(wechat.parseNotice(body, { ...headersFor(body), 'wechatpay-serial': ['PUB_KEY_ID_1', 'x'] })).rejects.toThrow(SignatureError);
});

test('authentic, but not a message of ours', async () => {
  await expect(parse(envelope(PAID, 'PAYSCORE.USER_OPEN_SERVICE'))).rejects.toThrow(MessageError);
  await expect(parse(Buffer.from('{}'))).rejects.toThrow(MessageError);
  await expect(parse(Buffer.from('<xml/>'))).rejects.toThrow(MessageError);
  await expect(parse(envelope(PAID, 'TRANSACTION.SUCCESS', 'x'.repeat(32)))).rejects.toThrow(/does not decrypt/);
  await expect(parse(envelope({ ...PAID, trade_state: 'NOTPAY' }))).rejects.toThrow(MessageError);
  await expect(parse(envelope({ ...PAID, amount: { total: 88.5, currency: 'CNY' } }))).rejects.toThrow(MessageError);
  await expect(parse(envelope({ ...PAID, amount: { total: '8800', currency: 'CNY' } }))).rejects.toThrow(MessageError);
  await expect(parse(envelope({ ...PAID, amount: { total: -1, currency: 'CNY' } }))).rejects.toThrow(MessageError);
});

test('one merchant’s key does not vouch for another merchant’s money', async () => {
  await expect(parse(envelope({ ...PAID, mchid: '1900000002' }))).rejects.toThrow(/another APIv3 key/);
  await expect(parse(envelope({ ...PAID, mchid: '1900000003' }))).rejects.toThrow(/another APIv3 key/);
});

test('no answer is UNKNOWN, a merchant that is not ours is our own fault', async () => {
  const order = { merchantId: '1900000001', orderId: 'GIFT01', amountFen: 1n, description: 'x', notifyUrl: 'https://a.example/n' };
  expect((await wechat.createOrder(order)).kind).toBe('UNKNOWN');
  expect((await wechat.queryOrder('1900000001', 'GIFT01')).kind).toBe('UNKNOWN');
  expect((await wechat.queryRefund({ merchantId: '1900000001', orderId: 'GIFT01', refundId: 'R1', refundFen: 1n })).kind).toBe('UNKNOWN');
  await expect(wechat.createOrder({ ...order, merchantId: '1' })).rejects.toThrow(RangeError);
  await expect(wechat.createOrder({ ...order, amountFen: 0n })).rejects.toThrow(RangeError);
});
