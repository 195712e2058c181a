import { createServer, type Server } from 'node:http';
import { crc32, deflateRawSync } from 'node:zlib';
import { createAlipay } from '../../../../src/adapters/donation/alipay/alipay';
import { readBill } from '../../../../src/adapters/donation/alipay/bills';
import { unzip } from '../../../../src/adapters/donation/alipay/zip';
import { listen, stop } from '../../../simulators/support/sandbox';
import { rsaPair } from '../../support';
import { rsa2 } from './support';

const SELLER = '2088000000000001';
const DAY = '2026-01-05';
// As published for the 业务明细 file of the trade bill.
const HEAD =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,' +
  '支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const row = (over: Readonly<Record<string, string>>): string => {
  const cells: Record<string, string> = {
    支付宝交易号: '2026010522001400000000000001\t',
    商户订单号: 'GIFT1\t',
    业务类型: '交易\t',
    商品名称: '个人大病求助',
    创建时间: '2026-01-05 08:59:58',
    完成时间: '2026-01-05 09:00:00',
    '订单金额（元）': '10.00',
    '商家实收（元）': '9.50',
    '服务费（元）': '-0.06',
    ...over,
  };
  return HEAD.split(',')
    .map((column) => cells[column] ?? '\t')
    .join(',');
};
const PAID = row({});
const REFUND = row({
  业务类型: '退款',
  '订单金额（元）': '-3.00',
  '商家实收（元）': '-3.00',
  '退款批次号/请求号': 'R1\t',
  '服务费（元）': '0.02',
  备注: '退回,谢谢',
});
const TOP = ['#支付宝业务明细查询', `#账号：[${SELLER}0156]`, '#起始日期：[2026年01月05日 00:00:00]   终止日期：[2026年01月06日 00:00:00]'];
const OPEN = '#-----------------------------------------业务明细列表----------------------------------------';
const END = '#-----------------------------------------业务明细列表结束------------------------------------';
const sums = (paid: string, refunds: string): string[] => [
  `#交易合计：${paid}元，商家优惠共0.00元`,
  `#退款合计：${refunds}元，商家优惠退款共0.00元`,
  '#导出时间：[2026年01月06日 05:46:49]',
];
const bill = (lines: readonly string[], told: readonly string[], top = TOP): string =>
  `${[...top, OPEN, HEAD, ...lines, END, ...told].join('\r\n')}\r\n`;
const WHOLE = bill([PAID, REFUND], sums('1笔，商家实收共9.50', '1笔，商家实收退款共-3.00'));
const ONE = sums('1笔，商家实收共9.50', '0笔，商家实收退款共0.00');

test('lines, times and amounts to the fen; a comma in the remark parts nothing', () => {
  const common = { orderId: 'GIFT1', transactionId: '2026010522001400000000000001', at: '2026-01-05T09:00:00+08:00' };
  expect(readBill(WHOLE, SELLER, DAY)).toEqual([
    { ...common, kind: 'paid', refundId: null, amountFen: 1_000n, feeFen: 6n },
    { ...common, kind: 'refund', refundId: 'R1', amountFen: 300n, feeFen: -2n },
  ]);
  expect(readBill(bill([PAID], ONE), SELLER, DAY)).toHaveLength(1);
  expect(readBill(bill([], sums('0笔，商家实收共0.00', '0笔，商家实收退款共0.00')), SELLER, DAY)).toEqual([]);
});

test.each([
  ['cut off', WHOLE.split('\r\n').slice(0, 6).join('\r\n')],
  ['a line too few', bill([PAID], sums('2笔，商家实收共9.50', '0笔，商家实收退款共0.00'))],
  ['a refund too few', bill([PAID], sums('1笔，商家实收共9.50', '1笔，商家实收退款共-3.00'))],
  ['a sum that does not hold', bill([PAID], sums('1笔，商家实收共9.51', '0笔，商家实收退款共0.00'))],
  ['no sums', bill([PAID], [])],
  ['another seller', bill([PAID], ONE, [TOP[0]!, '#账号：[20880000000000020156]', TOP[2]!])],
  ['another day', bill([PAID], ONE, [TOP[0]!, TOP[1]!, '#起始日期：[2026年01月06日 00:00:00]'])],
  ['an unknown kind', bill([row({ 业务类型: '转账' })], ONE)],
  ['a payment below zero', bill([row({ '订单金额（元）': '-10.00' })], ONE)],
  ['a refund above zero', bill([row({ 业务类型: '退款', '退款批次号/请求号': 'R1' })], ONE)],
  ['a refund without its number', bill([row({ 业务类型: '退款', '订单金额（元）': '-3.00' })], ONE)],
  ['an amount with three decimals', bill([row({ '订单金额（元）': '10.001' })], ONE)],
  ['an amount in full-width digits', bill([row({ '订单金额（元）': '１０.００' })], ONE)],
  ['an exponent', bill([row({ '订单金额（元）': '1e1' })], ONE)],
  ['no time', bill([row({ 完成时间: '' })], ONE)],
  ['a value too few', bill([PAID.slice(0, PAID.lastIndexOf(','))], ONE)],
  ['a column too few', bill([PAID], ONE).replace('服务费（元）', '费')],
  ['no bill', '<html>busy</html>'],
  ['nothing', ''],
])('%s: not read at all', (_what, text) => {
  expect(() => readBill(text, SELLER, DAY)).toThrow(expect.objectContaining({ name: 'MessageError' }));
});

