import { createServer, type Server } from 'node:http';
import { createCmbLink } from '../../../../src/adapters/payment/cmb/cmbLink';
import { MessageError, SignatureError, WireError } from '../../../../src/adapters/errors';
import type { BankLink, PaymentOrder } from '../../../../src/adapters/payment/port';
import { openRequest, sealAnswer, sealPush } from '../../../../src/simulators/cmb/envelope';
import type { CmbKeys } from '../../../../src/simulators/cmb/keys';
import { makePair } from '../../../../src/simulators/cmb/sm2';
import { listen, stop } from '../../../simulators/support/sandbox';

const ACCOUNT = '1100100000000000001';
const ID = '01JGT2M6Q3W8ZK5N7P9R1T3V5X';
const FEN = 3_865_000n;
const [us, bank, stranger] = [makePair(), makePair(), makePair()];
const SM4 = '0123456789abcdeffedcba9876543210';
const keys: CmbKeys = { uid: 'N003261207', privateKey: bank.privateKey, clientKeys: [us.publicKey], sm4Key: SM4 };

/** What the bank answers next: a body under SUC0000, or what the test makes of the request. */
type Reply = object | ((asked: ReturnType<typeof openRequest>) => string);
let replies: Reply[] = [];
let server: Server;
let link: BankLink;

beforeAll(async () => {
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const asked = openRequest(keys, new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
      const reply = replies.shift();
      if (reply === undefined) res.writeHead(503).end();
      else res.end(typeof reply === 'function' ? (reply as (of: typeof asked) => string)(asked) : sealAnswer(keys, asked, 'SUC0000', '', reply));
    });
  });
  const settings = { uid: keys.uid, privateKeyHex: us.privateKey, sm4Keys: [SM4], busMod: '00001', timeoutMs: 5_000 };
  link = createCmbLink({ ...settings, baseUrl: await listen(server), bankKeys: [bank.publicKey] });
});
afterAll(() => stop(server));

const payment = (over: object = {}): object => ({
  bb1payqrz1: [{ yurRef: ID, dbtAcc: ACCOUNT, trsAmt: '38650.00', reqSts: 'FIN', rtnFlg: 'S', rtnNar: '', oprDat: '20260105', ...over }],
});
const line = (over: object = {}): Record<string, string> => ({
  ...{ etydat: '20260105', etytim: '093110', trsamt: '38650.00', amtcdr: 'D', trsblv: '61350.00', refnbr: 'K1', yurref: ID, rpynam: '示例医院' },
  ...over,
});
const CREDIT = { amtcdr: 'C', refnbr: 'K2', trsamt: '-38650.00', naryur: '退票' };
/** A page that adds up. */
function page(...lines: Record<string, string>[]): object {
  const sum = (sign: string): [string, string] => {
    const of = lines.filter(({ amtcdr }) => amtcdr === sign);
    return [String(of.length), (of.reduce((all, { trsamt }) => all + Math.abs(Number(trsamt) * 100), 0) / 100).toFixed(2)];
  };
  const [[dbtnbr, dbtamt], [crtnbr, crtamt]] = [sum('D'), sum('C')];
  return { ntrbptrsz1: [{ cotflg: 'N', trsseq: '9', dbtnbr, dbtamt, crtnbr, crtamt }], ntqactrsz2: lines };
}
const NOTHING = page();
function ask(...bodies: Reply[]): ReturnType<BankLink['query']> {
  replies = bodies;
  return link.query(ID, ACCOUNT);
}
const SUCCEEDED = { kind: 'SUCCEEDED', reference: 'K1', bookedAt: '2026-01-05T09:31:10+08:00', amountFen: FEN };

test.each(['OPR', 'AUT', 'NTE', 'BNK', 'WRF'])('%s is on its way, whatever rtnFlg says', async (reqSts) => {
  expect(await ask(payment({ reqSts, rtnFlg: 'S' }))).toEqual({ kind: 'PENDING', code: reqSts });
});

