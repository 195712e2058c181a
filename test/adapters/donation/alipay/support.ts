import { createPrivateKey, sign } from 'node:crypto';
import { type Params, signContent } from '../../../../src/adapters/donation/alipay/signature';

/** A callback as Alipay sends it: signed without `sign_type`, then URL-encoded. */
export function aForm(params: Params, privateKey: string): Buffer {
  const all = { ...params, sign_type: 'RSA2' };
  return Buffer.from(new URLSearchParams({ ...all, sign: rsa2(signContent(all, ['sign_type']), privateKey) }).toString());
}

/** SHA256withRSA, base64. */
export function rsa2(content: string, privateKey: string): string {
  return sign('sha256', Buffer.from(content), createPrivateKey(privateKey)).toString('base64');
}
