import { createServer } from 'node:http';
import { createAlipay } from '../../../../src/adapters/donation/alipay/alipay';
import { aReceiver, aSandbox, listen, type Receiver, type Sandbox, stop } from '../../../simulators/support/sandbox';
import { rsaPair } from '../../support';
import { AlipaySdk } from './officialSdk';

// The official SDK judges both sides: it shares no code with either.

const SELLER = '2088000000000001';

interface SdkAnswer {
  readonly code: string;
  readonly qrCode: string;
  readonly tradeStatus: string;
  readonly subCode: string;
}

interface Sdk {
  exec(method: string, params: object, options?: object): Promise<SdkAnswer>;
  checkNotifySignV2(form: object): boolean;
  checkNotifySign(params: object, raw: boolean): boolean;
  pageExecute(method: string, httpMethod: 'GET', params: object): string;
}

/** The SDK wants keys without their frame. */
const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');

describe('our adapter, judged by the official SDK', () => {
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
    const url = await listen(server);
    const ours = { appId: '2021000000000001', privateKeyPem: app.privateKey, alipayPublicKeys: [alipay.publicKey] };
    const merchant = { app: ours, appAuthToken: 'a+b/c=' };
    const channel = createAlipay({ gatewayUrl: `${url}/gateway.do`, apps: [ours], merchants: () => merchant, timeoutMs: 5_000 });
    const order = {
      merchantId: SELLER,
      orderId: 'GIFT1',
      amountFen: 123_456n,
      description: '为小明捐款 & 祝福',
      notifyUrl: 'https://a.example/n?x=1',
    };
    expect((await channel.createOrder(order)).kind).toBe('UNKNOWN');
    await channel.queryRefund({ merchantId: SELLER, orderId: 'GIFT1', refundId: 'R1', refundFen: 1n });
    const page = await channel.createOrder({ ...order, client: { kind: 'browser', backUrl: 'https://a.example/c/1' } });
    if (page.kind !== 'CREATED' || !('payUrl' in page)) throw new Error(`no page: ${page.kind}`);
    await stop(server);
    expect(seen).toHaveLength(2);
    // A browser makes this call, whoever it is: everything is in the address, and all of it is signed.
    seen.push(Object.fromEntries(new URL(page.payUrl).searchParams));
    expect(seen[2]).toMatchObject({ method: 'alipay.trade.wap.pay', return_url: 'https://a.example/c/1', notify_url: order.notifyUrl });
    expect(JSON.parse(seen[2]!.biz_content!)).toEqual({
      ...{ out_trade_no: 'GIFT1', seller_id: SELLER, total_amount: '1234.56', subject: order.description },
      ...{ product_code: 'QUICK_WAP_WAY', quit_url: 'https://a.example/c/1' },
    });
    await expect(channel.createOrder({ ...order, client: { kind: 'wechat', openid: 'o' } })).rejects.toThrow(RangeError);
    // What it calls a notice is the same sum over sorted parameters, `sign_type` among them.
    const judge: Sdk = new AlipaySdk({ appId: ours.appId, privateKey: bare(app.privateKey), keyType: 'PKCS8', alipayPublicKey: bare(app.publicKey) });
    for (const params of seen) {
      expect(judge.checkNotifySign(params, true)).toBe(true);
      for (const name of Object.keys(params).filter((each) => !each.startsWith('sign')))
        expect([name, judge.checkNotifySign({ ...params, [name]: `${params[name]}x` }, true)]).toEqual([name, false]);
    }
  });
});

describe('our simulator, judged by the official SDK', () => {
  let sandbox: Sandbox;
  let receiver: Receiver;
  let sdk: Sdk;
  beforeAll(async () => {
    sandbox = await aSandbox();
    receiver = await aReceiver(
      () => 200,
      () => 'success',
    );
    const account = { accountNumber: '1100100000000000001', name: '施助', bankCode: '102100099996', kind: 'custody' };
    await sandbox.control('POST', '/bank/accounts', account);
    const terms = { sellerId: SELLER, settlementAccountNumber: account.accountNumber, settlementBankCode: account.bankCode };
    await sandbox.control('POST', '/alipay/sellers', terms);
    const { app } = sandbox.keys.alipay.merchants(SELLER)!;
    sdk = new AlipaySdk({
      appId: app.appId,
      privateKey: bare(app.privateKeyPem),
      keyType: 'PKCS8',
      alipayPublicKey: bare(app.alipayPublicKeys[0]!),
      gateway: `${sandbox.url}/alipay/gateway.do`,
    });
  });
  afterAll(async () => {
    await receiver.close();
    await sandbox.close();
  });

  test('the SDK orders, asks, gives back, and finds answers and notices authentic', async () => {
    const call = (method: string, bizContent: object, more: object = {}) =>
      sdk.exec(method, { appAuthToken: `sandbox-${SELLER}`, bizContent, ...more }, { validateSign: true });
    const order = { out_trade_no: 'SDKGIFT1', total_amount: '88.00', subject: '为小明捐款' };
    const made = await call('alipay.trade.precreate', order, { notifyUrl: `${receiver.url}/n` });
    expect(made).toMatchObject({ code: '10000', qrCode: expect.stringMatching(/^https:/) });
    expect(await sandbox.control('POST', '/alipay/payments', { sellerId: SELLER, outTradeNos: ['SDKGIFT1'] })).toMatchObject({
      body: { acknowledged: 1 },
    });
    const form = Object.fromEntries(new URLSearchParams(receiver.received[0]!.body.toString()));
    expect(sdk.checkNotifySignV2(form)).toBe(true);
    expect(sdk.checkNotifySignV2({ ...form, total_amount: '88.01' })).toBe(false);
    expect(await call('alipay.trade.query', { out_trade_no: 'SDKGIFT1' })).toMatchObject({ code: '10000', tradeStatus: 'TRADE_SUCCESS' });
    const refund = { out_trade_no: 'SDKGIFT1', out_request_no: 'R1', refund_amount: '88.00' };
    expect(await call('alipay.trade.refund', refund)).toMatchObject({ code: '10000', fundChange: 'Y' });
    expect(await call('alipay.trade.refund', refund)).toMatchObject({ code: '10000', fundChange: 'N' });
    expect(await call('alipay.trade.query', { out_trade_no: 'NONE' })).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
  });

  test('the SDK signs a page for a telephone: a trade begins when it is opened, and only as it was signed', async () => {
    const address = sdk.pageExecute('alipay.trade.wap.pay', 'GET', {
      ...{ appAuthToken: `sandbox-${SELLER}`, notify_url: `${receiver.url}/n`, return_url: 'https://a.example/c/1' },
      bizContent: {
        ...{ out_trade_no: 'SDKGIFT2', total_amount: '5.00', subject: '为小明捐款' },
        ...{ product_code: 'QUICK_WAP_WAY', quit_url: 'https://a.example/c/1' },
      },
    });
    const query = () => sdk.exec('alipay.trade.query', { appAuthToken: `sandbox-${SELLER}`, bizContent: { out_trade_no: 'SDKGIFT2' } });
    expect(await query()).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
    const forged = await (await fetch(address.replace('5.00', '6.00'))).text();
    expect(forged).toContain('isv.invalid-signature');
    expect(await query()).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
    for (let times = 0; times < 2; times += 1) expect(await (await fetch(address)).text()).toContain('待付款 SDKGIFT2');
    expect(await query()).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY', totalAmount: '5.00' });
  });
});
