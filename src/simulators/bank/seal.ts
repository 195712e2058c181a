import { createHash, createVerify, randomBytes, sign } from 'node:crypto';
import type { BankKeys } from './keys';

const CLOCK_SKEW_SECONDS = 300;

/** A request's signature headers, as received. */
export interface Seal {
  readonly keyId: string | undefined;
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
  readonly signature: string | undefined;
}

/** Remembers nonces for as long as their timestamps would be accepted. */
export class Nonces {
  private readonly seen = new Map<string, number>();

  /** @returns false when the nonce was used before. */
  take(keyId: string, nonce: string, nowMs: number): boolean {
    for (const [used, untilMs] of this.seen) {
      if (untilMs > nowMs) break;
      this.seen.delete(used);
    }
    const key = `${keyId} ${nonce}`;
    if (this.seen.has(key)) return false;
    this.seen.set(key, nowMs + 2 * CLOCK_SKEW_SECONDS * 1000);
    return true;
  }
}

/** Judges a request over `METHOD\npath?query\ntimestamp\nnonce\nsha256hex(body)\n`. @returns null, or why it is refused. */
export function refuse(keys: BankKeys, nonces: Nonces, method: string, url: string, seal: Seal, body: Buffer): string | null {
  const { keyId, timestamp, nonce, signature } = seal;
  if (!keyId || !timestamp || !nonce || !signature) return 'the request is not signed';
  const key = keys.clients.get(keyId);
  if (key === undefined) return 'unknown key';
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= CLOCK_SKEW_SECONDS)) return 'the timestamp is too far away';
  const verifier = createVerify('RSA-SHA256');
  verifier.update(`${method}\n${url}\n${timestamp}\n${nonce}\n${digest(body)}\n`);
  if (!verifier.verify(key, signature, 'base64')) return 'the signature does not hold';
  return nonces.take(keyId, nonce, Date.now()) ? null : 'the nonce was used before';
}

/** Signs an answer over `status\ntimestamp\nnonce\nsha256hex(body)\n`; the nonce is the request's, which ties the two together. */
export function sealAnswer(keys: BankKeys, status: number, requestNonce: string | undefined, body: string): Promise<Record<string, string>> {
  return seal(keys, `${status}\n`, requestNonce || randomBytes(12).toString('hex'), body);
}

/** Signs a push like a request; `Bank-Target` repeats the path and query that were signed. */
export async function sealPush(keys: BankKeys, url: string, body: string): Promise<Record<string, string>> {
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  return { ...(await seal(keys, `POST\n${target}\n`, randomBytes(12).toString('hex'), body)), 'Bank-Target': target };
}

function seal(keys: BankKeys, head: string, nonce: string, body: string): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const text = `${head}${timestamp}\n${nonce}\n${digest(Buffer.from(body))}\n`;
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(text), keys.privateKey, (error, signature) => {
      if (error) return reject(error);
      resolve({ 'Bank-Key-Id': keys.keyId, 'Bank-Timestamp': timestamp, 'Bank-Nonce': nonce, 'Bank-Signature': signature.toString('base64') });
    });
  });
}

function digest(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
