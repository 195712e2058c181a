import { sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SignatureError } from '../../errors';
import type { KeyRing } from '../../keyRing';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** WeChat answers and callbacks older or younger than this are refused (APIv3, "signature verification"). */
const MAX_SKEW_SEC = 300;

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Signs with RSA-SHA256 (PKCS#1 v1.5) on the thread pool, so that thousands of gifts do not wait for one core.
 * @returns base64
 */
export async function signMessage(message: string, privateKey: KeyObject): Promise<string> {
  return (await signAsync('sha256', Buffer.from(message), privateKey)).toString('base64');
}

/** The string that a request is signed over. `target` is path and query exactly as sent; a GET has an empty body. */
export function requestMessage(method: string, target: string, timestampSec: number, nonce: string, body: string): string {
  return `${method}\n${target}\n${timestampSec}\n${nonce}\n${body}\n`;
}

/** The `Authorization` header of APIv3. */
export function authorization(merchantId: string, serial: string, timestampSec: number, nonce: string, signature: string): string {
  return (
    `WECHATPAY2-SHA256-RSA2048 mchid="${merchantId}",nonce_str="${nonce}",` +
    `timestamp="${timestampSec}",serial_no="${serial}",signature="${signature}"`
  );
}

/**
 * Verifies the `Wechatpay-*` headers of an answer or callback over its exact bytes (`timestamp\nnonce\nbody\n`).
 * A signature that starts with `WECHATPAY/SIGNTEST/` is the platform's deliberate probe; it fails like any other wrong one.
 * @throws {SignatureError} absent, stale, a serial that is unknown or whose time is over, or wrong.
 */
export function verifyMessage(rawBody: Buffer, headers: Headers, keys: KeyRing, nowMs: number): void {
  const timestamp = header(headers, 'wechatpay-timestamp');
  const nonce = header(headers, 'wechatpay-nonce');
  const signature = header(headers, 'wechatpay-signature');
  const serial = header(headers, 'wechatpay-serial');
  if (!/^\d{1,12}$/.test(timestamp)) throw new SignatureError('Wechatpay-Timestamp is not a Unix time');
  if (Math.abs(nowMs / 1000 - Number(timestamp)) >= MAX_SKEW_SEC) throw new SignatureError('the message is older than 300 s');
  if (signature.startsWith('WECHATPAY/SIGNTEST/')) throw new SignatureError('the platform probed with a wrong signature (SIGNTEST)');
  const key = keys.get(serial);
  if (key === undefined) throw new SignatureError(`unknown platform serial ${serial.slice(0, 60)}`);
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), rawBody, Buffer.from('\n')]);
  if (!verify('sha256', message, key, Buffer.from(signature, 'base64'))) throw new SignatureError('the signature does not hold');
}

function header(headers: Headers, name: string): string {
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name];
  if (typeof value !== 'string' || value === '') throw new SignatureError(`${name} is missing or repeated`);
  return value;
}
