import type { Request, Response } from 'express';
import { bodyOf } from '../support/http';
import { judgeRequest, platformHeaders } from './crypto';
import type { Reply } from './orders';
import type { WechatSimulator } from './simulator';

/** Whoever signed the call does it; nobody else is listened to. */
export async function authenticated(simulator: WechatSimulator, req: Request, work: (mchid: string, req: Request) => Promise<Reply>): Promise<Reply> {
  const caller = judgeRequest(simulator.keys, req.method, req.originalUrl, req.get('authorization'), bodyOf(req));
  if ('refused' in caller) return { status: 401, body: { code: 'SIGN_ERROR', message: caller.refused } };
  if (!simulator.state.merchants.has(caller.mchid)) return { status: 400, body: { code: 'MCH_NOT_EXISTS', message: '商户号不存在' } };
  return work(caller.mchid, req);
}

/** Answers signed; `spoilt`: under a signature over something else. */
export async function answer(simulator: WechatSimulator, res: Response, reply: Reply, spoilt = false): Promise<void> {
  const body = reply.body === null ? '' : JSON.stringify(reply.body);
  const [headers] = await Promise.all([platformHeaders(simulator.keys, spoilt ? `${body} ` : body), simulator.journal.settled()]);
  res.status(reply.status).set(headers);
  if (body === '') res.end();
  else res.type('application/json').end(body);
}
