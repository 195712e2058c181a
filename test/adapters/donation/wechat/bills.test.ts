import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBill } from '../../../../src/adapters/donation/wechat/bills';
import { createWechatPay } from '../../../../src/adapters/donation/wechat/wechatPay';
import { rsaPair } from '../../support';

// The official SDK reads the same file and signs the platform's answers: it shares no code with ours.
const { Formatter, Rsa } = require('wechatpay-axios-plugin');

const MERCHANT = '1900000001';
const HEAD =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,' +
  '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMS = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const row = (cells: readonly string[]): string => cells.map((cell) => `\`${cell}`).join(',');
const cells = (over: Readonly<Record<string, string>>): string[] => {
  const paid: Record<string, string> = {
    交易时间: '2026-01-05 09:00:00',
    公众账号ID: 'wx1',
    商户号: MERCHANT,
    特约商户号: '0',
    微信订单号: '4200000000000000000000000001',
    商户订单号: 'GIFT1',
    交易类型: 'NATIVE',
    交易状态: 'SUCCESS',
    货币种类: 'CNY',
    商品名称: '为小明捐款,谢谢',
    手续费: '0.06000',
    费率: '0.60%',
    订单金额: '10.00',
    申请退款金额: '0.00',
    ...over,
  };
  return HEAD.split(',').map((column) => paid[column] ?? '');
};
const PAID = row(cells({}));
const REFUND = row(cells({ 交易状态: 'REFUND', 商户退款单号: 'R1', 订单金额: '0.00', 申请退款金额: '3.00', 手续费: '-0.02000' }));
const bill = (lines: readonly string[], sums: readonly string[]): string => `\uFEFF${[HEAD, ...lines, SUMS, row(sums)].join('\r\n')}\r\n`;
const WHOLE = bill([PAID, REFUND], ['2', '10.00', '3.00', '0.00', '0.04000', '10.00', '3.00']);

test('lines, times and amounts to the fen; a comma inside of a value parts nothing', () => {
  const common = { orderId: 'GIFT1', transactionId: '4200000000000000000000000001', at: '2026-01-05T09:00:00+08:00' };
  expect(readBill(WHOLE, MERCHANT)).toEqual([
    { ...common, kind: 'paid', refundId: null, amountFen: 1_000n, feeFen: 6n },
    { ...common, kind: 'refund', refundId: 'R1', amountFen: 300n, feeFen: -2n },
  ]);
});

test('the SDK reads the same', () => {
  const { rows, summary } = Formatter.castCsvBill(Buffer.from(WHOLE.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')));
  const ours = readBill(WHOLE, MERCHANT);
  expect(rows.map((each: Record<string, string>) => [each['商户订单号'], each['订单金额'], each['申请退款金额']])).toEqual([
    [ours[0]!.orderId, '10.00', '0.00'],
    [ours[1]!.orderId, '0.00', '3.00'],
  ]);
  expect(summary['总交易单数']).toBe(String(ours.length));
});

test.each([
  ['cut off', WHOLE.split('\r\n').slice(0, 3).join('\r\n')],
  ['one line too few', bill([PAID], ['2', '10.00', '3.00', '0.00', '0.04000', '10.00', '3.00'])],
  ['a sum that does not hold', bill([PAID], ['1', '10.00', '0.00', '0.00', '0.06000', '10.01', '0.00'])],
  ['another merchant', bill([row(cells({ 商户号: '2' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['another currency', bill([row(cells({ 货币种类: 'USD' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['an unknown state', bill([row(cells({ 交易状态: 'REVOKED' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['an amount with three decimals', bill([row(cells({ 订单金额: '10.001' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['an amount in full-width digits', bill([row(cells({ 订单金额: '１０.００' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['an exponent', bill([row(cells({ 订单金额: '1e1' }))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['a value too few', bill([PAID.slice(0, PAID.lastIndexOf(',`'))], ['1', '10.00', '0.00', '0.00', '0.06000', '10.00', '0.00'])],
  ['no bill', '<html>busy</html>'],
  ['nothing', ''],
])('%s: not read at all', (_what, text) => {
  expect(() => readBill(text, MERCHANT)).toThrow(expect.objectContaining({ name: 'MessageError' }));
});

describe('the download', () => {
  const merchant = rsaPair();
  const platform = rsaPair();
  let server: Server;
  let origin: string;
  let file = WHOLE;
  let named: (hash: string) => object;
  beforeAll(async () => {
    server = createServer((req, res) => {
      if (req.url!.startsWith('/v3/billdownload')) return void res.end(file);
      const body = JSON.stringify(named(createHash('sha1').update(WHOLE).digest('hex')));
      const [timestamp, nonce] = [Formatter.timestamp(), Formatter.nonce()];
      const signature = Rsa.sign(Formatter.response(timestamp, nonce, body), Rsa.from(platform.privateKey));
      const headers = {
        'Wechatpay-Timestamp': timestamp,
        'Wechatpay-Nonce': nonce,
        'Wechatpay-Serial': 'PUB_KEY_ID_1',
        'Wechatpay-Signature': signature,
      };
      res.writeHead(200, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    file = WHOLE;
    named = (hash) => ({ hash_type: 'SHA1', hash_value: hash, download_url: `${origin}/v3/billdownload/file?token=t` });
  });
  const fetched = () =>
    createWechatPay({
      baseUrl: origin,
      timeoutMs: 2_000,
      apiV3Keys: [],
      platformKeys: { PUB_KEY_ID_1: platform.publicKey },
      merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: ['k'.repeat(32)] }),
    }).fetchBill(MERCHANT, '2026-01-05');

  test('what its hash says, is read', async () => {
    expect(await fetched()).toMatchObject({ kind: 'READY', lines: [{ kind: 'paid' }, { kind: 'refund' }] });
  });

  test('changed on the way: not read', async () => {
    file = WHOLE.replace('10.00', '90.00');
    expect(await fetched()).toEqual({ kind: 'UNKNOWN', reason: 'the bill is not what its hash says' });
  });

  test('at another host: not asked', async () => {
    named = (hash) => ({ hash_type: 'SHA1', hash_value: hash, download_url: 'https://elsewhere.example/file' });
    expect(await fetched()).toEqual({ kind: 'UNKNOWN', reason: 'the bill lies at another host' });
  });

  test('no hash, no bill', async () => {
    named = () => ({ download_url: `${origin}/v3/billdownload/file?token=t` });
    expect(await fetched()).toMatchObject({ kind: 'UNKNOWN' });
  });
});
