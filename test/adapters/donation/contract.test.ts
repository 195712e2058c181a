import { createPrivateKey, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createAlipay } from '../../../src/adapters/donation/alipay/alipay';
import type { DonationChannel } from '../../../src/adapters/donation/port';
import { createWechatPay } from '../../../src/adapters/donation/wechat/wechatPay';
import { listen, stop } from '../../simulators/support/sandbox';
import { rsaPair } from '../support';

/** One answer of a gateway: `body` is the answer's object (WeChat Pay: whole; Alipay: inside of `…_response`). */
interface Reply {
  readonly status?: number;
  readonly body?: object;
  /** Alipay: without a `sign`; WeChat Pay: without its headers. */
  readonly unsigned?: boolean;
  /** The bytes that are sent instead, with the signature of `body`. */
  readonly instead?: string;
}

const [merchant, provider] = [rsaPair(), rsaPair()];
const MERCHANT = '2088000000000001';
const [PAID_AT, TEXT] = ['2026-01-05T09:30:00+08:00', 'words for people'];

const signed = (text: string): string => sign('sha256', Buffer.from(text), createPrivateKey(provider.privateKey)).toString('base64');

/** How each gateway puts an answer on the wire. */
const WIRES: Readonly<Record<'wechat' | 'alipay', (reply: Reply, method: string) => { headers: Record<string, string>; text: string }>> = {
  wechat: ({ body, unsigned, instead }) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = {
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': 'n',
      'Wechatpay-Serial': 'K',
      'Wechatpay-Signature': signed(`${timestamp}\nn\n${text}\n`),
    };
    return { headers: unsigned ? {} : signature, text: instead ?? text };
  },
  alipay: ({ body, unsigned, instead }, method) => {
    const part = JSON.stringify(body ?? {});
    const name = `${method.replaceAll('.', '_')}_response`;
    return {
      headers: {},
      text:
        instead === undefined
          ? `{"${name}":${part}${unsigned ? '' : `,"sign":"${signed(part)}"`}}`
          : instead.replace('RESPONSE', name).replace('SIGN', signed(part)),
    };
  },
};

/** What the gateway answers, one after the other; the last one for ever. */
let script: readonly Reply[] = [];
let asked = 0;
let server: Server;
const channels = {} as Record<'wechat' | 'alipay', DonationChannel>;

beforeAll(async () => {
  server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url!, 'http://gateway');
    const reply = script[Math.min(asked, script.length - 1)]!;
    asked += 1;
    const { headers, text } = WIRES[pathname === '/gateway.do' ? 'alipay' : 'wechat'](reply, searchParams.get('method') ?? '');
    req.resume().on('end', () => res.writeHead(reply.status ?? 200, headers).end(reply.status === 204 ? undefined : text));
  });
  const url = await listen(server);
  const app = { appId: 'A', privateKeyPem: merchant.privateKey, alipayPublicKeys: [provider.publicKey] };
  channels.alipay = createAlipay({ gatewayUrl: `${url}/gateway.do`, apps: [app], merchants: () => ({ app }), timeoutMs: 5_000 });
  channels.wechat = createWechatPay({
    baseUrl: url,
    merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: ['k'.repeat(32)] }),
    apiV3Keys: [],
    platformKeys: { K: provider.publicKey },
    timeoutMs: 5_000,
  });
});
afterAll(() => stop(server));

const REF = { merchantId: MERCHANT, orderId: 'GIFT1', refundId: 'R1', refundFen: 300n };
const CALLS = {
  create: (c: DonationChannel) =>
    c.createOrder({ merchantId: MERCHANT, orderId: 'GIFT1', amountFen: 1_000n, description: 'x', notifyUrl: 'https://a.example/n' }),
  query: (c: DonationChannel) => c.queryOrder(MERCHANT, 'GIFT1'),
  close: (c: DonationChannel) => c.closeOrder(MERCHANT, 'GIFT1'),
  refund: (c: DonationChannel) => c.refund({ ...REF, totalFen: 1_000n, reason: 'x' }),
  queryRefund: (c: DonationChannel) => c.queryRefund(REF),
} as const;

