import { createServer, type IncomingMessage } from 'node:http';
import { createWechatPay } from '../../../../src/adapters/donation/wechat/wechatPay';
import { aReceiver, aSandbox, listen, stop, type Receiver, type Sandbox } from '../../../simulators/support/sandbox';
import { rsaPair } from '../../support';

// The official SDK judges both sides: it shares no code with either.
const { Wechatpay, Rsa, Formatter, Aes } = require('wechatpay-axios-plugin');

const MERCHANT = '1900000001';

/** The SDK spells a path as properties. */
type Chain = Record<'v3' | 'pay' | 'transactions' | 'native' | 'jsapi' | 'outTradeNo' | '{number}', Link>;

interface Link extends Chain {
  get(options: object): Promise<SdkAnswer>;
  post(body: object, options: object): Promise<SdkAnswer>;
}

interface SdkAnswer {
  readonly status: number;
  readonly data: { readonly code_url: string; readonly prepay_id: string; readonly trade_state: string; readonly trade_type: string };
}

describe('our adapter, judged by the official SDK', () => {
  test('the SDK verifies our request, and we verify an answer that the SDK signed', async () => {
    const merchant = rsaPair();
    const platform = rsaPair();
    const seen: { message: string; signature: string }[] = [];
    const bodies: string[] = [];
    const server = createServer((req, res) => {
      void readBody(req).then((body) => {
        const authorization = req.headers.authorization ?? '';
        const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(authorization)?.[1] ?? '';
        seen.push({ message: Formatter.request(req.method, req.url, part('timestamp'), part('nonce_str'), body), signature: part('signature') });
        bodies.push(body);
        const answer = JSON.stringify({ code_url: 'weixin://wxpay/bizpayurl?pr=abc', prepay_id: 'wx201410272009395522657a690389285100' });
        const [timestamp, nonce] = [Formatter.timestamp(), Formatter.nonce()];
        res.writeHead(200, {
          'Wechatpay-Timestamp': timestamp,
          'Wechatpay-Nonce': nonce,
          'Wechatpay-Serial': 'PUB_KEY_ID_1',
          'Wechatpay-Signature': Rsa.sign(Formatter.response(timestamp, nonce, answer), Rsa.from(platform.privateKey)),
        });
        res.end(answer);
      });
    });
    const baseUrl = await listen(server);
    const apiV3Key = '0123456789abcdef0123456789abcdef';
    const wechat = createWechatPay({
      baseUrl,
      merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: [apiV3Key] }),
      apiV3Keys: [apiV3Key],
      platformKeys: { PUB_KEY_ID_1: platform.publicKey },
      timeoutMs: 5_000,
    });
    const order = { merchantId: MERCHANT, orderId: 'GIFT01', amountFen: 100n, description: '为小明捐款', notifyUrl: 'https://a.example/n' };
    expect(await wechat.createOrder(order)).toEqual({ kind: 'CREATED', codeUrl: 'weixin://wxpay/bizpayurl?pr=abc' });
    await wechat.queryOrder(MERCHANT, 'GIFT01');
    const inside = await wechat.createOrder({ ...order, client: { kind: 'wechat', openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } });
    if (inside.kind !== 'CREATED' || !('wechatPay' in inside)) throw new Error(`no request to WeChat: ${inside.kind}`);
    const publicKey = Rsa.from(merchant.publicKey, Rsa.KEY_TYPE_PUBLIC);
    // JSAPI: the payer is named, and the client's bundle is signed as the SDK writes it down.
    expect(seen.at(-1)!.message).toContain('\n/v3/pay/transactions/jsapi\n');
    expect(JSON.parse(bodies.at(-1)!)).toMatchObject({ appid: 'wx1', out_trade_no: 'GIFT01', payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } });
    const { paySign, ...bundle } = inside.wechatPay;
    expect(bundle).toEqual({
      appId: 'wx1',
      timeStamp: expect.stringMatching(/^\d{10}$/),
      nonceStr: expect.stringMatching(/^\w{32}$/),
      package: 'prepay_id=wx201410272009395522657a690389285100',
      signType: 'RSA',
    });
    const signedOver = (parts: typeof bundle): string => Formatter.joinedByLineFeed(parts.appId, parts.timeStamp, parts.nonceStr, parts.package);
    expect(Rsa.verify(signedOver(bundle), paySign, publicKey)).toBe(true);
    expect(Rsa.verify(signedOver({ ...bundle, package: 'prepay_id=wx1' }), paySign, publicKey)).toBe(false);
    expect(seen).toHaveLength(3);
    for (const { message, signature } of seen) expect(Rsa.verify(message, signature, publicKey)).toBe(true);
    await stop(server);
  });
});

