import { createHash, randomBytes } from 'node:crypto';

/** @returns a new secret of 192 random bits; its beginning says what it opens, so that a leaked one can be recognised. */
export function newSecret(kind: string): string {
  return `alm_${kind}_${randomBytes(24).toString('base64url')}`;
}

/** What the token of a log-in begins with. */
export const SESSION_PREFIX = 'alm_session_';

/** @returns what is stored of a secret: it is random enough that a plain hash cannot be guessed back. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
