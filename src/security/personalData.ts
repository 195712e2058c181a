import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { DomainError } from '../domain/errors';
import type { HouseKeys } from './keys';

const VERSION = 1;

/** AES-256-GCM: version byte, 12-byte nonce, 16-byte tag, ciphertext. `purpose` is bound as additional data, so a value moved to another column does not open. */
function seal(key: Buffer, plain: Buffer, purpose: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
}

function open(key: Buffer, sealed: Buffer, purpose: string): Buffer {
  if (sealed[0] !== VERSION) throw new Error(`Sealed value of unknown version ${sealed[0]}`);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13)).setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(13, 29));
  return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
}

/** A person's own data key: what is sealed with it is gone when the wrapped key is destroyed. */
export class PersonKey {
  constructor(private readonly key: Buffer) {}

  seal(text: string, purpose: string): Buffer {
    return seal(this.key, Buffer.from(text, 'utf8'), purpose);
  }

  open(sealed: Buffer, purpose: string): string {
    return open(this.key, sealed, purpose).toString('utf8');
  }

  /** As `seal`, for the bytes of a file. */
  sealBytes(bytes: Buffer, purpose: string): Buffer {
    return seal(this.key, bytes, purpose);
  }

  /** As `open`, for the bytes of a file. @throws when key, purpose or a single bit is not the one that was sealed. */
  openBytes(sealed: Buffer, purpose: string): Buffer {
    return open(this.key, sealed, purpose);
  }
}

/** What is read where a person's data was. */
export const DELETED = '已删除 / deleted';

/** In the place of a key that was destroyed: texts read as deleted, nothing new is sealed, no file opens. */
class DestroyedKey extends PersonKey {
  constructor() {
    super(Buffer.alloc(0));
  }

  override open(): string {
    return DELETED;
  }

  override seal(): never {
    throw gone();
  }

  override sealBytes(): never {
    throw gone();
  }

  override openBytes(): never {
    throw gone();
  }
}

const gone = (): DomainError => new DomainError('person.deleted', { zh: '该人员的信息已删除', en: "This person's data was deleted" });

/** Encryption and keyed look-up of personal data. */
export class PersonalData {
  constructor(private readonly keys: Pick<HouseKeys, 'vault' | 'lookupKey'>) {}

  /** @returns a new person's key, and the form of it that is stored. */
  newPersonKey(): { key: PersonKey; wrapped: Buffer } {
    const raw = randomBytes(32);
    return { key: new PersonKey(raw), wrapped: this.keys.vault.wrap(raw, 'person-key') };
  }

  /** @param wrapped null where it was destroyed. */
  personKey(wrapped: Buffer | null): PersonKey {
    if (wrapped === null) return new DestroyedKey();
    return new PersonKey(this.keys.vault.unwrap(wrapped, 'person-key'));
  }

  /** For what belongs to an institution, not to a person. */
  sealForHouse(text: string, purpose: string): Buffer {
    return this.keys.vault.wrap(Buffer.from(text, 'utf8'), purpose);
  }

  openForHouse(sealed: Buffer, purpose: string): string {
    return this.keys.vault.unwrap(sealed, purpose).toString('utf8');
  }

  /** @returns the keyed hash that an encrypted value is found by. @param kind keeps equal texts of different kinds apart. */
  lookup(kind: string, text: string): Buffer {
    return createHmac('sha256', this.keys.lookupKey).update(`${kind}\n${text}`).digest();
  }
}

/** @returns the last four characters behind stars, for screens and logs that must not show the rest. */
export function masked(text: string): string {
  return text.length <= 4 ? '****' : `****${text.slice(-4)}`;
}