test('paid counts only with its booked debit, on the day it was taken or a later one', async () => {
  expect(await ask(payment(), page(line()))).toEqual(SUCCEEDED);
  expect(await ask(payment(), NOTHING, NOTHING, page(line()))).toEqual(SUCCEEDED);
  expect(await ask(payment(), ...Array.from({ length: 10 }, () => NOTHING))).toEqual({ kind: 'PENDING', code: 'FIN/S' });
  expect(await ask(payment(), page(line({ yurref: 'ANOTHER' }), line({ ...CREDIT })), ...Array.from({ length: 9 }, () => NOTHING))).toMatchObject({
    kind: 'PENDING',
  });
});

test.each(['F', 'R', 'D', 'C'])('FIN/%s without a debit has failed for good; with one it is a contradiction', async (rtnFlg) => {
  expect(await ask(payment({ rtnFlg, rtnNar: '户名不符' }), NOTHING)).toEqual({ kind: 'FAILED', code: `FIN/${rtnFlg}`, text: '户名不符' });
  expect(await ask(payment({ rtnFlg }), page(line()))).toMatchObject({ kind: 'UNKNOWN' });
});

test('returned: the debit alone is paid, the booked credit is the return', async () => {
  const back = { rtnFlg: 'B', rtnNar: '账户已销户', backwardDay: '20260107', trxSeqBackward: 'K2' };
  expect(await ask(payment({ rtnFlg: 'B' }), page(line()))).toEqual(SUCCEEDED);
  expect(await ask(payment(back), page(line()), NOTHING)).toEqual(SUCCEEDED);
  const credit = line({ ...CREDIT, etydat: '20260107' });
  const returned = { kind: 'RETURNED', reference: 'K2', bookedAt: '2026-01-07T09:31:10+08:00', amountFen: FEN, code: 'NARR', text: '账户已销户' };
  expect(await ask(payment(back), page(line()), page(credit))).toEqual(returned);
  expect(await ask(payment(back), page(line()), page({ ...credit, trsamt: '-38649.99' }))).toMatchObject({ kind: 'UNKNOWN' });
  expect(await ask(payment(back), page(line()), page({ ...credit, refnbr: 'K3' }))).toMatchObject({ kind: 'UNKNOWN' });
});

test('what is not in the tables, is suspended, or contradicts itself is UNKNOWN', async () => {
  for (const over of [{ reqSts: 'XYZ' }, { rtnFlg: 'Z' }, { rtnFlg: '' }, { rtnFlg: 'U' }, { dbtAcc: '1' }])
    expect(await ask(payment(over))).toMatchObject({ kind: 'UNKNOWN' });
  expect((await ask(payment({ rtnFlg: 'U' }))) as { reason: string }).toMatchObject({ reason: 'FIN/U suspended at the bank' });
  expect(
    await ask({ bb1payqrz1: [...(payment() as { bb1payqrz1: object[] }).bb1payqrz1, ...(payment() as { bb1payqrz1: object[] }).bb1payqrz1] }),
  ).toMatchObject({
    kind: 'UNKNOWN',
  });
  expect(await ask(payment(), page(line(), line({ refnbr: 'K9' })))).toMatchObject({
    kind: 'UNKNOWN',
    reason: 'the bank booked this payout more than once',
  });
  expect(await ask(payment({ trsAmt: '38650.01' }), page(line()))).toMatchObject({ kind: 'UNKNOWN' });
  const wrongSum = page(line()) as { ntrbptrsz1: { dbtamt: string }[] };
  wrongSum.ntrbptrsz1[0]!.dbtamt = '1.00';
  expect(await ask(payment(), wrongSum)).toMatchObject({ kind: 'UNKNOWN' });
  expect(await ask(payment())).toMatchObject({ kind: 'UNKNOWN', reason: expect.stringContaining('HTTP 503') });
});

