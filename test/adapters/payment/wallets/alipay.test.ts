import { createServer } from 'node:http';
import { SignatureError } from '../../../../src/adapters/errors';
import { createAlipayTransfers } from '../../../../src/adapters/payment/alipay/transfers';
import { listen, stop } from '../../../simulators/support/sandbox';
import { AlipaySdk } from '../../donation/alipay/officialSdk';
import { rsaPair } from '../../support';
import { aCounter, anId, type Counter, SELLER, toAlipay } from './support';

let counter: Counter;
beforeAll(async () => (counter = await aCounter()));
afterAll(() => counter.close());

const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
const fault = (id: string, name: string) => counter.sandbox.control('POST', '/alipay/faults', { sellerId: SELLER, id, name });
const ask = (payoutId: string) => counter.alipay.query(payoutId, SELLER);

test('the SDK finds every parameter of our requests signed', async () => {
  const [app, alipay] = [rsaPair(), rsaPair()];
  const seen: Record<string, string>[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      seen.push(Object.fromEntries([...new URL(req.url!, 'http://gateway').searchParams, ...new URLSearchParams(body)]));
      res.end('{}');
    });
  });
  const ours = { appId: '2021000000000001', privateKeyPem: app.privateKey, alipayPublicKeys: [alipay.publicKey] };
  const gatewayUrl = `${await listen(server)}/gateway.do`;
  const rail = createAlipayTransfers({
    gatewayUrl,
    apps: [ours],
    merchants: () => ({ app: ours }),
    timeoutMs: 5_000,
    notifyUrl: 'https://a.example/n',
  });
  const order = toAlipay({ amountFen: 123_456n, identity: '094QGJPaH0bjwWQSPfBSLzvM' });
  expect((await rail.submit(order)).kind).toBe('UNKNOWN');
  expect((await rail.query(order.payoutId, SELLER)).kind).toBe('UNKNOWN');
  await stop(server);
  const judge = new AlipaySdk({ appId: ours.appId, privateKey: bare(app.privateKey), keyType: 'PKCS8', alipayPublicKey: bare(app.publicKey) });
  for (const params of seen) {
    expect(judge.checkNotifySign(params, true)).toBe(true);
    expect(judge.checkNotifySign({ ...params, biz_content: `${params.biz_content} ` }, true)).toBe(false);
  }
  expect(seen.map(({ method }) => method)).toEqual(['alipay.fund.trans.uni.transfer', 'alipay.fund.trans.common.query']);
  expect(JSON.parse(seen[0]!.biz_content!)).toEqual({
    ...{
      out_biz_no: order.payoutId,
      trans_amount: '1234.56',
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
      order_title: '大病求助拨付',
    },
    ...{
      payee_info: { identity: order.identity, identity_type: 'ALIPAY_OPEN_ID', name: '王小明' },
      remark: '大病求助拨付',
      transfer_scene_name: '公益补助',
    },
    transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '大病求助' }],
  });
});

test('the SDK transfers and asks at the simulator; answers and the notice are authentic', async () => {
  const { app } = counter.sandbox.keys.alipay.merchants(SELLER)!;
  const gateway = `${counter.sandbox.url}/alipay/gateway.do`;
  const keys = { privateKey: bare(app.privateKeyPem), keyType: 'PKCS8', alipayPublicKey: bare(app.alipayPublicKeys[0]!) };
  const sdk = new AlipaySdk({ appId: app.appId, ...keys, gateway });
  const call = (method: string, bizContent: object): Promise<Record<string, string>> =>
    sdk.exec(method, { appAuthToken: `sandbox-${SELLER}`, bizContent, notifyUrl: `${counter.receiver.url}/alipay` }, { validateSign: true });
  const product = { product_code: 'TRANS_ACCOUNT_NO_PWD', biz_scene: 'DIRECT_TRANSFER', out_biz_no: anId() };
  const payee = { identity: '2088111122223333', identity_type: 'ALIPAY_USER_ID', name: '王小明' };
  const scene = { transfer_scene_name: '公益补助', transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '大病求助' }] };
  expect(
    await call('alipay.fund.trans.uni.transfer', { ...product, ...scene, trans_amount: '8.80', order_title: '拨付', payee_info: payee }),
  ).toMatchObject({
    ...{ code: '10000', status: 'DEALING', outBizNo: product.out_biz_no },
  });
  await counter.at('2026-01-05T10:00:00+08:00');
  expect(await call('alipay.fund.trans.common.query', product)).toMatchObject({ code: '10000', status: 'SUCCESS', transAmount: '8.80' });
  const notice = counter.receiver.received.at(-1)!;
  const form = Object.fromEntries(new URLSearchParams(notice.body.toString()));
  expect(sdk.checkNotifySignV2(form)).toBe(true);
  expect(await counter.alipay.parseNotice(notice.body, notice.headers)).toEqual({ messageId: form.notify_id, payoutId: product.out_biz_no });
  const forged = Buffer.from(notice.body.toString().replace(product.out_biz_no, anId()));
  await expect(counter.alipay.parseNotice(forged, notice.headers)).rejects.toThrow(SignatureError);
});

