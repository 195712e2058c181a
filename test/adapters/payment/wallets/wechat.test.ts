import { createServer, type IncomingMessage } from 'node:http';
import { SignatureError } from '../../../../src/adapters/errors';
import { createWechatTransfers } from '../../../../src/adapters/payment/wechat/transfers';
import { listen, stop } from '../../../simulators/support/sandbox';
import { rsaPair } from '../../support';
import { aCounter, anId, type Counter, MCHID, toWechat } from './support';

// The official SDK judges both sides: it shares no code with either.
const { Wechatpay, Rsa, Formatter } = require('wechatpay-axios-plugin');

let counter: Counter;
beforeAll(async () => (counter = await aCounter()));
afterAll(() => counter.close());

const fault = (outBillNo: string, name: string, times = 1) =>
  counter.sandbox.control('POST', '/wechat/transfer-faults', { mchid: MCHID, outBillNo, name, times });
const confirm = (outBillNo: string) =>
  counter.sandbox.control<{ state: string }>('POST', '/wechat/transfer-confirmations', { mchid: MCHID, outBillNo });
const ask = (payoutId: string) => counter.wechat.query(payoutId, MCHID);

test('the SDK verifies our request and opens the name; what the SDK signs, we read', async () => {
  const [merchant, platform] = [rsaPair(), rsaPair()];
  const seen: { message: string; signature: string; serial: unknown; body: string }[] = [];
  const server = createServer((req, res) => {
    void textOf(req).then((body) => {
      const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(req.headers.authorization ?? '')?.[1] ?? '';
      const message = Formatter.request(req.method, req.url, part('timestamp'), part('nonce_str'), body);
      seen.push({ message, signature: part('signature'), serial: req.headers['wechatpay-serial'], body });
      const { out_bill_no: number } = JSON.parse(body);
      const answer = JSON.stringify({
        out_bill_no: number,
        transfer_bill_no: '1330000071100999991182020050700019480001',
        create_time: '2026-01-05T09:00:00+08:00',
        state: 'WAIT_USER_CONFIRM',
        package_info: 'affffddafdfafddffda==',
      });
      const [timestamp, nonce] = [Formatter.timestamp(), Formatter.nonce()];
      const signature = Rsa.sign(Formatter.response(timestamp, nonce, answer), Rsa.from(platform.privateKey));
      res.writeHead(200, {
        'Wechatpay-Timestamp': timestamp,
        'Wechatpay-Nonce': nonce,
        'Wechatpay-Serial': 'PUB_KEY_ID_1',
        'Wechatpay-Signature': signature,
      });
      res.end(answer);
    });
  });
  const rail = createWechatTransfers({
    baseUrl: await listen(server),
    merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: merchant.privateKey, apiV3Keys: [] }),
    apiV3Keys: [],
    platformKeys: { PUB_KEY_ID_1: platform.publicKey },
    timeoutMs: 5_000,
    notifyUrl: 'https://a.example/n',
  });
  const order = toWechat({ amountFen: 200_000n });
  const confirmation = { mchId: MCHID, appId: 'wx1', package: 'affffddafdfafddffda==' };
  expect(await rail.submit(order)).toEqual({ kind: 'ACCEPTED', reference: '1330000071100999991182020050700019480001', confirmation });
  expect((await rail.submit(toWechat({ amountFen: 29n }))).kind).toBe('ACCEPTED');
  await stop(server);
  for (const { message, signature } of seen) expect(Rsa.verify(message, signature, Rsa.from(merchant.publicKey, Rsa.KEY_TYPE_PUBLIC))).toBe(true);
  expect(seen[0]).toMatchObject({ message: expect.stringMatching(/^POST\n\/v3\/fund-app\/mch-transfer\/transfer-bills\n/), serial: 'PUB_KEY_ID_1' });
  const { user_name: sealed, ...plain } = JSON.parse(seen[0]!.body);
  expect(Rsa.decrypt(sealed, Rsa.from(platform.privateKey))).toBe('王小明');
  expect(plain).toEqual({
    ...{ appid: 'wx1', out_bill_no: order.payoutId, transfer_scene_id: '1011', openid: order.identity, transfer_amount: 200_000 },
    ...{
      transfer_remark: '大病求助拨付',
      notify_url: 'https://a.example/n',
      transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '大病求助' }],
    },
  });
  // Under ¥0.30 the interface takes no name.
  expect(JSON.parse(seen[1]!.body)).not.toHaveProperty('user_name');
});

test('the SDK creates and asks at the simulator, and finds its answers authentic', async () => {
  const { wechat } = counter.sandbox.keys;
  const merchant = wechat.merchants(MCHID)!;
  const client = new Wechatpay({ mchid: MCHID, serial: merchant.serial, privateKey: merchant.privateKeyPem, certs: { ...wechat.platformKeys } });
  const bills = client.chain('v3/fund-app/mch-transfer/transfer-bills');
  const body = {
    ...{ appid: wechat.appid, out_bill_no: 'SDKBILL0000001', transfer_scene_id: '1011', openid: 'oSdk', transfer_amount: 100 },
    ...{ transfer_remark: '拨付', transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '大病求助' }] },
  };
  const baseURL = `${counter.sandbox.url}/wechat`;
  expect((await bills.post(body, { baseURL })).data).toMatchObject({ state: 'WAIT_USER_CONFIRM', package_info: expect.any(String) });
  const bill = client.chain('v3/fund-app/mch-transfer/transfer-bills/out-bill-no/SDKBILL0000001');
  expect((await bill.get({ baseURL })).data).toMatchObject({ mch_id: MCHID, transfer_amount: 100 });
});