const fails = (code: string, status = 400): Reply => ({ status, body: { code, message: TEXT } });
const sub = (sub_code: string, code = '40004'): Reply => ({ body: { code, msg: 'x', sub_code, sub_msg: TEXT } });
const served = (fields: object): Reply => ({ body: { code: '10000', msg: 'Success', ...fields } });
const wxOrder = (fields: object): Reply => ({
  body: { mchid: MERCHANT, out_trade_no: 'GIFT1', amount: { total: 1_000, currency: 'CNY' }, ...fields },
});
const WX_PAID = { transaction_id: 'T1', success_time: PAID_AT };
const trade = (fields: object): Reply => served({ out_trade_no: 'GIFT1', trade_no: 'T1', total_amount: '10.00', ...fields });
const SENT = { send_pay_date: '2026-01-05 09:30:00' };
const wxRefund = (fields: object): Reply => ({
  body: { refund_id: 'F1', out_refund_no: 'R1', out_trade_no: 'GIFT1', amount: { refund: 300, total: 1_000 }, ...fields },
});
const aliRefund = (fields: object): Reply =>
  served({ out_trade_no: 'GIFT1', out_request_no: 'R1', trade_no: 'T1', refund_amount: '3.00', ...fields });
const UNKNOWN = { kind: 'UNKNOWN' };
const PAID = { kind: 'PAID', transactionId: 'T1', amountFen: 1_000n, paidAt: PAID_AT };

type Row = readonly [
  what: string,
  call: keyof typeof CALLS,
  wechat: Reply | readonly Reply[] | null,
  alipay: Reply | readonly Reply[] | null,
  outcome: object,
];

