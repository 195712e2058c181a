import { createHash, createPrivateKey, sign } from 'node:crypto';
import { createBankLink } from '../../src/adapters/payment/bank/bankLink';
import { buildPain001 } from '../../src/adapters/payment/bank/pain001';
import { SignatureError, WireError } from '../../src/adapters/errors';
import type { BankNotice, PaymentOrder } from '../../src/adapters/payment/port';
import { aReceiver, aSandbox, eventually, type Line, type Received, type Receiver, type Sandbox } from './support/sandbox';

const PAYEE = { accountNumber: '3300200000000000002', name: '示例市第一人民医院', bankCode: '105100000017' };
const PARTY = { name: '施助基金', uscc: '53100000500021676K' };
const START = '2026-01-05T09:30:00+08:00';
let sandbox: Sandbox;
let receiver: Receiver;
let answer: () => number | Promise<number>;
let serial = 0;

beforeAll(async () => {
  sandbox = await aSandbox();
  receiver = await aReceiver(() => answer());
  await sandbox.control('PUT', '/clocks/payee', { now: START });
});
afterAll(async () => {
  await receiver.close();
  await sandbox.close();
  expect(sandbox.errors).toEqual([]);
});
beforeEach(() => {
  answer = () => 204;
  receiver.received.length = 0;
});

interface Custody {
  readonly clockId: string;
  readonly accountNumber: string;
  order(change?: Partial<PaymentOrder>): PaymentOrder;
  fault(fault: string, params?: object, nth?: number): Promise<void>;
  clock(now: string): Promise<{ nextDueAt: string | null; undelivered: number }>;
  entries(): Promise<Line[]>;
  balance(): Promise<string>;
  notices(): Promise<BankNotice[]>;
}

/** A custody account with money, on a clock of its own, with a payee of its own. */
async function aCustody(amountFen = 10_000_000n): Promise<Custody> {
  serial += 1;
  const clockId = `bank-${serial}`;
  const custody = { accountNumber: `1100100000000${String(serial).padStart(6, '0')}`, name: '施助专用账户', bankCode: '102100099996' };
  const payee = { ...PAYEE, accountNumber: `3300200000000${String(serial).padStart(6, '0')}` };
  const clock = async (now: string) => (await sandbox.control('PUT', `/clocks/${clockId}`, { now })).body;
  await clock(START);
  await sandbox.control('POST', '/bank/accounts', { ...custody, kind: 'custody', clockId, notifyUrl: `${receiver.url}/bank?of=${serial}` });
  await sandbox.control('POST', '/bank/accounts', { ...payee, kind: 'payee', clockId });
  const credit = { reference: `IN${serial}`, amountFen: String(amountFen), counterpartyAccount: '243300133', counterpartyName: '财付通' };
  if (amountFen > 0n) await sandbox.control('POST', `/bank/accounts/${custody.accountNumber}/credits`, credit);
  receiver.received.length = 0;
  const target = `/bank?of=${serial}`;
  let orders = 0;
  const nextId = (): string => {
    orders += 1;
    return `01JGT2M6Q3W8ZK${String(serial).padStart(6, '0')}${String(orders).padStart(6, '0')}`;
  };
  return {
    clockId,
    accountNumber: custody.accountNumber,
    order: (change = {}) => ({
      payoutId: nextId(),
      amountFen: 3_865_000n,
      custody,
      payee,
      remittance: '案例 CASE1 住院号 ZY1',
      executionDate: '2026-01-05',
      urgent: false,
      ...change,
    }),
    fault: async (fault, params = {}, nth = 1) => {
      expect((await sandbox.control('POST', '/bank/faults', { accountNumber: custody.accountNumber, nth, fault, params })).status).toBe(200);
    },
    clock,
    entries: async () =>
      (await sandbox.control<Line[]>('GET', `/bank/accounts/${custody.accountNumber}/entries`)).body.filter((entry) => entry.kind !== 'collection'),
    balance: async () => (await sandbox.control('GET', `/bank/accounts/${custody.accountNumber}`)).body.balanceFen,
    notices: () =>
      Promise.all(receiver.received.filter((one) => one.target === target).map(({ body, headers }) => sandbox.bank.parseNotice(body, headers))),
  };
}

