import { constants, createCipheriv, createVerify, privateDecrypt, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { PlatformKeys } from './keys';

/** Requests whose timestamp is further away than this are refused, as by the real gateway. */
const CLOCK_SKEW_SECONDS = 300;

/** Who signed a request, or why it is refused. */
export type Caller = { readonly mchid: string } | { readonly refused: string };

/** Judges the `Authorization` header of a request over `METHOD\npath\nts\nnonce\nbody\n`. */
export function judgeRequest(keys: PlatformKeys, method: string, url: string, header: string | undefined, body: Buffer): Caller {
  const scheme = 'WECHATPAY2-SHA256-RSA2048 ';
  if (header === undefined || !header.startsWith(scheme)) return { refused: 'Authorization missing or of another scheme' };
  const part = new Map<string, string>();
  for (const match of header.slice(scheme.length).matchAll(/([a-z_]+)="([^"]*)"(?:,|$)/g)) part.set(match[1] ?? '', match[2] ?? '');
  const [mchid, nonce, timestamp, serial, signature] = ['mchid', 'nonce_str', 'timestamp', 'serial_no', 'signature'].map((name) => part.get(name));
  if (!mchid || !nonce || !timestamp || !serial || !signature) return { refused: 'Authorization is incomplete' };
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < CLOCK_SKEW_SECONDS)) return { refused: 'timestamp expired' };
  const key = keys.merchantKeys.get(serial);
  if (key === undefined) return { refused: 'unknown certificate serial' };
  const verifier = createVerify('RSA-SHA256');
  verifier.update(`${method}\n${url}\n${timestamp}\n${nonce}\n`).update(body).update('\n');
  return verifier.verify(key, signature, 'base64') ? { mchid } : { refused: 'signature mismatch' };
}

/** The `Wechatpay-*` headers over an answer or a callback. The thread pool signs. */
export async function platformHeaders(keys: PlatformKeys, body: string): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(16).toString('base64url');
  const signature = await rsaSha256(`${timestamp}\n${nonce}\n${body}\n`, keys.platformKey);
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': signature,
    'Wechatpay-Serial': keys.platformKeyId,
  };
}

/** Seals the `resource` of a callback with AEAD_AES_256_GCM. */
export function sealResource(keys: PlatformKeys, originalType: string, plaintext: string): Record<string, string> {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', keys.apiV3Key, Buffer.from(nonce, 'latin1'));
  cipher.setAAD(Buffer.from(originalType, 'latin1'));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    original_type: originalType,
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: originalType,
    nonce,
  };
}

/** @returns what a field was sealed over (RSA-OAEP, SHA-1); null where it was not sealed for us. */
export function openField({ platformKey }: PlatformKeys, sealed: unknown): string | null {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: platformKey, padding, oaepHash: 'sha1' }, Buffer.from(String(sealed), 'base64')).toString('utf8');
  } catch {
    return null;
  }
}

function rsaSha256(text: string, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(text, 'utf8'), key, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64'));
    });
  });
}
