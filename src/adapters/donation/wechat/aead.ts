import { createDecipheriv } from 'node:crypto';
import { MessageError } from '../../errors';

const TAG_BYTES = 16;

/** The encrypted part of a callback (`resource`). */
export interface EncryptedResource {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data?: string | undefined;
}

/**
 * Decrypts AEAD_AES_256_GCM: key = the 32 ASCII bytes of the APIv3 key, IV = `nonce` (12 bytes), AAD = `associated_data`,
 * the last 16 bytes of the ciphertext are the tag.
 * @returns the plaintext. @throws {MessageError} wrong key, nonce or data, or anything altered.
 */
export function decryptResource(resource: EncryptedResource, apiV3Key: string): string {
  const key = Buffer.from(apiV3Key, 'ascii');
  if (key.length !== 32) throw new MessageError('the APIv3 key must have 32 bytes');
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  if (sealed.length < TAG_BYTES) throw new MessageError('the ciphertext is shorter than its tag');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(resource.nonce), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    decipher.setAAD(Buffer.from(resource.associated_data ?? ''));
    return decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)).toString('utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new MessageError('the resource does not decrypt', { cause });
  }
}
