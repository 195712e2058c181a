import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const CLOCK_SKEW_SECONDS = 300;

/** The headers that TC3-HMAC-SHA256 looks at. */
export interface Tc3Headers {
  readonly authorization: string;
  readonly host: string;
  readonly contentType: string;
  readonly action: string;
  readonly timestamp: string;
}

/** @returns an error code of the real gateway (`AuthFailure.…`) or null when the signature holds. */
export function authFailure(secretId: string, secretKey: string, headers: Tc3Headers, body: Buffer): string | null {
  const match =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d{2}-\d{2})\/([a-z]+)\/tc3_request, ?SignedHeaders=([a-z;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization,
    );
  if (match === null) return 'AuthFailure.InvalidAuthorization';
  const [, id = '', date = '', service = '', signedHeaders = '', signature = ''] = match;
  if (id !== secretId) return 'AuthFailure.SecretIdNotFound';
  const seconds = Number(headers.timestamp);
  if (!(Math.abs(Date.now() / 1000 - seconds) <= CLOCK_SKEW_SECONDS)) return 'AuthFailure.SignatureExpire';
  if (date !== new Date(seconds * 1000).toISOString().slice(0, 10) || service !== 'faceid') return 'AuthFailure.SignatureFailure';
  const values: Record<string, string> = { 'content-type': headers.contentType, host: headers.host, 'x-tc-action': headers.action.toLowerCase() };
  const names = signedHeaders.split(';');
  if (!names.includes('content-type') || !names.includes('host') || names.some((name) => values[name] === undefined)) {
    return 'AuthFailure.SignatureFailure';
  }
  const lines = names.map((name) => `${name}:${values[name]}\n`).join('');
  const canonical = `POST\n/\n\n${lines}\n${signedHeaders}\n${sha256(body)}`;
  const scope = `${date}/${service}/tc3_request`;
  const text = `TC3-HMAC-SHA256\n${headers.timestamp}\n${scope}\n${sha256(Buffer.from(canonical))}`;
  const key = [date, service, 'tc3_request'].reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`TC3${secretKey}`));
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex')) ? null : 'AuthFailure.SignatureFailure';
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