/** What the gateways say → what the house hears. Null: the gateway has no such answer. */
const TABLE: readonly Row[] = [
  ['an order is made', 'create', { body: { code_url: 'u' } }, served({ out_trade_no: 'GIFT1', qr_code: 'u' }), { kind: 'CREATED', codeUrl: 'u' }],
  ['an order without a code', 'create', { body: {} }, served({ out_trade_no: 'GIFT1' }), UNKNOWN],
  ['an answer about another order', 'create', null, served({ out_trade_no: 'GIFT2', qr_code: 'u' }), UNKNOWN],
  ['a parameter is wrong', 'create', fails('PARAM_ERROR'), sub('ACQ.INVALID_PARAMETER'), { kind: 'REJECTED', text: TEXT }],
  ['no permission', 'create', fails('NO_AUTH', 403), sub('isv.insufficient-isv-permissions', '40006'), { kind: 'REJECTED', text: TEXT }],
  ['our signature does not hold', 'create', fails('SIGN_ERROR', 401), sub('isv.invalid-signature', '40002'), { kind: 'REJECTED' }],
  ['the number is closed', 'create', fails('ORDER_CLOSED'), sub('ACQ.TRADE_HAS_CLOSE'), { kind: 'REJECTED' }],
  ['somebody has paid it already', 'create', fails('ORDERPAID'), sub('ACQ.TRADE_HAS_SUCCESS'), UNKNOWN],
  ['other fields under the same number', 'create', fails('OUT_TRADE_NO_USED'), sub('ACQ.CONTEXT_INCONSISTENT'), UNKNOWN],

  ['nobody has paid', 'query', wxOrder({ trade_state: 'NOTPAY' }), trade({ trade_status: 'WAIT_BUYER_PAY' }), { kind: 'NOT_PAID' }],
  ['paid', 'query', wxOrder({ trade_state: 'SUCCESS', ...WX_PAID }), trade({ trade_status: 'TRADE_SUCCESS', ...SENT }), PAID],
  ['paid, and beyond giving back', 'query', null, trade({ trade_status: 'TRADE_FINISHED', ...SENT }), PAID],
  ['paid, and given back in full', 'query', wxOrder({ trade_state: 'REFUND', ...WX_PAID }), trade({ trade_status: 'TRADE_CLOSED', ...SENT }), PAID],
  ['closed unpaid', 'query', wxOrder({ trade_state: 'CLOSED' }), trade({ trade_status: 'TRADE_CLOSED' }), { kind: 'CLOSED' }],
  ['never heard of', 'query', fails('ORDER_NOT_EXIST', 404), sub('ACQ.TRADE_NOT_EXIST'), { kind: 'NOT_FOUND' }],
  ['a state that nobody knows', 'query', wxOrder({ trade_state: 'ODD', ...WX_PAID }), trade({ trade_status: 'ODD', ...SENT }), UNKNOWN],
  [
    'another order',
    'query',
    wxOrder({ out_trade_no: 'GIFT2', trade_state: 'SUCCESS', ...WX_PAID }),
    trade({ out_trade_no: 'GIFT2', trade_status: 'TRADE_SUCCESS', ...SENT }),
    UNKNOWN,
  ],
  ['paid without a time', 'query', wxOrder({ trade_state: 'SUCCESS', transaction_id: 'T1' }), trade({ trade_status: 'TRADE_SUCCESS' }), UNKNOWN],
  [
    'paid in dollars',
    'query',
    wxOrder({ trade_state: 'SUCCESS', ...WX_PAID, amount: { total: 1_000, currency: 'USD' } }),
    trade({ trade_status: 'TRADE_SUCCESS', trans_currency: 'USD', ...SENT }),
    UNKNOWN,
  ],
  [
    'a fraction of a fen',
    'query',
    wxOrder({ trade_state: 'SUCCESS', ...WX_PAID, amount: { total: 1_000.5 } }),
    trade({ trade_status: 'TRADE_SUCCESS', total_amount: '10.005', ...SENT }),
    UNKNOWN,
  ],
  [
    'below zero',
    'query',
    wxOrder({ trade_state: 'SUCCESS', ...WX_PAID, amount: { total: -1_000 } }),
    trade({ trade_status: 'TRADE_SUCCESS', total_amount: '-10.00', ...SENT }),
    UNKNOWN,
  ],
  [
    'an amount of the other type',
    'query',
    wxOrder({ trade_state: 'SUCCESS', ...WX_PAID, amount: { total: '1000' } }),
    trade({ trade_status: 'TRADE_SUCCESS', total_amount: 10, ...SENT }),
    UNKNOWN,
  ],
  ['a query refused', 'query', fails('NO_AUTH', 403), sub('isv.insufficient-isv-permissions', '40006'), UNKNOWN],

  ['closed', 'close', { status: 204 }, served({ out_trade_no: 'GIFT1' }), { kind: 'CLOSED' }],
  ['closed before', 'close', fails('ORDER_CLOSED'), sub('ACQ.TRADE_HAS_CLOSE'), { kind: 'CLOSED' }],
  [
    'closed before, by the query',
    'close',
    null,
    [sub('ACQ.REASON_TRADE_STATUS_INVALID'), trade({ trade_status: 'TRADE_CLOSED' })],
    { kind: 'CLOSED' },
  ],
  [
    'somebody was quicker',
    'close',
    fails('ORDERPAID'),
    [sub('ACQ.TRADE_STATUS_ERROR'), trade({ trade_status: 'TRADE_SUCCESS', ...SENT })],
    { kind: 'PAID' },
  ],
  ['not open, and no query says why', 'close', null, [sub('ACQ.TRADE_STATUS_ERROR'), sub('isp.unknow-error', '20000')], UNKNOWN],
  ['nothing to close', 'close', fails('ORDER_NOT_EXIST', 404), sub('ACQ.TRADE_NOT_EXIST'), { kind: 'NOT_FOUND' }],
  ['a closing refused', 'close', fails('NO_AUTH', 403), sub('ACQ.ACCESS_FORBIDDEN'), UNKNOWN],

  [
    'a refund is taken',
    'refund',
    wxRefund({ status: 'PROCESSING' }),
    served({ out_trade_no: 'GIFT1', fund_change: 'Y', refund_fee: '3.00' }),
    { kind: 'PROCESSING' },
  ],
  [
    'a refund that was taken before',
    'refund',
    wxRefund({ status: 'PROCESSING' }),
    served({ out_trade_no: 'GIFT1', fund_change: 'N' }),
    { kind: 'PROCESSING' },
  ],
  [
    'a refund of another order',
    'refund',
    wxRefund({ status: 'PROCESSING', out_trade_no: 'GIFT2' }),
    served({ out_trade_no: 'GIFT2', fund_change: 'Y' }),
    UNKNOWN,
  ],
  ['our balance is short', 'refund', fails('NOT_ENOUGH', 403), sub('ACQ.SELLER_BALANCE_NOT_ENOUGH'), { kind: 'REJECTED', text: TEXT }],
  [
    'the donor’s account is gone',
    'refund',
    wxRefund({ status: 'ABNORMAL', user_received_account: TEXT }),
    sub('ACQ.BUYER_NOT_EXIST'),
    { kind: 'ABNORMAL', text: TEXT },
  ],
  ['too late to give back', 'refund', wxRefund({ status: 'CLOSED' }), sub('ACQ.TRADE_HAS_FINISHED'), { kind: 'CLOSED' }],
  ['all is given back already', 'refund', fails('REFUND_FEE_MISMATCH'), sub('ACQ.TRADE_HAS_CLOSE'), UNKNOWN],
  ['the same number with another amount', 'refund', fails('OUT_REFUND_NO_USED'), sub('ACQ.DISCORDANT_REPEAT_REQUEST'), UNKNOWN],
  ['a refund of nothing', 'refund', fails('RESOURCE_NOT_EXISTS', 404), sub('ACQ.TRADE_NOT_EXIST'), { kind: 'NOT_FOUND' }],

  [
    'given back',
    'queryRefund',
    wxRefund({ status: 'SUCCESS', success_time: PAID_AT }),
    aliRefund({ refund_status: 'REFUND_SUCCESS', gmt_refund_pay: '2026-01-05 09:30:00' }),
    { kind: 'SUCCEEDED', refundedAt: PAID_AT },
  ],
  ['being given back', 'queryRefund', wxRefund({ status: 'PROCESSING' }), aliRefund({ refund_status: 'REFUND_PROCESSING' }), { kind: 'PROCESSING' }],
  ['failed', 'queryRefund', wxRefund({ status: 'CLOSED' }), aliRefund({ refund_status: 'REFUND_FAIL' }), { kind: 'CLOSED' }],
  ['an unknown fate', 'queryRefund', wxRefund({ status: 'ODD' }), aliRefund({ refund_status: 'ODD' }), UNKNOWN],
  ['no such refund', 'queryRefund', fails('RESOURCE_NOT_EXISTS', 404), served({}), { kind: 'NOT_FOUND' }],
  ['served without a status is no success', 'queryRefund', null, aliRefund({}), { kind: 'NOT_FOUND' }],
  [
    'another amount',
    'queryRefund',
    wxRefund({ status: 'SUCCESS', success_time: PAID_AT, amount: { refund: 301, total: 1_000 } }),
    aliRefund({ refund_status: 'REFUND_SUCCESS', refund_amount: '3.01' }),
    UNKNOWN,
  ],
  [
    'another refund',
    'queryRefund',
    wxRefund({ status: 'SUCCESS', success_time: PAID_AT, out_refund_no: 'R2' }),
    aliRefund({ refund_status: 'REFUND_SUCCESS', out_request_no: 'R2' }),
    UNKNOWN,
  ],
  [
    'another order’s refund',
    'queryRefund',
    wxRefund({ status: 'SUCCESS', success_time: PAID_AT, out_trade_no: 'GIFT2' }),
    aliRefund({ refund_status: 'REFUND_SUCCESS', out_trade_no: 'GIFT2' }),
    UNKNOWN,
  ],
];

