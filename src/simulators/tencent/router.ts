import { randomUUID } from 'node:crypto';
import express, { type Request, type Router } from 'express';
import { bodyOf, rawBody } from '../support/http';
import { authFailure } from './signature';
import type { Person, TencentSimulator } from './simulator';

/** `Result` of IdCardVerification with its description. */
const RESULTS = {
  match: ['0', '姓名和身份证号一致'],
  mismatch: ['-1', '姓名和身份证号不一致'],
  'bad-id': ['-2', '非法身份证号'],
  'bad-name': ['-3', '非法姓名'],
  'no-record': ['-5', '证件库中无此身份证记录'],
} as const;

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
  if (header('X-TC-Action') !== 'IdCardVerification') return error('InvalidAction', header('X-TC-Action'));
  return verify(tencent, body);
}

function verify(tencent: TencentSimulator, body: Buffer): object {
  let asked: { IdCard?: unknown; Name?: unknown };
  try {
    asked = JSON.parse(body.toString('utf8')) as typeof asked;
  } catch {
    return error('InvalidParameter', 'not JSON');
  }
  const { IdCard: idNumber, Name: name } = asked;
  if (typeof idNumber !== 'string' || typeof name !== 'string') return error('MissingParameter', 'IdCard and Name');
  if (!/^\d{17}[\dXx]$/.test(idNumber)) return result('bad-id');
  if (name.trim() === '') return result('bad-name');
  const person = tencent.people.get(idNumber.toUpperCase());
  if (person === undefined) return result('no-record');
  if (person.answer === 'unavailable') return error('InternalError', '服务内部错误');
  return result(answerFor(person, name));
}

/** A person who would match does so only under the registered name. */
function answerFor(person: Person, name: string): 'match' | 'mismatch' | 'no-record' {
  if (person.answer === 'match') return person.name === name ? 'match' : 'mismatch';
  return person.answer === 'mismatch' ? 'mismatch' : 'no-record';
}

function result(kind: keyof typeof RESULTS): object {
  const [Result, Description] = RESULTS[kind];
  return { Result, Description };
}

function error(Code: string, Message: string): object {
  return { Error: { Code, Message } };
}
