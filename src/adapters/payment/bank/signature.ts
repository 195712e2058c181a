import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SignatureError } from '../../errors';
import type { KeyRing } from '../../keyRing';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** Messages whose timestamp is further away are refused. */
const MAX_SKEW_SEC = 300;

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a detached signature of the link covers: a head (method and target, or status), time, nonce and the body's digest. */
function message(head: string, timestampSec: string, nonce: string, body: Buffer): Buffer {
  return Buffer.from(`${head}\n${timestampSec}\n${nonce}\n${createHash('sha256').update(body).digest('hex')}\n`);
}

/** The `Bank-*` headers of a request: RSA-SHA256 (PKCS#1 v1.5) over `METHOD\npath?query\ntimestamp\nnonce\nsha256hex(body)\n`. */
export async function signedHeaders(
  keyId: string,
  privateKey: KeyObject,
  method: string,
  target: string,
  nonce: string,
  body: Buffer,
): Promise<Record<string, string>> {
  const timestampSec = String(Math.floor(Date.now() / 1000));
  const signature = await signAsync('sha256', message(`${method}\n${target}`, timestampSec, nonce, body), privateKey);
  return {
    'bank-key-id': keyId,
    'bank-timestamp': timestampSec,
    'bank-nonce': nonce,
    'bank-signature': signature.toString('base64'),
  };
}

/**
 * Verifies an answer: `status\ntimestamp\nnonce\nsha256hex(body)\n`, under the nonce of our request, so that an old answer
 * cannot stand in for this one.
 * @throws {SignatureError}
 */
export function verifyAnswer(keys: KeyRing, status: number, nonce: string, body: Buffer, headers: Headers): void {
  if (header(headers, 'bank-nonce') !== nonce) throw new SignatureError('the answer belongs to another request');
  verifyHead(keys, String(status), body, headers);
}

/**
 * Verifies a push, which the bank signs like a request. `Bank-Target` repeats the path and query that it signed: a proxy
 * between may have changed the path that we see.
 * @throws {SignatureError}
 */
export function verifyPush(keys: KeyRing, body: Buffer, headers: Headers): void {
  verifyHead(keys, `POST\n${header(headers, 'bank-target')}`, body, headers);
}

function verifyHead(keys: KeyRing, head: string, body: Buffer, headers: Headers): void {
  const timestampSec = header(headers, 'bank-timestamp');
  const key = keys.get(header(headers, 'bank-key-id'));
  if (key === undefined) throw new SignatureError('unknown bank key');
  if (!/^\d{1,12}$/.test(timestampSec)) throw new SignatureError('Bank-Timestamp is not a Unix time');
  if (Math.abs(Date.now() / 1000 - Number(timestampSec)) > MAX_SKEW_SEC) throw new SignatureError('the message is older than 300 s');
  const signature = Buffer.from(header(headers, 'bank-signature'), 'base64');
  if (!verify('sha256', message(head, timestampSec, header(headers, 'bank-nonce'), body), key, signature)) {
    throw new SignatureError('the signature does not hold');
  }
}

function header(headers: Headers, name: string): string {
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name];
  if (typeof value !== 'string' || value === '') throw new SignatureError(`${name} is missing or repeated`);
  return value;
}