describe('an order', () => {
  test('is booked on both sides, pushed, and found; again it is the same order', async () => {
    const custody = await aCustody();
    const order = custody.order();
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual({ kind: 'NOT_FOUND' });
    const accepted = await sandbox.bank.submit(order);
    expect(accepted).toMatchObject({ kind: 'ACCEPTED' });
    expect(await sandbox.bank.submit({ ...order, executionDate: '2026-01-06' })).toEqual(accepted);
    const succeeded = { kind: 'SUCCEEDED', amountFen: 3_865_000n, bookedAt: START, reference: accepted.kind === 'ACCEPTED' && accepted.reference };
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual(succeeded);
    await eventually(() => receiver.received.length === 1);
    expect(await custody.notices()).toMatchObject([
      { kind: 'entries', entries: [{ sign: 'DBIT', amountFen: 3_865_000n, endToEndId: order.payoutId, counterparty: PAYEE.name }] },
    ]);
    expect(await custody.entries()).toMatchObject([
      { kind: 'payout', sign: 'DBIT', amountFen: '3865000', endToEndId: order.payoutId, bookedAt: START, willBounce: false, bounced: false },
    ]);
    expect(await custody.balance()).toBe('6135000');
    const theirs = (await sandbox.control('GET', `/bank/accounts/${order.payee.accountNumber}/entries`)).body;
    expect(theirs).toMatchObject([{ sign: 'CRDT', amountFen: '3865000', counterpartyAccount: custody.accountNumber }]);
  });

  test('under a used id with other fields is AM05: UNKNOWN to us, and nothing moves', async () => {
    const custody = await aCustody();
    const order = custody.order();
    await sandbox.bank.submit(order);
    for (const change of [{ amountFen: 1n }, { payee: { ...order.payee, name: '别家医院' } }, { remittance: 'x' }]) {
      expect(await sandbox.bank.submit({ ...order, ...change })).toEqual({ kind: 'UNKNOWN', reason: expect.stringContaining('AM05') });
    }
    expect(await custody.entries()).toHaveLength(1);
  });

  test.each<[string, string, (order: PaymentOrder) => Partial<PaymentOrder>]>([
    ['AC01', 'an account nobody has', (order) => ({ payee: { ...order.payee, accountNumber: '9999999999' } })],
    ['BE01', 'another name', (order) => ({ payee: { ...order.payee, name: '示例市第二人民医院' } })],
    ['RC01', 'another bank', (order) => ({ payee: { ...order.payee, bankCode: '102100099996' } })],
    ['AM04', 'more than there is', () => ({ amountFen: 10_000_001n })],
    ['AC02', 'a custody account nobody has', (order) => ({ custody: { ...order.custody, accountNumber: '8888888888' } })],
  ])('is rejected for good: %s, %s', async (code, _what, change) => {
    const custody = await aCustody();
    const order = custody.order();
    const changed = { ...order, ...change(order) };
    expect(await sandbox.bank.submit(changed)).toMatchObject({ kind: 'REJECTED', code, final: true });
    if (code !== 'AC02') expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'FAILED', code });
    expect(await custody.entries()).toEqual([]);
  });

  test('to a closed account is AC04', async () => {
    const custody = await aCustody();
    const order = custody.order();
    await sandbox.control('PATCH', `/bank/accounts/${order.payee.accountNumber}`, { status: 'closed' });
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'REJECTED', code: 'AC04' });
  });

  test('without a valid form never leaves the house', async () => {
    const custody = await aCustody();
    expect(await sandbox.bank.submit(custody.order({ remittance: 'x'.repeat(141) }))).toMatchObject({ kind: 'REJECTED', code: 'FF01', final: true });
  });

  test('for a later day waits for it, and its money is set aside', async () => {
    const custody = await aCustody(4_000_000n);
    const order = custody.order({ executionDate: '2026-01-07' });
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'ACCEPTED' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual({ kind: 'PENDING', code: 'PDNG' });
    expect(await sandbox.bank.submit(custody.order())).toMatchObject({ kind: 'REJECTED', code: 'AM04' });
    await custody.clock('2026-01-08T00:00:00+08:00');
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({
      kind: 'SUCCEEDED',
      bookedAt: '2026-01-07T08:30:00+08:00',
    });
  });

  test('twenty at once from an account that can pay two: two are booked', async () => {
    const custody = await aCustody(8_000_000n);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => sandbox.bank.submit(custody.order())));
    expect(outcomes.filter(({ kind }) => kind === 'ACCEPTED')).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome.kind === 'REJECTED' && outcome.code === 'AM04')).toHaveLength(18);
    expect(await custody.balance()).toBe('270000');
  });

  test('the same one twenty times at once is booked once', async () => {
    const custody = await aCustody();
    const order = custody.order();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => sandbox.bank.submit(order)));
    expect(outcomes.every(({ kind }) => kind === 'ACCEPTED')).toBe(true);
    expect(await custody.entries()).toHaveLength(1);
  });
});