test('the receiver confirms, lets it lapse, or the platform cancels; each end is called back and asked for', async () => {
  const [paid, lapsed, cancelled] = [toWechat(), toWechat(), toWechat()];
  for (const order of [paid, lapsed, cancelled])
    expect(await counter.wechat.submit(order)).toMatchObject({ kind: 'ACCEPTED', confirmation: { mchId: MCHID } });
  expect(await ask(paid.payoutId)).toEqual({ kind: 'ACTION_REQUIRED', expiresAt: '2026-01-06T01:00:00.000Z' });
  expect((await confirm(paid.payoutId)).body).toEqual({ state: 'SUCCESS' });
  expect(await ask(paid.payoutId)).toMatchObject({
    kind: 'SUCCEEDED',
    amountFen: 188_800n,
    bookedAt: '2026-01-05T09:00:00+08:00',
    reference: expect.stringMatching(/^133/),
  });
  await counter.wechat.cancel!(cancelled.payoutId, MCHID);
  expect(await ask(cancelled.payoutId)).toEqual({ kind: 'PENDING', code: 'CANCELING' });
  // Too late: it stays what it is.
  await counter.wechat.cancel!(paid.payoutId, MCHID);
  await counter.at('2026-01-06T09:00:00+08:00');
  expect(await ask(cancelled.payoutId)).toEqual({ kind: 'FAILED', code: 'MCH_CANCEL', text: '' });
  expect(await ask(lapsed.payoutId)).toEqual({ kind: 'FAILED', code: 'OVERDUE_CLOSE', text: '' });
  expect((await ask(paid.payoutId)).kind).toBe('SUCCEEDED');
  const heard = await Promise.all(
    counter.receiver.received.filter((r) => r.target === '/wechat').map((r) => counter.wechat.parseNotice(r.body, r.headers)),
  );
  expect(new Set(heard.map(({ payoutId }) => payoutId))).toEqual(new Set([paid, lapsed, cancelled].map(({ payoutId }) => payoutId)));
  const [one] = counter.receiver.received;
  await expect(counter.wechat.parseNotice(Buffer.concat([one!.body, Buffer.from(' ')]), one!.headers)).rejects.toThrow(SignatureError);
});

test('the same number is the same transfer; with other fields it is refused, and a query tells what is there', async () => {
  const order = toWechat();
  const first = await counter.wechat.submit(order);
  expect(await counter.wechat.submit(order)).toEqual(first);
  expect(await counter.wechat.submit({ ...order, amountFen: 1_000n })).toMatchObject({ kind: 'REJECTED', code: 'INVALID_REQUEST', final: true });
  expect((await ask(order.payoutId)).kind).toBe('ACTION_REQUIRED');
  expect(await ask(anId())).toEqual({ kind: 'NOT_FOUND' });
});

test.each([
  ['answer-lost', 'UNKNOWN', 'ACTION_REQUIRED'],
  ['500-after-commit', 'UNKNOWN', 'ACTION_REQUIRED'],
  ['unknown-code', 'UNKNOWN', 'ACTION_REQUIRED'],
  ['bad-signature', 'UNKNOWN', 'ACTION_REQUIRED'],
  ['drop-before', 'UNKNOWN', 'NOT_FOUND'],
  ['429', 'UNKNOWN', 'NOT_FOUND'],
  ['not-enough', 'REJECTED', 'NOT_FOUND'],
  ['stuck', 'ACCEPTED', 'PENDING'],
])('%s: %s, then %s, and no second transfer', async (name, submitted, asked) => {
  const order = toWechat();
  await fault(order.payoutId, name);
  expect((await counter.wechat.submit(order)).kind).toBe(submitted);
  expect((await ask(order.payoutId)).kind).toBe(asked);
  expect((await counter.wechat.submit(order)).kind).toBe('ACCEPTED');
});

test('a question that goes wrong says nothing; a stuck transfer goes on once the balance is topped up', async () => {
  const order = toWechat();
  await fault(order.payoutId, 'stuck');
  await counter.wechat.submit(order);
  await fault(order.payoutId, 'unknown-code');
  expect((await ask(order.payoutId)).kind).toBe('UNKNOWN');
  await fault(order.payoutId, 'not-found');
  expect(await ask(order.payoutId)).toEqual({ kind: 'NOT_FOUND' });
  await counter.sandbox.control('POST', '/wechat/top-ups', { mchid: MCHID });
  expect((await ask(order.payoutId)).kind).toBe('ACTION_REQUIRED');
});

test('the wrong name, a frozen account, and a day that is full for the person end as failed, with the channel’s reason', async () => {
  await counter.sandbox.control('POST', '/wechat/people', { openid: 'oNamed', name: '李四' });
  await counter.sandbox.control('POST', '/wechat/dead-accounts', { account: 'oFrozen' });
  const orders = [
    toWechat({ identity: 'oNamed' }),
    toWechat({ identity: 'oFrozen' }),
    ...[1, 2].map(() => toWechat({ identity: 'oRich', amountFen: 1_100_000n })),
  ];
  for (const order of orders) {
    await counter.wechat.submit(order);
    await confirm(order.payoutId);
  }
  const ends = await Promise.all(orders.map((order) => ask(order.payoutId)));
  expect(ends.map((end) => (end.kind === 'FAILED' ? end.code : end.kind))).toEqual([
    'NAME_NOT_CORRECT',
    'ACCOUNT_FROZEN',
    'SUCCEEDED',
    'DAY_RECEIVED_QUOTA_EXCEED',
  ]);
  expect(await counter.wechat.submit(toWechat({ scene: 'none' }))).toMatchObject({ kind: 'REJECTED', code: 'PARAM_ERROR', final: true });
});

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