/** GBK of the characters of a bill: every one that a two-byte code decodes to. */
const CODES = new Map<string, Buffer>();
for (let lead = 0x81; lead <= 0xfe; lead += 1)
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    const code = Buffer.from([lead, trail]);
    const text = new TextDecoder('gbk').decode(code);
    if ([...text].length === 1 && text !== '\uFFFD' && !CODES.has(text)) CODES.set(text, code);
  }
const gbk = (text: string): Buffer => Buffer.concat([...text].map((c) => (c.charCodeAt(0) < 0x80 ? Buffer.from(c) : CODES.get(c)!)));

/** An archive by the format's own description (APPNOTE 4.3): local headers, a directory, an end. */
function zip(files: readonly (readonly [name: string, content: Buffer, method?: number])[]): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, content, method = 8] of files) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const [bytes, shared] = [gbk(name), Buffer.alloc(26)];
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(bytes.length, 22);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, bytes, packed]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, Buffer.alloc(10), offset, bytes]));
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

test('an archive: packed and stored; altered, cut, or larger than it may be: not read', () => {
  const archive = zip([
    ['a', Buffer.from('alpha'.repeat(100))],
    ['b', Buffer.from('beta'), 0],
  ]);
  expect(unzip(archive, 1_000).map(({ name, content }) => [name.toString(), content.toString()])).toEqual([
    ['a', 'alpha'.repeat(100)],
    ['b', 'beta'],
  ]);
  const altered = Buffer.from(archive);
  altered.writeUInt8(altered.readUInt8(archive.indexOf('beta')) ^ 1, archive.indexOf('beta'));
  for (const bad of [
    altered,
    archive.subarray(0, 60),
    archive.subarray(30),
    zip([['c', Buffer.from('x'), 12]]),
    Buffer.alloc(0),
    Buffer.from('<html>'),
  ])
    expect(() => unzip(bad, 1_000)).toThrow(expect.objectContaining({ name: 'MessageError' }));
  expect(() => unzip(archive, 503)).toThrow(/more than/);
});

describe('the download', () => {
  const [app, alipay] = [rsaPair(), rsaPair()];
  const two = (details: string): Buffer =>
    zip([
      [`${SELLER}0156_20260105_业务明细.csv`, gbk(details)],
      [`${SELLER}0156_20260105_业务明细(汇总).csv`, gbk('#支付宝业务汇总查询\r\n')],
    ]);
  let [server, origin]: [Server, string] = [createServer(), ''];
  let file = two(WHOLE);
  let answer: (at: string) => object;
  beforeAll(async () => {
    server = createServer((req, res) => {
      if (req.url!.startsWith('/bill')) return void res.end(file);
      const part = JSON.stringify(answer(`${origin}/bill?token=t`));
      res.end(`{"alipay_data_dataservice_bill_downloadurl_query_response":${part},"sign":"${rsa2(part, alipay.privateKey)}"}`);
    });
    origin = await listen(server);
  });
  afterAll(() => stop(server));
  beforeEach(() => {
    file = two(WHOLE);
    answer = (at) => ({ code: '10000', msg: 'Success', bill_download_url: at });
  });
  const fetched = () => {
    const ours = { appId: 'A', privateKeyPem: app.privateKey, alipayPublicKeys: [alipay.publicKey] };
    return createAlipay({ gatewayUrl: `${origin}/gateway.do`, apps: [ours], merchants: () => ({ app: ours }), timeoutMs: 2_000 }).fetchBill(
      SELLER,
      DAY,
    );
  };

  test('the single lines are read, not the sums by shop', async () => {
    expect(await fetched()).toMatchObject({ kind: 'READY', lines: [{ kind: 'paid' }, { kind: 'refund' }] });
  });

  test('changed on the way: not read', async () => {
    file.writeUInt8(file.readUInt8(80) ^ 1, 80);
    expect(await fetched()).toMatchObject({ kind: 'UNKNOWN' });
  });

  test('in another encoding, or without single lines: not read', async () => {
    file = zip([['a.csv', Buffer.from(WHOLE, 'utf8')]]);
    expect(await fetched()).toMatchObject({ kind: 'UNKNOWN' });
    file = zip([['a.csv', gbk('#支付宝业务汇总查询')]]);
    expect(await fetched()).toEqual({ kind: 'UNKNOWN', reason: '0 files of single lines in the bill' });
  });

  test('at another host: not asked', async () => {
    answer = () => ({ code: '10000', msg: '', bill_download_url: 'https://elsewhere.example/file' });
    expect(await fetched()).toEqual({ kind: 'UNKNOWN', reason: 'the bill lies at another host' });
  });

  test('nothing was traded; not made yet; too often', async () => {
    const failed = (sub_code: string) => () => ({ code: '40004', msg: 'Business Failed', sub_code, sub_msg: '' });
    answer = failed('NO_BILL_DATA');
    expect(await fetched()).toEqual({ kind: 'READY', lines: [] });
    answer = failed('BILL_NOT_EXIST');
    expect(await fetched()).toEqual({ kind: 'NOT_READY' });
    answer = failed('SYSTEM_RATE_LIMIT');
    expect(await fetched()).toMatchObject({ kind: 'UNKNOWN' });
  });
});
