import { createHash, createHmac } from 'node:crypto';

export interface Tc3Request {
  readonly secretId: string;
  readonly secretKey: string;
  readonly service: string;
  readonly host: string;
  readonly action: string;
  readonly timestampSec: number;
  readonly payload: string;
  /** Whether x-tc-action is signed too; Tencent accepts both. */
  readonly signAction: boolean;
}

export const CONTENT_TYPE = 'application/json; charset=utf-8';

/** The `Authorization` header of Tencent Cloud's TC3-HMAC-SHA256 for a POST to `/` (API documentation, "Signature Method v3"). */
export function tc3Authorization(request: Tc3Request): string {
  const date = new Date(request.timestampSec * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${request.service}/tc3_request`;
  const { canonical, signedHeaders } = canonicalRequest(request);
  const text = `TC3-HMAC-SHA256\n${request.timestampSec}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(hmac(hmac(hmac(`TC3${request.secretKey}`, date), request.service), 'tc3_request'), text).toString('hex');
  return `TC3-HMAC-SHA256 Credential=${request.secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** The canonical request, and which headers it covers. */
export function canonicalRequest(request: Tc3Request): { readonly canonical: string; readonly signedHeaders: string } {
  const action = request.signAction ? `x-tc-action:${request.action.toLowerCase()}\n` : '';
  const signedHeaders = request.signAction ? 'content-type;host;x-tc-action' : 'content-type;host';
  const headers = `content-type:${CONTENT_TYPE}\nhost:${request.host}\n${action}`;
  return { canonical: `POST\n/\n\n${headers}\n${signedHeaders}\n${sha256(request.payload)}`, signedHeaders };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