test('not found is said by the bank alone; no answer, another code or a wrong seal is UNKNOWN', async () => {
  expect(await ask({ bb1payqrz1: [] })).toEqual({ kind: 'NOT_FOUND' });
  expect(await ask({})).toEqual({ kind: 'NOT_FOUND' });
  const unknown: [string, Reply][] = [
    ['another result code', (asked) => sealAnswer(keys, asked, 'FBG9999', '系统繁忙', {})],
    ['signed by a stranger', (asked) => sealAnswer({ ...keys, privateKey: stranger.privateKey }, asked, 'SUC0000', '', payment())],
    ['under another SM4 key', (asked) => sealAnswer({ ...keys, sm4Key: 'f'.repeat(32) }, asked, 'SUC0000', '', payment())],
    ['the answer to another request', (asked) => sealAnswer(keys, { ...asked, reqid: `${asked.reqid.slice(0, -1)}x` }, 'SUC0000', '', payment())],
    ['for another function', (asked) => sealAnswer(keys, { ...asked, funcode: 'DCTRSINF' }, 'SUC0000', '', payment())],
    ['a push instead of an answer', (asked) => new URLSearchParams(sealPush(keys, asked.funcode, asked.reqid, payment())).get('DATA')!],
    ['the gate in the clear', () => 'CDCServer:ErrMsg'],
    ['nothing', () => ''],
  ];
  for (const [why, reply] of unknown) expect([why, await ask(reply)]).toEqual([why, { kind: 'UNKNOWN', reason: expect.any(String) }]);
  const late = jest.spyOn(Date, 'now');
  try {
    const now = Date.now();
    const stale: Reply = (asked) => {
      late.mockReturnValue(now - 301_000);
      const sealed = sealAnswer(keys, asked, 'SUC0000', '', payment());
      late.mockReturnValue(now);
      return sealed;
    };
    expect(await ask(stale)).toMatchObject({ kind: 'UNKNOWN', reason: expect.stringContaining('older than 300 s') });
  } finally {
    late.mockRestore();
  }
});

const ORDER: PaymentOrder = {
  payoutId: ID,
  amountFen: FEN,
  custody: { accountNumber: ACCOUNT, name: '施助专用账户', bankCode: '308584000013' },
  payee: { accountNumber: '3300200000000000002', name: '示例市第一人民医院', bankCode: '105100000017' },
  remittance: '大病求助拨付',
  executionDate: '2026-01-05',
  urgent: false,
};
const outcome = (over: object): object => ({ bb1payopz1: [{ reqNbr: 'R1', reqSts: 'BNK', ...over }] });

test('an order: as the facts want it, and every answer to it', async () => {
  let sent: unknown;
  replies = [(asked) => ((sent = asked), sealAnswer(keys, asked, 'SUC0000', '', outcome({})))];
  expect(await link.submit(ORDER)).toEqual({ kind: 'ACCEPTED', reference: 'R1' });
  expect(sent).toMatchObject({
    funcode: 'BB1PAYOP',
    body: {
      bb1paybmx1: [{ busCod: 'N02030', busMod: '00001' }],
      bb1payopx1: [
        {
          dbtAcc: ACCOUNT,
          bnkFlg: 'N',
          stlChn: 'G',
          ccyNbr: '10',
          trsAmt: '38650.00',
          yurRef: ID,
          trsTyp: '100001',
          rcvChk: '1',
          brdNbr: '105100000017',
        },
      ],
    },
  });
  const answered = async (over: object): Promise<unknown> => {
    replies = [outcome(over)];
    return link.submit(ORDER);
  };
  for (const rtnFlg of ['S', 'B']) expect(await answered({ reqSts: 'FIN', rtnFlg })).toMatchObject({ kind: 'ACCEPTED' });
  for (const rtnFlg of ['F', 'R', 'D', 'C'])
    expect(await answered({ reqSts: 'FIN', rtnFlg, errCod: 'E1', errTxt: '余额不足' })).toEqual({
      kind: 'REJECTED',
      code: 'E1',
      text: '余额不足',
      final: true,
    });
  for (const over of [{ reqSts: 'FIN', rtnFlg: 'U' }, { reqSts: 'FIN' }, { reqSts: 'NEW' }])
    expect(await answered(over)).toMatchObject({ kind: 'UNKNOWN' });
  replies = [{ bb1payopz1: [] }];
  expect(await link.submit(ORDER)).toMatchObject({ kind: 'UNKNOWN' });
  replies = [(asked) => sealAnswer(keys, asked, 'FBP0018', '业务参考号重复', {})];
  expect(await link.submit(ORDER)).toEqual({ kind: 'UNKNOWN', reason: 'FBP0018 业务参考号重复' });
  for (const over of [{ amountFen: 0n }, { payoutId: 'short' }, { remittance: 'a\nb' }, { payee: { ...ORDER.payee, bankCode: '1' } }])
    expect(await link.submit({ ...ORDER, ...over })).toMatchObject({ kind: 'REJECTED', code: 'FORM', final: true });
});

