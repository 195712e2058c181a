import { SignatureError } from '../../errors';
import { holds, type Params, signContent } from './signature';
import type { AlipayTransport } from './transport';

/**
 * Verifies a callback (form POST) and decodes it once. `sign` and `sign_type` are not part of what is signed (some products sign with `sign_type`: then that holds).
 * A callback has no age of its own: the provider repeats it for 25 hours, and what it proves is taken once.
 * @throws {SignatureError} of an application that is not ours, not signed with RSA2, not authentic, or with a name that stands twice.
 */
export function readSignedForm(rawBody: Buffer, transport: AlipayTransport): Params {
  const params = readForm(rawBody);
  const keys = transport.keysOf(params.app_id ?? '');
  if (keys === undefined) throw new SignatureError('an application that is not ours');
  if (params.sign_type !== 'RSA2' || !params.sign) throw new SignatureError('not signed with RSA2');
  const { sign } = params;
  if (![['sign_type'], []].some((without) => holds(signContent(params, without), sign, keys)))
    throw new SignatureError('the signature does not hold');
  return params;
}

/** @throws {SignatureError} a name that stands twice: nobody could say which value was signed. */
function readForm(rawBody: Buffer): Params {
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    if (name in params) throw new SignatureError(`${name.slice(0, 40)} is repeated`);
    params[name] = value;
  }
  return params;
}
