import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chinaStamp } from './stamps';
import type { CmbKeys } from './keys';
import { sign, verifies } from './sm2';

const HOLE = '__signature_sigdat__';
const SKEW_MS = 300_000;

/** What a user asked: function, its request's id, and the body. */
export interface Asked {
  readonly funcode: string;
  readonly reqid: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Why the gate does not let a request in. Such words go out in the clear. */
export class Refused extends Error {}

const idOf = (uid: string): string => `${uid}0000000000000000`.slice(0, 16);

/** The text that a signature is over: every object's keys in order. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const of = value as Record<string, unknown>;
  const members = Object.keys(of).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${text(of[name])}`).join(',')}}`;
}

/** Opens a request: decrypts, verifies, and holds it against the form's own fields. @throws {Refused} */
export function openRequest(keys: CmbKeys, form: URLSearchParams): Asked {
  const [uid, funcode] = [form.get('UID') ?? '', form.get('FUNCODE') ?? ''];
  if (uid !== keys.uid) throw new Refused('UID is not a user of this link');
  if (form.get('ALG') !== 'SM') throw new Refused('ALG is not SM');
  const message = decrypt(keys, form.get('DATA') ?? '');
  const { request, signature } = message as {
    request?: { head?: Record<string, string>; body?: Asked['body'] };
    signature?: { sigdat?: string; sigtim?: string };
  };
  const head = request?.head;
  if (!head || !request.body || !signature?.sigdat || !signature.sigtim) throw new Refused('head, body or signature is missing');
  const signed = Buffer.from(text({ ...(message as object), signature: { ...signature, sigdat: HOLE } }));
  const bytes = Buffer.from(signature.sigdat, 'base64');
  if (!keys.clientKeys.some((key) => verifies(signed, bytes, idOf(uid), key))) throw new Refused('the signature does not hold');
  if (Math.abs(Date.now() - readStamp(signature.sigtim)) > SKEW_MS) throw new Refused('sigtim is too far away');
  if (head.userid !== uid || head.funcode !== funcode) throw new Refused('head and form differ');
  const reqid = head.reqid ?? '';
  if (!/^\d{17}[0-9A-Za-z]{1,34}$/.test(reqid)) throw new Refused('reqid is a time to the millisecond and 1 to 34 characters');
  return { funcode, reqid, body: request.body };
}

/** Seals an answer to a request. @returns the base64 that is the whole HTTP body. */
export function sealAnswer(keys: CmbKeys, asked: Asked, resultcode: string, resultmsg: string, body: object): string {
  const head = {
    bizcode: '',
    funcode: asked.funcode,
    reqid: asked.reqid,
    resultcode,
    resultmsg,
    rspid: randomBytes(12).toString('hex'),
    userid: keys.uid,
  };
  return seal(keys, { response: { body, head } });
}

/** A push as a form. */
export function sealPush(keys: CmbKeys, funcode: string, reqid: string, body: object): string {
  const data = seal(keys, { request: { body, head: { funcode, reqid, userid: keys.uid } } });
  return new URLSearchParams({ UID: keys.uid, ALG: 'SM', FUNCODE: funcode, DATA: data }).toString();
}

function seal(keys: CmbKeys, message: object): string {
  const sigtim = chinaStamp(Date.now());
  const id = idOf(keys.uid);
  const sigdat = sign(Buffer.from(text({ ...message, signature: { sigdat: HOLE, sigtim } })), id, keys.privateKey).toString('base64');
  const cipher = createCipheriv('sm4-cbc', Buffer.from(keys.sm4Key, 'hex'), id);
  return cipher.update(text({ ...message, signature: { sigdat, sigtim } }), 'utf8', 'base64') + cipher.final('base64');
}

function decrypt(keys: CmbKeys, data: string): unknown {
  try {
    const decipher = createDecipheriv('sm4-cbc', Buffer.from(keys.sm4Key, 'hex'), idOf(keys.uid));
    return JSON.parse(decipher.update(data, 'base64', 'utf8') + decipher.final('utf8'));
  } catch {
    throw new Refused('DATA does not open');
  }
}

function readStamp(stamp: string): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00')) || 0;
}