test('on its way, arrived, returned later; or refused by the account; the same number is the same transfer', async () => {
  const [paid, dead] = [toAlipay(), toAlipay({ identity: '2088999999999999' })];
  await counter.sandbox.control('POST', '/alipay/dead-accounts', { identity: dead.identity });
  const first = await counter.alipay.submit(paid);
  expect(first).toMatchObject({ kind: 'ACCEPTED' });
  expect(await counter.alipay.submit(paid)).toEqual(first);
  expect(await counter.alipay.submit({ ...paid, amountFen: 1_000n })).toMatchObject({
    kind: 'UNKNOWN',
    reason: expect.stringContaining('PAYMENT_INFO_INCONSISTENCY'),
  });
  await counter.alipay.submit(dead);
  expect(await ask(paid.payoutId)).toEqual({ kind: 'PENDING', code: 'DEALING' });
  await counter.at('2026-01-05T11:00:00+08:00');
  expect(await ask(paid.payoutId)).toMatchObject({ kind: 'SUCCEEDED', amountFen: 188_800n, bookedAt: expect.stringMatching(/^2026-01-05T10:01/) });
  expect(await ask(dead.payoutId)).toMatchObject({ kind: 'FAILED', code: 'PAYEE_ACC_OCUPIED' });
  await counter.sandbox.control('POST', '/alipay/transfer-returns', { sellerId: SELLER, outBizNo: paid.payoutId });
  expect(await ask(paid.payoutId)).toMatchObject({ kind: 'RETURNED', amountFen: 188_800n, code: 'CARD_BIN_ERROR' });
  expect(await ask(anId())).toEqual({ kind: 'NOT_FOUND' });
});

test.each([
  ['answer-lost', 'UNKNOWN', 'PENDING'],
  ['500-after-commit', 'UNKNOWN', 'PENDING'],
  ['unavailable', 'UNKNOWN', 'PENDING'],
  ['unknown-code', 'UNKNOWN', 'PENDING'],
  ['bad-signature', 'UNKNOWN', 'PENDING'],
  ['drop-before', 'UNKNOWN', 'NOT_FOUND'],
  ['not-enough', 'REJECTED', 'NOT_FOUND'],
])('%s: %s, then %s, and no second transfer', async (name, submitted, asked) => {
  const order = toAlipay();
  await fault(order.payoutId, name);
  expect((await counter.alipay.submit(order)).kind).toBe(submitted);
  expect((await ask(order.payoutId)).kind).toBe(asked);
  expect((await counter.alipay.submit(order)).kind).toBe('ACCEPTED');
});

test('limits and receivers that cannot be paid are refused for good; a short balance is not', async () => {
  await counter.sandbox.control('POST', '/alipay/people', { identity: '2088555555555555', name: '李四' });
  const refusals = [toAlipay({ amountFen: 5_000_001n }), toAlipay({ amountFen: 9n }), toAlipay({ identity: '2088555555555555' })];
  const answers = await Promise.all(refusals.map((order) => counter.alipay.submit(order)));
  expect(answers).toMatchObject([
    { kind: 'REJECTED', code: 'EXCEED_LIMIT_PERSONAL_SM_AMOUNT', final: true },
    { kind: 'REJECTED', code: 'EXCEED_LIMIT_SM_MIN_AMOUNT', final: true },
    { kind: 'REJECTED', code: 'PAYEE_USER_INFO_ERROR', final: true },
  ]);
  const order = toAlipay();
  await fault(order.payoutId, 'not-enough');
  expect(await counter.alipay.submit(order)).toMatchObject({ kind: 'REJECTED', code: 'PAYER_BALANCE_NOT_ENOUGH', final: false });
});
