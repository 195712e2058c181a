import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { loadProductKeys } from '../../src/adapters/keys';
import type { PaymentOrder } from '../../src/adapters/payment/port';
import { compileSimulators, end, startSimulators } from './support/process';
import { adaptersAt, aReceiver, control, freshKeys, type Line, type Receiver, type Reply } from './support/sandbox';

const START = '2026-01-05T09:00:00+08:00';
const MCHID = '1900000001';
const CUSTODY = { accountNumber: '1100100000000000001', name: '施助', bankCode: '102100099996' };
const PAYEE = { accountNumber: '3300200000000000002', name: '示例市第一人民医院', bankCode: '105100000017' };

let dirs: Awaited<ReturnType<typeof freshKeys>>;
let script: string;
let child: ChildProcess;
let url: string;
let receiver: Receiver;
let accept = true;

const call = async <T = Reply>(method: string, target: string, body?: unknown) => (await control<T>(url, method, target, body)).body;
const adapters = () => adaptersAt(url, loadProductKeys(dirs.keysDir));

async function start(): Promise<void> {
  ({ child, url } = await startSimulators(script, dirs.stateDir));
}

beforeAll(async () => {
  dirs = await freshKeys();
  script = compileSimulators(dirs.dir);
  receiver = await aReceiver(() => (accept ? 204 : 503));
  await start();
  await call('PUT', '/clocks/c', { now: START });
  await call('POST', '/bank/accounts', { ...CUSTODY, kind: 'custody', clockId: 'c', notifyUrl: `${receiver.url}/bank` });
  await call('POST', '/bank/accounts', { ...PAYEE, kind: 'payee', clockId: 'c' });
  const { appid } = loadProductKeys(dirs.keysDir).wechat;
  await call('POST', '/wechat/merchants', {
    mchid: MCHID,
    appid,
    clockId: 'c',
    settlementAccountNumber: CUSTODY.accountNumber,
    settlementBankCode: CUSTODY.bankCode,
  });
});
afterAll(async () => {
  await end(child, 'SIGKILL');
  await receiver.close();
  await rm(dirs.dir, { recursive: true, force: true });
});

const order = (n: number): PaymentOrder => ({
  payoutId: `01JGT2M6Q3W8ZK${String(n).padStart(12, '0')}`,
  amountFen: 100n,
  custody: CUSTODY,
  payee: PAYEE,
  remittance: 'CASE1',
  executionDate: '2026-01-05',
  urgent: false,
});

test('kill -9 loses nothing that anyone was told: gifts, undelivered callbacks, accounts, clocks', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `GIFTK${String(index).padStart(8, '0')}`);
  const { wechat } = adapters();
  for (const orderId of ids)
    await wechat.createOrder({ merchantId: MCHID, orderId, amountFen: 1_000n, description: 'x', notifyUrl: `${receiver.url}/wechat` });
  accept = false;
  const report = await call('POST', '/wechat/payments', { mchid: MCHID, outTradeNos: ids });
  expect(report).toMatchObject({ paid: 40, acknowledged: 0 });
  await end(child, 'SIGKILL');
  accept = true;
  await start();
  receiver.received.length = 0;
  expect(await adapters().wechat.queryOrder(MCHID, 'GIFTK00000039')).toMatchObject({ kind: 'PAID', amountFen: 1_000n });
  const moved = await call('PUT', '/clocks/c', { now: START });
  expect(moved).toEqual({ now: START, nextDueAt: '2026-01-06T10:00:00+08:00', undelivered: 0 });
  expect(receiver.received).toHaveLength(40);
  await call('PUT', '/clocks/c', { now: '2026-01-06T10:00:00+08:00' });
  expect((await call('GET', `/bank/accounts/${CUSTODY.accountNumber}`)).balanceFen).toBe('40000');
});

test('killed at any moment while orders pour in, it books each id once, and remembers each answer', async () => {
  const pending = new Map(Array.from({ length: 60 }, (_, n) => [n, order(n)]));
  const told = new Set<number>();
  for (let round = 0; round < 4; round += 1) {
    const { bank } = adapters();
    const killed = new Promise((resolve) => setTimeout(resolve, 60 + round * 50)).then(() => (round < 3 ? end(child, 'SIGKILL') : null));
    await Promise.all(
      [...pending].map(async ([n, each]) => {
        const outcome = await bank.submit(each);
        if (outcome.kind === 'ACCEPTED') told.add(n);
      }),
    );
    await killed;
    if (round < 3) await start();
    const after = adapters().bank;
    for (const n of told) expect(await after.query(order(n).payoutId, CUSTODY.accountNumber)).toMatchObject({ kind: 'SUCCEEDED', amountFen: 100n });
    for (const n of told) if (round < 3) pending.delete(n);
  }
  expect(told.size).toBe(60);
  const lines = (await call<Line[]>('GET', `/bank/accounts/${CUSTODY.accountNumber}/entries`)).filter(({ kind }) => kind === 'payout');
  expect(lines).toHaveLength(60);
  expect(new Set(lines.map(({ endToEndId }) => endToEndId)).size).toBe(60);
  expect((await call('GET', `/bank/accounts/${CUSTODY.accountNumber}`)).balanceFen).toBe('34000');
});

test('SIGTERM ends it within three seconds, with 0', async () => {
  const startedMs = Date.now();
  expect(await end(child, 'SIGTERM')).toBe(0);
  expect(Date.now() - startedMs).toBeLessThan(3_000);
});