describe('faults', () => {
  test('answer-lost: booked, no answer; the query tells, the same id books nothing more', async () => {
    const custody = await aCustody();
    await custody.fault('answer-lost');
    const order = custody.order();
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'ACCEPTED' });
    expect(await custody.entries()).toHaveLength(1);
  });

  test('drop-before: nothing booked; the same id may be sent again', async () => {
    const custody = await aCustody();
    await custody.fault('drop-before');
    const order = custody.order();
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'UNKNOWN' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual({ kind: 'NOT_FOUND' });
    expect(await custody.entries()).toEqual([]);
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'ACCEPTED' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
  });

  test('500-after-commit', async () => {
    const custody = await aCustody();
    await custody.fault('500-after-commit');
    const order = custody.order();
    expect(await sandbox.bank.submit(order)).toEqual({ kind: 'UNKNOWN', reason: 'HTTP 500' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
  });

  test('not-found-then-found: NOT_FOUND is not a failure', async () => {
    const custody = await aCustody();
    await custody.fault('not-found-then-found', { lookups: 2 });
    const order = custody.order();
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'UNKNOWN' });
    for (const kind of ['NOT_FOUND', 'NOT_FOUND', 'SUCCEEDED'])
      expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind });
    expect(await custody.entries()).toHaveLength(1);
  });

  test('bounce: success first, days later the money comes back', async () => {
    const custody = await aCustody();
    await custody.fault('bounce');
    const order = custody.order();
    await sandbox.bank.submit(order);
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
    expect(await custody.entries()).toMatchObject([{ willBounce: true, bounced: false }]);
    expect((await custody.clock('2026-01-06T09:30:00+08:00')).nextDueAt).toBe('2026-01-07T09:30:00+08:00');
    await custody.clock('2026-01-07T09:30:00+08:00');
    const back = { kind: 'RETURNED', code: 'AC04', amountFen: 3_865_000n, bookedAt: '2026-01-07T09:30:00+08:00' };
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject(back);
    expect(await custody.entries()).toMatchObject([
      { willBounce: false, bounced: true },
      { kind: 'return', sign: 'CRDT', endToEndId: order.payoutId },
    ]);
    expect(await custody.balance()).toBe('10000000');
    expect(await custody.notices()).toMatchObject([
      { entries: [{ sign: 'DBIT', returnCode: null }] },
      { entries: [{ sign: 'CRDT', endToEndId: order.payoutId, returnCode: 'AC04', returnText: '收款账户已销户' }] },
    ]);
  });

  test('reject: with the code of the script, nothing booked', async () => {
    const custody = await aCustody();
    await custody.fault('reject', { code: 'AM14' }, 2);
    expect(await sandbox.bank.submit(custody.order())).toMatchObject({ kind: 'ACCEPTED' });
    const second = custody.order();
    expect(await sandbox.bank.submit(second)).toMatchObject({ kind: 'REJECTED', code: 'AM14', final: true });
    expect(await sandbox.bank.submit(second)).toMatchObject({ kind: 'REJECTED', code: 'AM14', final: true });
    expect(await custody.entries()).toHaveLength(1);
  });

  test('slow: PDNG until its minutes have passed', async () => {
    const custody = await aCustody();
    await custody.fault('slow', { afterMinutes: 30 });
    const order = custody.order();
    expect(await sandbox.bank.submit(order)).toMatchObject({ kind: 'ACCEPTED' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual({ kind: 'PENDING', code: 'PDNG' });
    expect(await custody.entries()).toEqual([]);
    await custody.clock('2026-01-05T10:00:00+08:00');
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({
      kind: 'SUCCEEDED',
      bookedAt: '2026-01-05T10:00:00+08:00',
    });
    expect(await custody.notices()).toHaveLength(1);
  });

  test('stuck: PDNG for ever', async () => {
    const custody = await aCustody();
    await custody.fault('stuck');
    const order = custody.order();
    await sandbox.bank.submit(order);
    expect((await custody.clock('2027-01-05T10:00:00+08:00')).nextDueAt).toBeNull();
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toEqual({ kind: 'PENDING', code: 'PDNG' });
  });

  test('duplicate-callback: the same line five times', async () => {
    const custody = await aCustody();
    await custody.fault('duplicate-callback');
    await sandbox.bank.submit(custody.order());
    await eventually(() => receiver.received.length === 5);
    const lines = (await custody.notices()).flatMap((notice) => (notice.kind === 'entries' ? notice.entries : []));
    expect(new Set(lines.map(({ accountNumber, reference, sign }) => `${accountNumber} ${reference} ${sign}`)).size).toBe(1);
  });

  test('come too late for an order that was received', async () => {
    const custody = await aCustody();
    await sandbox.bank.submit(custody.order());
    const { accountNumber } = custody;
    expect(await sandbox.control('POST', '/bank/faults', { accountNumber, nth: 1, fault: 'stuck' })).toMatchObject({ status: 409 });
    expect(await sandbox.control('POST', '/bank/faults', { accountNumber, nth: 2, fault: 'no-such' })).toMatchObject({ status: 400 });
  });
});

