import { randomUUID } from 'node:crypto';
import express, { type Request, type Router } from 'express';
import { bodyOf, rawBody } from '../support/http';
import { authFailure } from './signature';
import { ACTIONS, type Action, type Elements, type Result } from './actions';
import type { TencentSimulator } from './simulator';

/** `POST /` with X-TC-Action, as faceid.tencentcloudapi.com answers it: always HTTP 200, errors in `Response.Error`. */
export function tencentRouter(tencent: TencentSimulator): Router {
  const router = express.Router();
  router.use(rawBody);
  router.post('/', async (req, res) => {
    await tencent.journal.settled();
    res.json({ Response: { ...respond(tencent, req), RequestId: randomUUID() } });
  });
  return router;
}

function respond(tencent: TencentSimulator, req: Request): object {
  const header = (name: string): string => req.get(name) ?? '';
  const body = bodyOf(req);
  const signed = {
    authorization: header('Authorization'),
    host: header('Host'),
    contentType: header('Content-Type'),
    action: header('X-TC-Action'),
    timestamp: header('X-TC-Timestamp'),
  };
  const failure = authFailure(tencent.secretId, tencent.secretKey, signed, body);
  if (failure !== null) return error(failure, 'The provided credentials could not be validated.');
  if (header('X-TC-Version') !== '2018-03-01') return error('InvalidParameterValue', 'X-TC-Version');
  const action = ACTIONS[header('X-TC-Action')];
  if (action === undefined) return error('InvalidAction', header('X-TC-Action'));
  return verify(tencent, action, body);
}

function verify(tencent: TencentSimulator, action: Action, body: Buffer): object {
  let asked: Record<string, unknown>;
  try {
    asked = JSON.parse(body.toString('utf8')) as typeof asked;
  } catch {
    return error('InvalidParameter', 'not JSON');
  }
  const missing = action.needs.filter((name) => typeof asked[name] !== 'string');
  if (missing.length > 0) return error('MissingParameter', missing.join(' and '));
  const elements = asked as Elements;
  const bad = action.badForm(elements);
  if (bad !== null) return result(bad);
  const person = tencent.people.get(elements.IdCard.toUpperCase());
  if (person?.answer === 'unavailable') return error('InternalError', '服务内部错误');
  return result(action.answer(person, elements));
}

function result([Result, Description]: Result): object {
  return { Result, Description };
}

function error(Code: string, Message: string): object {
  return { Error: { Code, Message } };
}