/** Whatever is asked: nothing is known. */
const NOTHING_KNOWN: readonly (readonly [string, Reply, Reply])[] = [
  ['an unknown code', fails('A_NEW_CODE'), sub('ACQ.A_NEW_CODE')],
  ['an unknown code of the gateway', fails('A_NEW_CODE', 418), sub('a.new.code', '50000')],
  ['the system is ill', fails('SYSTEM_ERROR', 500), sub('ACQ.SYSTEM_ERROR')],
  ['the service is away', fails('SYSTEM_ERROR', 503), sub('isp.unknow-error', '20000')],
  ['too often', fails('FREQUENCY_LIMITED', 429), sub('isv.app-call-limited', '40005')],
  ['a server’s fault', { status: 500, body: { code_url: 'u' } }, { ...served({ out_trade_no: 'GIFT1', qr_code: 'u' }), status: 500 }],
  ['unsigned', { body: { code_url: 'u' }, unsigned: true }, { ...served({ out_trade_no: 'GIFT1', qr_code: 'u' }), unsigned: true }],
  ['a refusal that is not signed', { ...fails('PARAM_ERROR'), unsigned: true }, { ...sub('isv.invalid-app-id', '40002'), unsigned: true }],
  [
    'signed for other bytes',
    { body: { code_url: 'u' }, instead: '{"code_url":"v"}' },
    { ...served({ qr_code: 'u' }), instead: '{"RESPONSE":{"code":"10000","out_trade_no":"GIFT1","qr_code":"v"},"sign":"SIGN"}' },
  ],
  ['a page', { body: {}, instead: '<html>busy</html>' }, { instead: '<html>busy</html>' }],
  ['cut off', { body: { code_url: 'u' }, instead: '{"code_url":' }, { ...served({}), instead: '{"RESPONSE":{"code":"10000","out_tr' }],
  ['nothing', { body: {}, instead: '' }, { instead: '' }],
];