describe('pushes', () => {
  test('never hold the answer up, and are kept until they are acknowledged', async () => {
    const custody = await aCustody();
    let release = (): void => undefined;
    const held = new Promise<number>((resolve) => {
      release = () => resolve(503);
    });
    answer = () => held;
    expect(await sandbox.bank.submit(custody.order())).toMatchObject({ kind: 'ACCEPTED' });
    release();
    expect((await custody.clock('2026-01-05T09:31:00+08:00')).undelivered).toBe(1);
    answer = () => 204;
    expect((await custody.clock('2026-01-05T09:32:00+08:00')).undelivered).toBe(0);
  });

  test('noPush: only a query finds the debit', async () => {
    const custody = await aCustody();
    await custody.fault('answer-lost', { noPush: true });
    const order = custody.order();
    await sandbox.bank.submit(order);
    expect((await custody.clock('2026-01-05T09:31:00+08:00')).undelivered).toBe(0);
    expect(receiver.received).toEqual([]);
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
  });

  test('altered, aimed elsewhere, stale, under an unknown key: refused', async () => {
    const custody = await aCustody();
    await sandbox.bank.submit(custody.order());
    await eventually(() => receiver.received.length > 0);
    const [{ body, headers }] = receiver.received as [Received];
    const parse = (changed: object, bytes = body) => sandbox.bank.parseNotice(bytes, { ...headers, ...changed });
    await expect(parse({})).resolves.toMatchObject({ kind: 'entries' });
    const altered = Buffer.from(body);
    altered.writeUInt8(altered.readUInt8(100) ^ 1, 100);
    await expect(parse({}, altered)).rejects.toThrow(SignatureError);
    await expect(parse({ 'bank-target': '/elsewhere' })).rejects.toThrow(SignatureError);
    await expect(parse({ 'bank-timestamp': String(Number(headers['bank-timestamp']) - 301) })).rejects.toThrow(SignatureError);
    await expect(parse({ 'bank-key-id': 'BANK-X' })).rejects.toThrow(SignatureError);
    await expect(parse({ 'bank-signature': undefined })).rejects.toThrow(SignatureError);
  });
});

