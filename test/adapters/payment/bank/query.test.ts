import { createHash, createPrivateKey, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createBankLink } from '../../../../src/adapters/payment/bank/bankLink';
import type { BankLink } from '../../../../src/adapters/payment/port';
import { listen, stop } from '../../../simulators/support/sandbox';
import { rsaPair, sample } from '../../support';

const ACCOUNT = '1100100000000000001';
const ID = '01JGT2M6Q3W8ZK5N7P9R1T3V5X';
const bank = rsaPair();
const us = rsaPair();
let server: Server;
let link: BankLink;
let replies: { status: number; body: string; nonce?: string; key?: string }[];

/** A bank that answers what the test wants, signed by hand. */
beforeAll(async () => {
  server = createServer((req, res) => {
    const { status, body, nonce = String(req.headers['bank-nonce']), key = bank.privateKey } = replies.shift() ?? { status: 500, body: '' };
    const timestamp = String(Math.floor(Date.now() / 1000));
    const message = `${status}\n${timestamp}\n${nonce}\n${createHash('sha256').update(body).digest('hex')}\n`;
    const signature = sign('sha256', Buffer.from(message), createPrivateKey(key)).toString('base64');
    req.resume();
    res.writeHead(status, { 'bank-key-id': 'BANK', 'bank-timestamp': timestamp, 'bank-nonce': nonce, 'bank-signature': signature }).end(body);
  });
  const initiatingParty = { name: '施助基金', uscc: '53100000500021676K' };
  link = createBankLink({
    baseUrl: await listen(server),
    keyId: 'US',
    privateKeyPem: us.privateKey,
    bankKeys: { BANK: bank.publicKey },
    initiatingParty,
    timeoutMs: 2_000,
  });
});
afterAll(() => stop(server));

const text = (file: string): string => sample(file).toString('utf8').replaceAll('DISB-20260105-0001', ID);
const STATUS = text('cn-chain-2-pain.002.001.10');
const DEBIT = text('cn-chain-3-camt.054.001.08');
const RETURN = text('cn-chain-5-camt.054.001.08-return');
const REJECTED = STATUS.replace('<TxSts>ACSC</TxSts>', '<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>');
const ntry = (xml: string): string => /<Ntry>.*<\/Ntry>/s.exec(xml)?.[0] ?? '';
const NOTHING = DEBIT.replace(ntry(DEBIT), '');
const both = (first: string, second: string): string => first.replace('</Ntfctn>', `${ntry(second)}</Ntfctn>`);

function ask(...bodies: (string | (typeof replies)[number])[]): ReturnType<BankLink['query']> {
  replies = bodies.map((body) => (typeof body === 'string' ? { status: 200, body } : body));
  return link.query(ID, ACCOUNT);
}

test('settled and debited: SUCCEEDED', async () => {
  expect(await ask(STATUS, DEBIT)).toEqual({ kind: 'SUCCEEDED', reference: 'BK0001', bookedAt: '2026-01-05T09:31:10+08:00', amountFen: 3_865_000n });
});

test('settled, not yet debited: PENDING', async () => {
  expect(await ask(STATUS, NOTHING)).toEqual({ kind: 'PENDING', code: 'ACSC' });
  expect(await ask(STATUS, DEBIT.replace('<Cd>BOOK</Cd>', '<Cd>PDNG</Cd>'))).toEqual({ kind: 'PENDING', code: 'ACSC' });
});

test('the line shown twice is one line', async () => {
  expect(await ask(STATUS, both(DEBIT, DEBIT))).toMatchObject({ kind: 'SUCCEEDED' });
});

test('debited and given back: RETURNED', async () => {
  expect(await ask(STATUS, both(DEBIT, RETURN))).toMatchObject({
    kind: 'RETURNED',
    reference: 'BK0002',
    code: 'AC04',
    text: '收款账户已销户',
    amountFen: 3_865_000n,
  });
});

test('rejected and not debited: FAILED', async () => {
  expect(await ask(REJECTED, NOTHING)).toMatchObject({ kind: 'FAILED', code: 'AC01' });
});

test.each<[string, string[]]>([
  ['rejected, yet debited', [REJECTED, DEBIT]],
  ['debited twice', [STATUS, both(DEBIT, DEBIT.replaceAll('BK0001', 'BK0009'))]],
  ['given back without a debit', [STATUS, RETURN]],
  ['given back without a reason', [STATUS, both(DEBIT, RETURN.replace(/<RtrInf>.*<\/RtrInf>/s, ''))]],
  ['given back in part', [STATUS, both(DEBIT, RETURN.replaceAll('38650.00', '38649.99'))]],
  ['about another payout', [STATUS.replaceAll(ID, 'ANOTHER')]],
  ['about it twice', [STATUS.replace('DISB-20260105-0002', ID)]],
  ['a code nobody knows', [STATUS.replace('ACSC', 'ZZZZ')]],
  ['a duplicate', [REJECTED.replace('AC01', 'AM05'), NOTHING]],
  ['lines in another currency', [STATUS, DEBIT.replaceAll('CNY', 'USD')]],
  ['not XML', ['{"status":"ok"}']],
])('%s: UNKNOWN', async (_what, bodies) => {
  expect(await ask(...bodies)).toMatchObject({ kind: 'UNKNOWN' });
});

test('the bank’s answer to another amount than the order’s: UNKNOWN', async () => {
  const reference = '<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">38650.01</InstdAmt></Amt></OrgnlTxRef>';
  const other = STATUS.replace('<TxSts>ACSC</TxSts>', `<TxSts>ACSC</TxSts>${reference}`);
  expect(await ask(other, DEBIT)).toMatchObject({ kind: 'UNKNOWN', reason: expect.stringContaining('another amount') });
});

test('404 is NOT_FOUND only when the bank says that the payout is unknown', async () => {
  expect(await ask({ status: 404, body: '{"code":"NOT_FOUND"}' })).toEqual({ kind: 'NOT_FOUND' });
  expect(await ask({ status: 404, body: '{"code":"NO_ENDPOINT"}' })).toMatchObject({ kind: 'UNKNOWN' });
  expect(await ask({ status: 404, body: '<html/>' })).toMatchObject({ kind: 'UNKNOWN' });
});

test('an answer to another question, or signed by somebody else: UNKNOWN', async () => {
  expect(await ask({ status: 404, body: '{"code":"NOT_FOUND"}', nonce: 'an-old-nonce' })).toMatchObject({
    kind: 'UNKNOWN',
    reason: expect.stringContaining('another request'),
  });
  expect(await ask({ status: 404, body: '{"code":"NOT_FOUND"}', key: us.privateKey })).toMatchObject({ kind: 'UNKNOWN' });
});

test.each([429, 500, 502, 503, 401, 302])('HTTP %s: UNKNOWN, even when it is signed', async (status) => {
  expect(await ask({ status, body: '{"code":"NOT_FOUND"}' })).toMatchObject({ kind: 'UNKNOWN' });
});
