import express, { type Request, type Response, type Router } from 'express';
import { bodyOf, paramOf, queryOf, rawBody } from '../support/http';
import { notification, statement } from './camt';
import { resolution } from './camt029';
import { readRecall } from './camt056';
import { BadOrder, readOrders } from './pain001';
import { statusOf, statusReport } from './pain002';
import { assertValid } from './schemas';
import { refuse, sealAnswer } from './seal';
import type { BankSimulator } from './simulator';
import type { Account } from './state';

const XML = 'application/xml; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The bank link's endpoints. Every answer is signed, refusals too. */
export function bankRouter(bank: BankSimulator): Router {
  const router = express.Router();
  router.use(rawBody);
  router.use(async (req, res, next) => {
    const seal = {
      keyId: req.get('Bank-Key-Id'),
      timestamp: req.get('Bank-Timestamp'),
      nonce: req.get('Bank-Nonce'),
      signature: req.get('Bank-Signature'),
    };
    const reason = refuse(bank.keys, bank.nonces, req.method, req.originalUrl, seal, bodyOf(req));
    if (reason === null) next();
    else await answer(bank, req, res, problem(401, 'SIGNATURE', reason));
  });
  router.post('/pain.001', (req, res) => receiveOrders(bank, req, res));
  router.post('/camt.056', (req, res) => receiveRecall(bank, req, res));
  router.get('/recalls/:recallId', async (req, res) =>
    answer(bank, req, res, await lookUpRecall(bank, paramOf(req, 'recallId'), queryOf(req, 'account'))),
  );
  router.get('/payments', async (req, res) => answer(bank, req, res, await lookUpFile(bank, queryOf(req, 'messageId'), queryOf(req, 'account'))));
  router.get('/payments/:endToEndId', async (req, res) =>
    answer(bank, req, res, await lookUp(bank, paramOf(req, 'endToEndId'), queryOf(req, 'account'))),
  );
  router.get('/entries', async (req, res) =>
    answer(
      bank,
      req,
      res,
      await entries(bank, queryOf(req, 'account'), { endToEndId: queryOf(req, 'endToEndId'), messageId: queryOf(req, 'messageId') }),
    ),
  );
  router.get('/statements', async (req, res) => answer(bank, req, res, await dayStatement(bank, queryOf(req, 'account'), queryOf(req, 'date'))));
  router.post('/name-checks', (req, res) => answer(bank, req, res, checkName(bank, bodyOf(req))));
  router.use((req: Request, res: Response) => answer(bank, req, res, problem(404, 'NO_ENDPOINT', req.path)));
  return router;
}

async function receiveOrders(bank: BankSimulator, req: Request, res: Response): Promise<void> {
  let orders;
  try {
    orders = await readOrders(bodyOf(req));
  } catch (error) {
    if (error instanceof BadOrder) return answer(bank, req, res, problem(400, 'FF01', error.message));
    throw error;
  }
  const account = bank.state.accounts.get(orders[0]!.debtorAccount);
  const nowMs = account === undefined ? Date.now() : bank.nowMs(account);
  const receptions = orders.map((order) => ({ order, reception: bank.orders.receive(order, nowMs) }));
  await bank.journal.settled();
  // A file has one answer: what befalls one of its orders on the wire befalls the answer.
  const broken = receptions.map(({ reception }) => reception.kind).find((kind) => kind !== 'status');
  if (broken === 'connection-lost') res.destroy();
  else if (broken === 'server-error') await answer(bank, req, res, problem(500, 'SYSTEM', '系统繁忙'));
  else {
    const reported = receptions.flatMap(({ order, reception }) => (reception.kind === 'status' ? [{ order, status: reception.status }] : []));
    await answer(bank, req, res, await xml('pain.002.001.10', statusReport(reported, nowMs)));
  }
  // Only after the answer, and nobody waits for it; what fails stays pending in the outbox.
  void bank.pushes.sendNew();
}

async function receiveRecall(bank: BankSimulator, req: Request, res: Response): Promise<void> {
  let request;
  try {
    request = await readRecall(bodyOf(req));
  } catch (error) {
    if (error instanceof BadOrder) return answer(bank, req, res, problem(400, 'FF01', error.message));
    throw error;
  }
  const account = served(bank, request.accountNumber);
  if (account === undefined) return answer(bank, req, res, problem(404, 'NO_ACCOUNT', request.accountNumber));
  const reception = bank.recalls.receive(request, bank.nowMs(account));
  await bank.journal.settled();
  if (reception.kind === 'connection-lost') res.destroy();
  else if (reception.kind === 'differs') await answer(bank, req, res, problem(409, 'DUPLICATE', request.recallId));
  else await answer(bank, req, res, await lookUpRecall(bank, request.recallId, request.accountNumber));
}

