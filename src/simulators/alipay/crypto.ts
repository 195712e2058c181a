import { sign, verify, type KeyObject } from 'node:crypto';

export type Params = Readonly<Record<string, string>>;

/** Parameters that have a value, but those left out, sorted and joined: what RSA2 is over. */
function contentOf(params: Params, leftOut: readonly string[]): string {
  const names = Object.keys(params).filter((name) => params[name] !== '' && !leftOut.includes(name));
  return names
    .sort()
    .map((name) => `${name}=${params[name] ?? ''}`)
    .join('&');
}

/** Whether a request carries its application's RSA2 signature over every parameter but `sign`. */
export function isSignedBy(params: Params, key: KeyObject): boolean {
  return verify('RSA-SHA256', Buffer.from(contentOf(params, ['sign'])), key, Buffer.from(params['sign'] ?? '', 'base64'));
}

/** Signs a notice: `sign_type` is no part of what is signed. */
export async function signedNotice(params: Params, key: KeyObject): Promise<Record<string, string>> {
  return { ...params, sign_type: 'RSA2', sign: await rsa2(contentOf(params, ['sign', 'sign_type']), key) };
}

/** SHA256withRSA, base64. The thread pool signs. */
export function rsa2(text: string, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(text, 'utf8'), key, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64'));
    });
  });
}