test('a push: signed lines and news; anything else is refused', async () => {
  const moved = { ...line(), accnbr: ACCOUNT, trsdat: '20260105', trstim: '093110', c_trsamt: '38650.00' };
  const read = (body: object, of: CmbKeys = keys, change: (form: string) => string = (form) => form) =>
    link.parseNotice(Buffer.from(change(sealPush(of, 'YQN01010', '202601050931100001', body))), {});
  expect(await read({ msgtyp: 'NCDBTTRS', msgdat: moved })).toMatchObject({
    kind: 'entries',
    messageId: '202601050931100001',
    entries: [{ accountNumber: ACCOUNT, sign: 'DBIT', reference: 'K1', amountFen: FEN, endToEndId: ID, returnCode: null, status: 'BOOK' }],
  });
  expect(await read({ msgtyp: 'NCCRTTRS', msgdat: { ...moved, ...CREDIT, c_trsamt: '-38650.00' } })).toMatchObject({
    entries: [{ sign: 'CRDT', amountFen: FEN, endToEndId: ID, returnCode: 'NARR', returnText: '退票' }],
  });
  const fins = { msgtyp: 'FINS', msgdat: { trsInfo: (payment() as { bb1payqrz1: object[] }).bb1payqrz1[0] } };
  expect(await read(fins)).toMatchObject({ kind: 'status', payoutId: ID, outcome: { kind: 'PENDING' } });
  expect(await read({ msgtyp: 'FINB', msgdat: { backInfo: { yurRef: ID } } })).toMatchObject({ kind: 'status', payoutId: ID });
  await expect(read({ msgtyp: 'NCCRTTRS', msgdat: moved })).rejects.toThrow(MessageError);
  await expect(read({ msgtyp: 'OTHER', msgdat: {} })).rejects.toThrow(MessageError);
  await expect(read(fins, { ...keys, privateKey: stranger.privateKey })).rejects.toThrow(SignatureError);
  await expect(read(fins, keys, (form) => form.replace('YQN01010', 'YQN02030'))).rejects.toThrow(SignatureError);
  await expect(read(fins, keys, (form) => form.replace('UID=N003261207', 'UID=N003261208'))).rejects.toThrow(SignatureError);
  await expect(link.parseNotice(Buffer.from('nothing'), {})).rejects.toThrow(SignatureError);
});

test('a statement adds up between the balances, over its pages; a day that still runs ends with its last line', async () => {
  const balance = (trsdat: string, balamt: string): object => ({ ntqabinfz: [{ accnbr: ACCOUNT, trsdat, balamt }] });
  const [opening, closing] = [balance('20260104', '100000.00'), balance('20260105', '61350.01')];
  const more = page(line()) as { ntrbptrsz1: { cotflg: string; trsseq: string }[] };
  Object.assign(more.ntrbptrsz1[0]!, { cotflg: 'Y', trsseq: '1' });
  const last = page(line({ amtcdr: 'C', refnbr: 'K5', trsamt: '-0.01', trsblv: '61350.01', yurref: '' }));
  const read = (...bodies: Reply[]): ReturnType<BankLink['statement']> => {
    replies = bodies;
    return link.statement(ACCOUNT, '2026-01-05');
  };
  const sheet = { openingFen: 10_000_000n, closingFen: 6_135_001n, entries: [{ reference: 'K1' }, { reference: 'K5', endToEndId: null }] };
  expect(await read(opening, more, last, closing)).toMatchObject(sheet);
  expect(await read(opening, more, last, {})).toMatchObject(sheet);
  await expect(read(opening, more, last, balance('20260105', '61350.02'))).rejects.toThrow(MessageError);
  await expect(read(opening, more, closing)).rejects.toThrow(MessageError);
  await expect(read({})).rejects.toThrow(WireError);
  await expect(read(opening, more)).rejects.toThrow(WireError);
});