test('a card travels sealed for the platform’s key that has no end, as the SDK opens it', async () => {
  const [before, now, merchant] = [rsaPair(), rsaPair(), rsaPair()];
  const seen: { target: string | undefined; serial: unknown; body: string }[] = [];
  const refund = { refund_id: '50000000382019052709732678859', out_refund_no: 'R1', out_trade_no: 'GIFT1', amount: { refund: 300, total: 300 } };
  const server = createServer((req, res) => {
    void readBody(req).then((body) => {
      seen.push({ target: req.url, serial: req.headers['wechatpay-serial'], body });
      const answer = JSON.stringify({ ...refund, status: req.method === 'GET' ? 'ABNORMAL' : 'PROCESSING' });
      const [timestamp, nonce] = [Formatter.timestamp(), Formatter.nonce()];
      res.writeHead(200, {
        ...{ 'Wechatpay-Timestamp': timestamp, 'Wechatpay-Nonce': nonce, 'Wechatpay-Serial': 'PUB_KEY_ID_2' },
        'Wechatpay-Signature': Rsa.sign(Formatter.response(timestamp, nonce, answer), Rsa.from(now.privateKey)),
      });
      res.end(answer);
    });
  });
  const wechat = createWechatPay({
    ...{ baseUrl: await listen(server), apiV3Keys: [], timeoutMs: 5_000 },
    merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: [] }),
    platformKeys: { PUB_KEY_ID_1: { key: before.publicKey, until: '2099-01-01T00:00:00+08:00' }, PUB_KEY_ID_2: now.publicKey },
  });
  const ref = { merchantId: MERCHANT, orderId: 'GIFT1', refundId: 'R1', refundFen: 300n };
  expect(await wechat.refundToCard!(ref, { bank: 'CMB', number: '6222020200112230', holder: '王捐赠' })).toEqual({ kind: 'PROCESSING' });
  await stop(server);
  expect(seen[1]).toMatchObject({ target: `/v3/refund/domestic/refunds/${refund.refund_id}/apply-abnormal-refund`, serial: 'PUB_KEY_ID_2' });
  const { bank_account, real_name, ...plain } = JSON.parse(seen[1]!.body);
  expect(plain).toEqual({ out_refund_no: 'R1', type: 'USER_BANK_CARD', bank_type: 'CMB_DEBIT' });
  const opened = [bank_account, real_name].map((sealed) => Rsa.decrypt(sealed, Rsa.from(now.privateKey)));
  expect(opened).toEqual(['6222020200112230', '王捐赠']);
});

describe('our simulator, judged by the official SDK', () => {
  let sandbox: Sandbox;
  let receiver: Receiver;
  let client: Chain;

  beforeAll(async () => {
    sandbox = await aSandbox();
    receiver = await aReceiver();
    const account = { accountNumber: '1100100000000000001', name: '施助', bankCode: '102100099996', kind: 'custody' };
    await sandbox.control('POST', '/bank/accounts', account);
    await sandbox.control('POST', '/wechat/merchants', {
      mchid: MERCHANT,
      appid: sandbox.keys.wechat.appid,
      settlementAccountNumber: account.accountNumber,
      settlementBankCode: account.bankCode,
    });
    const merchant = sandbox.keys.wechat.merchants(MERCHANT);
    client = new Wechatpay({
      mchid: MERCHANT,
      serial: merchant?.serial,
      privateKey: merchant?.privateKeyPem,
      certs: { ...sandbox.keys.wechat.platformKeys },
    });
  });

  afterAll(async () => {
    await receiver.close();
    await sandbox.close();
  });

  test('the SDK orders, pays, receives and decrypts the callback, and asks', async () => {
    const options = { baseURL: `${sandbox.url}/wechat/` };
    const { appid } = sandbox.keys.wechat;
    const body = {
      appid,
      mchid: MERCHANT,
      description: 'gift',
      out_trade_no: 'SDKGIFT1',
      notify_url: `${receiver.url}/n`,
      amount: { total: 8800, currency: 'CNY' },
    };
    const created = await client.v3.pay.transactions.native.post(body, options);
    expect(created.data.code_url).toMatch(/^weixin:/);

    expect((await sandbox.control('POST', '/wechat/payments', { mchid: MERCHANT, outTradeNos: ['SDKGIFT1'] })).body).toEqual({
      paid: 1,
      acknowledged: 1,
      failed: [],
    });
    const [{ headers, body: raw }] = receiver.received as [Receiver['received'][number]];
    const text = raw.toString('utf8');
    const [serial, pem] = Object.entries(sandbox.keys.wechat.platformKeys)[0] as [string, string];
    expect(headers['wechatpay-serial']).toBe(serial);
    const message = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], text);
    expect(Rsa.verify(message, headers['wechatpay-signature'], Rsa.from(pem, Rsa.KEY_TYPE_PUBLIC))).toBe(true);
    const { resource } = JSON.parse(text);
    const [apiV3Key] = sandbox.keys.wechat.apiV3Keys;
    const plain = JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, apiV3Key, resource.nonce, resource.associated_data));
    expect(plain).toMatchObject({ mchid: MERCHANT, out_trade_no: 'SDKGIFT1', trade_state: 'SUCCESS', amount: { total: 8800, currency: 'CNY' } });

    const found = await client.v3.pay.transactions.outTradeNo['{number}'].get({ ...options, params: { mchid: MERCHANT }, number: 'SDKGIFT1' });
    expect(found.status).toBe(200);
    expect(found.data).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'NATIVE' });
  });

  test('the SDK orders inside of WeChat: only with an openid, and for that one alone', async () => {
    const options = { baseURL: `${sandbox.url}/wechat/` };
    const order = {
      ...{ appid: sandbox.keys.wechat.appid, mchid: MERCHANT, description: 'gift', out_trade_no: 'SDKGIFT2' },
      ...{ notify_url: `${receiver.url}/n`, amount: { total: 100, currency: 'CNY' } },
    };
    const refused = async (body: object): Promise<unknown> =>
      client.v3.pay.transactions.jsapi.post(body, options).catch((error) => error.response.data.code);
    expect(await refused(order)).toBe('PARAM_ERROR');
    const made = await client.v3.pay.transactions.jsapi.post({ ...order, payer: { openid: 'oA' } }, options);
    expect(made.data.prepay_id).toMatch(/^wx\w{34}$/);
    expect(await refused({ ...order, payer: { openid: 'oB' } })).toBe('INVALID_REQUEST');
    await sandbox.control('POST', '/wechat/payments', { mchid: MERCHANT, outTradeNos: ['SDKGIFT2'] });
    const found = await client.v3.pay.transactions.outTradeNo['{number}'].get({ ...options, params: { mchid: MERCHANT }, number: 'SDKGIFT2' });
    expect(found.data).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'JSAPI', payer: { openid: 'oA' } });
  });
});

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