describe('the statement', () => {
  test('of each day adds up and follows on the one before', async () => {
    const custody = await aCustody(5_000_000n);
    await custody.fault('bounce', { afterDays: 1 });
    await sandbox.bank.submit(custody.order());
    await custody.clock('2026-01-08T00:00:00+08:00');
    const days = await Promise.all(['2026-01-05', '2026-01-06', '2026-01-07'].map((day) => sandbox.bank.statement(custody.accountNumber, day)));
    expect(days.map(({ openingFen, closingFen }) => [openingFen, closingFen])).toEqual([
      [0n, 1_135_000n],
      [1_135_000n, 5_000_000n],
      [5_000_000n, 5_000_000n],
    ]);
    expect(days.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
    expect(days.map(({ entries }) => entries.map(({ sign }) => sign))).toEqual([['CRDT', 'DBIT'], ['CRDT'], []]);
    await expect(sandbox.bank.statement(custody.accountNumber, '2026-01-04')).rejects.toThrow(WireError);
    await expect(sandbox.bank.statement(custody.accountNumber, '2026-01-09')).rejects.toThrow(WireError);
    await expect(sandbox.bank.statement('7777777777', '2026-01-05')).rejects.toThrow(WireError);
  });
});

test('the name check', async () => {
  const custody = await aCustody();
  const { payee } = custody.order();
  expect(await sandbox.bank.checkAccountName(payee)).toBe('match');
  expect(await sandbox.bank.checkAccountName({ ...payee, name: '示例市第二人民医院' })).toBe('mismatch');
  expect(await sandbox.bank.checkAccountName({ ...payee, accountNumber: '6666666666' })).toBe('no-record');
  const dead = createBankLink({ baseUrl: 'http://127.0.0.1:1', ...sandbox.keys.bank, initiatingParty: PARTY, timeoutMs: 300 });
  expect(await dead.checkAccountName(payee)).toBe('unavailable');
  await expect(dead.statement(payee.accountNumber, '2026-01-05')).rejects.toThrow(WireError);
});

describe('the wire', () => {
  interface Signed {
    readonly body: string;
    readonly headers: Record<string, string>;
  }

  function signed(xml: string, change: { nonce?: string; ageSec?: number; key?: string; method?: string; target?: string } = {}): Signed {
    const {
      nonce = Math.random().toString(36),
      ageSec = 0,
      key = sandbox.keys.bank.privateKeyPem,
      method = 'POST',
      target = '/bank/pain.001',
    } = change;
    const timestamp = String(Math.floor(Date.now() / 1000) - ageSec);
    const message = `${method}\n${target}\n${timestamp}\n${nonce}\n${createHash('sha256').update(xml).digest('hex')}\n`;
    const signature = sign('sha256', Buffer.from(message), createPrivateKey(key)).toString('base64');
    return {
      body: xml,
      headers: { 'bank-key-id': sandbox.keys.bank.keyId, 'bank-timestamp': timestamp, 'bank-nonce': nonce, 'bank-signature': signature },
    };
  }

  const send = ({ body, headers }: Signed) => fetch(`${sandbox.url}/bank/pain.001`, { method: 'POST', headers, body });

  test('one wrong byte, another key, an old or a used request: 401; a bad file: 400', async () => {
    const custody = await aCustody();
    const xml = await buildPain001(custody.order(), PARTY, Date.now());
    const good = signed(xml);
    expect((await send({ ...good, body: xml.replace('38650.00', '38650.01') })).status).toBe(401);
    expect((await send(signed(xml, { ageSec: 301 }))).status).toBe(401);
    expect((await send(signed(xml, { ageSec: -301 }))).status).toBe(401);
    expect((await send(signed(xml, { method: 'PUT' }))).status).toBe(401);
    expect((await send(signed(xml, { target: '/pain.001' }))).status).toBe(401);
    expect((await send({ body: xml, headers: {} })).status).toBe(401);
    expect((await send({ ...good, headers: { ...good.headers, 'bank-key-id': 'X' } })).status).toBe(401);
    expect((await send(good)).status).toBe(200);
    expect((await send(good)).status).toBe(401);
    expect((await send(signed('<Document/>'))).status).toBe(400);
    expect((await send(signed(xml.replace('<CtrlSum>38650.00', '<CtrlSum>38650.01')))).status).toBe(400);
    expect((await send(signed(xml.replaceAll('CNY', 'USD')))).status).toBe(400);
    expect(await custody.entries()).toHaveLength(1);
  });

  test('a key the bank does not know is refused, and that refusal ends nothing', async () => {
    const custody = await aCustody();
    const stranger = createBankLink({
      baseUrl: `${sandbox.url}/bank`,
      ...sandbox.keys.bank,
      privateKeyPem: sandbox.keys.wechat.merchants('')?.privateKeyPem ?? '',
      initiatingParty: PARTY,
      timeoutMs: 5_000,
    });
    expect(await stranger.submit(custody.order())).toMatchObject({ kind: 'REJECTED', code: 'HTTP_401', final: false });
    expect(await stranger.query('X', custody.accountNumber)).toEqual({ kind: 'UNKNOWN', reason: 'HTTP 401' });
  });

  test('an answer under a key we do not know, from elsewhere, or from nowhere: UNKNOWN', async () => {
    const custody = await aCustody();
    const order = custody.order();
    const at = (change: object) =>
      createBankLink({ baseUrl: `${sandbox.url}/bank`, ...sandbox.keys.bank, initiatingParty: PARTY, timeoutMs: 300, ...change });
    for (const link of [at({ bankKeys: {} }), at({ baseUrl: `${sandbox.url}/nothing` }), at({ baseUrl: 'http://127.0.0.1:1' })]) {
      expect(await link.submit(order)).toMatchObject({ kind: 'UNKNOWN' });
      expect(await link.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'UNKNOWN' });
    }
  });

  test('an unsigned push', async () => {
    await expect(sandbox.bank.parseNotice(Buffer.from('x'), {})).rejects.toThrow(SignatureError);
  });
});

