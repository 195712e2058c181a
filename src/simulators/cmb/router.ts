import express, { type Request, type Response, type Router } from 'express';
import { statusOf } from '../bank/pain002';
import type { BankSimulator } from '../bank/simulator';
import type { Account, Payment } from '../bank/state';
import { bodyOf, rawBody } from '../support/http';
import { type Asked, openRequest, Refused, sealAnswer } from './envelope';
import { balanceOf, pageOf } from './lines';
import { BadField, codes, paymentView, readLine, requestNumber } from './orders';

/** How a request is answered: with a body, or not at all. */
type Reply = { readonly resultcode: string; readonly resultmsg: string; readonly body: object } | 'connection-lost' | 'server-error';

const taken = (body: object): Reply => ({ resultcode: 'SUC0000', resultmsg: '', body });
const wrong = (resultcode: string, resultmsg: string): Reply => ({ resultcode, resultmsg, body: {} });
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const first = (value: unknown): Record<string, unknown> => (Array.isArray(value) ? ((value[0] as Record<string, unknown> | undefined) ?? {}) : {});

/** The direct link of the simulated bank, beside its ISO 20022 link: the same accounts and orders, for accounts that were opened with it. */
export function cmbRouter(bank: BankSimulator): Router {
  const router = express.Router();
  router.post('/', rawBody, async (req: Request, res: Response) => {
    const keys = bank.cmbKeys;
    let asked: Asked;
    try {
      if (keys === null) throw new Refused('this link has no keys');
      asked = openRequest(keys, new URLSearchParams(bodyOf(req).toString('utf8')));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      res.status(200).type('text/plain').end(`CDCServer:${error.message}`);
      return;
    }
    const reply = await answer(bank, asked);
    await bank.journal.settled();
    if (reply === 'connection-lost') res.destroy();
    else if (reply === 'server-error') res.status(500).end();
    else
      res
        .status(200)
        .type('text/plain')
        .end(sealAnswer(keys!, asked, reply.resultcode, reply.resultmsg, reply.body));
    if (asked.funcode === 'BB1PAYOP') void bank.pushes.sendNew();
  });
  return router;
}

/** The account, where this link serves it. */
function served(bank: BankSimulator, number: unknown): Account | undefined {
  const account = bank.state.accounts.get(text(number));
  return account?.terms.link === 'cmb' ? account : undefined;
}

async function answer(bank: BankSimulator, { funcode, body }: Asked): Promise<Reply> {
  switch (funcode) {
    case 'BB1PAYOP':
      return pay(bank, body);
    case 'BB1PAYQR':
      return find(bank, text(first(body.bb1payqrx1).yurRef));
    case 'DCTRSINF': {
      const account = served(bank, body.accnbr);
      if (account === undefined || !/^\d{8}$/.test(text(body.trsdat))) return wrong('DCT0001', '账号或日期有误');
      return taken(pageOf(account, text(body.trsdat), Number(body.trsseq ?? 0)));
    }
    case 'NTQABINF':
      return balances(bank, first(body.ntqabinfy));
    case 'ACCNAMQR': {
      const { accNbr, accNam } = first(body.accnamx1);
      const name = bank.state.accounts.get(text(accNbr))?.terms.name;
      return taken({ accnamz1: [{ accNbr, chkRst: name === undefined ? 'U' : name === accNam ? 'Y' : 'N' }] });
    }
    default:
      return wrong('FBG0001', `${funcode} 不是可用的接口`);
  }
}

function pay(bank: BankSimulator, body: Asked['body']): Reply {
  let order;
  try {
    order = readLine(body, (number) => served(bank, number)?.terms);
  } catch (error) {
    if (error instanceof BadField) return wrong('FBP0003', error.message);
    throw error;
  }
  const account = served(bank, order.debtorAccount);
  const reception = bank.orders.receive(order, account === undefined ? Date.now() : bank.nowMs(account), 'cmb');
  if (reception.kind !== 'status') return reception.kind;
  const known = bank.state.payments.get(order.endToEndId);
  // Another order under a reference that was taken before: said of the request, not of the payment.
  if (reception.status.reason?.code === 'AM05') return wrong('FBP0018', '业务参考号重复');
  return taken({
    bb1payopz1: [{ reqNbr: requestNumber(order.endToEndId), evtIst: '', ...codes(reception.status, known?.returned ?? false), msgTxt: '' }],
  });
}

async function find(bank: BankSimulator, yurRef: string): Promise<Reply> {
  const payment = bank.state.payments.get(yurRef);
  if (payment === undefined || payment.status === 'DROPPED' || served(bank, payment.order.debtorAccount) === undefined)
    return taken({ bb1payqrz1: [] });
  if (payment.lookupsLeft > 0) {
    await bank.journal.record({ type: 'looked-up', endToEndId: yurRef });
    return taken({ bb1payqrz1: [] });
  }
  return taken({ bb1payqrz1: [viewOf(bank, payment)] });
}

function viewOf(bank: BankSimulator, payment: Payment): Record<string, string> {
  const { entries } = bank.state.account(payment.order.debtorAccount);
  const back = payment.returned ? entries.find(({ endToEndId, kind }) => endToEndId === payment.order.endToEndId && kind === 'return') : undefined;
  return paymentView(payment, statusOf(payment).code, back === undefined ? null : { ...back, text: back.returnText ?? '' });
}

function balances(bank: BankSimulator, { accnbr, bgndat, enddat }: Record<string, unknown>): Reply {
  const account = served(bank, accnbr);
  if (account === undefined || bgndat !== enddat || !/^\d{8}$/.test(text(bgndat))) return wrong('DCB0001', '账号或日期有误');
  const balamt = balanceOf(account, text(bgndat), bank.nowMs(account));
  if (balamt === null) return wrong('DCB0002', '日期须早于当日');
  return taken({ ntqabinfz: [{ bbknbr: '', accnbr, trsdat: bgndat, balamt, rsv30z: '10' }] });
}