const BOTH = ['wechat', 'alipay'] as const;
const heard = async (name: (typeof BOTH)[number], call: keyof typeof CALLS, replies: Reply | readonly Reply[]): Promise<unknown> => {
  script = Array.isArray(replies) ? (replies as readonly Reply[]) : [replies as Reply];
  asked = 0;
  return CALLS[call](channels[name]);
};

describe.each(BOTH)('%s', (name) => {
  const of = ([, , wechat, alipay]: Row): Reply | readonly Reply[] | null => (name === 'wechat' ? wechat : alipay);
  test.each(TABLE.filter((row) => of(row) !== null).map((row) => [row[1], row[0], of(row)!, row[4]] as const))(
    '%s: %s',
    async (call, _what, replies, outcome) => {
      expect(await heard(name, call, replies)).toMatchObject(outcome);
    },
  );

  test.each(NOTHING_KNOWN)('%s: UNKNOWN, whatever was asked', async (_what, wechat, alipay) => {
    for (const call of Object.keys(CALLS) as (keyof typeof CALLS)[])
      expect([call, await heard(name, call, name === 'wechat' ? wechat : alipay)]).toMatchObject([call, UNKNOWN]);
  });
});

test('of two objects under one name only the one that was signed is read', async () => {
  const good = { code: '10000', out_trade_no: 'GIFT1', trade_status: 'WAIT_BUYER_PAY' };
  const forged = { ...good, trade_status: 'TRADE_SUCCESS', trade_no: 'T1', total_amount: '10.00', send_pay_date: '2026-01-05 09:30:00' };
  const instead = `{"RESPONSE":${JSON.stringify(good)},"sign":"SIGN","alipay_trade_query_response":${JSON.stringify(forged)}}`;
  expect(await heard('alipay', 'query', { body: good, instead })).toEqual({ kind: 'NOT_PAID' });
});

test('inside of WeChat: an order without its prepay number, and whatever says nothing, leaves the outcome unknown', async () => {
  const order = { merchantId: MERCHANT, orderId: 'GIFT1', amountFen: 1_000n, description: 'x', notifyUrl: 'https://a.example/n' };
  const inside = async (reply: Reply): Promise<unknown> => {
    [script, asked] = [[reply], 0];
    return channels.wechat.createOrder({ ...order, client: { kind: 'wechat', openid: 'oA' } });
  };
  expect(await inside({ body: { prepay_id: 'wx1' } })).toMatchObject({ kind: 'CREATED', wechatPay: { package: 'prepay_id=wx1', signType: 'RSA' } });
  expect(await inside({ body: { code_url: 'u' } })).toMatchObject(UNKNOWN);
  expect(await inside(fails('PARAM_ERROR'))).toMatchObject({ kind: 'REJECTED' });
  for (const [what, reply] of NOTHING_KNOWN) expect([what, await inside(reply)]).toMatchObject([what, UNKNOWN]);
});