test('registering an account again moves its address and refuses another owner', async () => {
  const account = { accountNumber: '5500000000000000001', name: '医院', bankCode: '102100099996', kind: 'payee' };
  expect((await sandbox.control('POST', '/bank/accounts', account)).status).toBe(200);
  expect((await sandbox.control('POST', '/bank/accounts', { ...account, notifyUrl: 'http://127.0.0.1:1/x' })).body.notifyUrl).toBe(
    'http://127.0.0.1:1/x',
  );
  expect((await sandbox.control('POST', '/bank/accounts', account)).body.notifyUrl).toBe('http://127.0.0.1:1/x');
  expect((await sandbox.control('POST', '/bank/accounts', { ...account, name: '别家' })).status).toBe(409);
});

describe('a recall', () => {
  const SCRIPTED = { recallId: '01JGT2M6Q3W8ZK5N7P9R1T3R01', bookedOn: '2026-01-05', reason: 'duplicate' } as const;
  const paid = async (script: object = {}) => {
    const custody = await aCustody();
    const order = custody.order();
    await sandbox.bank.submit(order);
    expect((await sandbox.control('POST', '/bank/recalls', { endToEndId: order.payoutId, ...script })).status).toBe(200);
    const recall = {
      ...SCRIPTED,
      recallId: `${order.payoutId.slice(0, 25)}R`,
      payoutId: order.payoutId,
      amountFen: 3_865_000n,
      custody: order.custody,
    };
    return { custody, order, recall, link: sandbox.bank.recalls! };
  };

  test('waits for the payee’s bank, is accepted, and the money comes back once, with the reason', async () => {
    const { custody, order, recall, link } = await paid({ answerLost: true });
    expect(await link.query(recall)).toEqual({ kind: 'NOT_FOUND' });
    expect(await link.ask(recall)).toMatchObject({ kind: 'UNKNOWN' });
    expect([await link.query(recall), await link.ask(recall)]).toEqual([{ kind: 'PENDING' }, { kind: 'PENDING' }]);
    expect(await link.ask({ ...recall, reason: 'fraud' })).toMatchObject({ kind: 'UNKNOWN' });
    await custody.clock('2026-01-05T10:31:00+08:00');
    expect(await link.query(recall)).toEqual({ kind: 'ACCEPTED' });
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'SUCCEEDED' });
    await custody.clock('2026-01-06T10:31:00+08:00');
    expect(await sandbox.bank.query(order.payoutId, custody.accountNumber)).toMatchObject({ kind: 'RETURNED', code: 'FOCR', amountFen: 3_865_000n });
    expect(await custody.balance()).toBe('10000000');
    const again = { ...recall, recallId: `${order.payoutId.slice(0, 25)}S` };
    await link.ask(again);
    expect(await link.query(again)).toEqual({ kind: 'REFUSED', code: 'ARDT' });
  });

  test('is refused: by the payee, without the money, of another amount, of another’s payment', async () => {
    const refused = await paid({ refusal: 'CUST', afterMinutes: 0 });
    expect(await refused.link.ask(refused.recall)).toEqual({ kind: 'REFUSED', code: 'CUST' });
    const closed = await paid({ afterMinutes: 0 });
    await sandbox.control('PATCH', `/bank/accounts/${closed.order.payee.accountNumber}`, { status: 'closed' });
    expect(await closed.link.ask(closed.recall)).toEqual({ kind: 'REFUSED', code: 'AC04' });
    const other = await paid();
    expect(await other.link.ask({ ...other.recall, amountFen: 1n })).toEqual({ kind: 'REFUSED', code: 'NOOR' });
    expect(await refused.link.query({ ...refused.recall, custody: other.order.custody })).toEqual({ kind: 'NOT_FOUND' });
    expect(await refused.custody.balance()).toBe('6135000');
  });
});