async function lookUpRecall(bank: BankSimulator, recallId: string, accountNumber: string): Promise<Reply> {
  const account = served(bank, accountNumber);
  const recall = bank.state.recalls.get(recallId);
  if (account === undefined || recall?.request.accountNumber !== accountNumber) return problem(404, 'NOT_FOUND', recallId);
  return xml('camt.029.001.10', resolution(recall, account.terms.bankCode, bank.nowMs(account)));
}

/** The orders of a file that the bank may tell of now, as the same look-up of each alone would. */
async function lookUpFile(bank: BankSimulator, messageId: string, accountNumber: string): Promise<Reply> {
  const account = served(bank, accountNumber);
  const reported = [];
  for (const endToEndId of bank.state.files.get(messageId) ?? []) {
    const payment = bank.state.payment(endToEndId);
    if (payment.status === 'DROPPED' || payment.order.debtorAccount !== accountNumber) continue;
    if (payment.lookupsLeft > 0) await bank.journal.record({ type: 'looked-up', endToEndId });
    else reported.push({ order: payment.order, status: statusOf(payment) });
  }
  if (account === undefined || reported.length === 0) return problem(404, 'NOT_FOUND', messageId);
  return xml('pain.002.001.10', statusReport(reported, bank.nowMs(account)));
}

async function lookUp(bank: BankSimulator, endToEndId: string, account: string): Promise<Reply> {
  const payment = bank.state.payments.get(endToEndId);
  const unknown = problem(404, 'NOT_FOUND', endToEndId);
  if (payment === undefined || payment.status === 'DROPPED' || payment.order.debtorAccount !== account || served(bank, account) === undefined)
    return unknown;
  if (payment.lookupsLeft > 0) {
    await bank.journal.record({ type: 'looked-up', endToEndId });
    return unknown;
  }
  return xml('pain.002.001.10', statusReport([{ order: payment.order, status: statusOf(payment) }], bank.nowMs(bank.state.account(account))));
}

/** The account, where this link serves it. */
function served(bank: BankSimulator, accountNumber: string): Account | undefined {
  const account = bank.state.accounts.get(accountNumber);
  return account?.terms.link === undefined ? account : undefined;
}

/** The lines of an account: of one order, of the orders of one file, or all. */
async function entries(bank: BankSimulator, accountNumber: string, of: { readonly endToEndId: string; readonly messageId: string }): Promise<Reply> {
  const account = served(bank, accountNumber);
  if (account === undefined) return problem(404, 'NO_ACCOUNT', accountNumber);
  const asked = of.messageId === '' ? [of.endToEndId] : (bank.state.files.get(of.messageId) ?? ['-']);
  const ids = new Set(asked.filter((id) => id !== ''));
  const found = account.entries.filter((entry) => ids.size === 0 || (entry.endToEndId !== null && ids.has(entry.endToEndId)));
  return xml('camt.054.001.08', notification(account, `QRY${Date.now()}`, found, bank.nowMs(account)));
}

async function dayStatement(bank: BankSimulator, accountNumber: string, day: string): Promise<Reply> {
  const account = served(bank, accountNumber);
  if (account === undefined) return problem(404, 'NO_ACCOUNT', accountNumber);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return problem(400, 'DATE', day);
  const body = statement(account, day, bank.nowMs(account));
  return body === null ? problem(404, 'NO_STATEMENT', day) : xml('camt.053.001.08', body);
}

function checkName(bank: BankSimulator, raw: Buffer): Reply {
  let asked: { accountNumber?: unknown; name?: unknown };
  try {
    asked = JSON.parse(raw.toString('utf8')) as typeof asked;
  } catch {
    return problem(400, 'JSON', 'not JSON');
  }
  if (typeof asked.accountNumber !== 'string' || typeof asked.name !== 'string') return problem(400, 'FIELDS', 'accountNumber and name');
  const account = bank.state.accounts.get(asked.accountNumber);
  const result = account === undefined ? 'no-record' : account.terms.name === asked.name ? 'match' : 'mismatch';
  return { status: 200, type: JSON_TYPE, body: JSON.stringify({ accountNumber: asked.accountNumber, result }) };
}

async function xml(message: string, body: string): Promise<Reply> {
  return { status: 200, type: XML, body: await assertValid(message, body) };
}

function problem(status: number, code: string, message: string): Reply {
  return { status, type: JSON_TYPE, body: JSON.stringify({ code, message }) };
}

async function answer(bank: BankSimulator, req: Request, res: Response, reply: Reply): Promise<void> {
  await bank.journal.settled();
  const headers = await sealAnswer(bank.keys, reply.status, req.get('Bank-Nonce'), reply.body);
  res.status(reply.status).set(headers).set('Content-Type', reply.type).end(reply.body);
}
