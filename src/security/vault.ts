import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './keyRing';

/**
 * Where key-encryption keys live. Data keys of persons, and what belongs to the house itself, are wrapped by it and never lie unwrapped. The first adapter
 * keeps its keys in files; one for an HSM or a key service unseals its ring when the process starts, and answers the same two questions.
 */
export interface KeyVault {
  /** The number of the key that new things are wrapped under. */
  readonly current: number;
  /** @param purpose is bound: what was wrapped for another purpose does not open. */
  wrap(plain: Buffer, purpose: string): Buffer;
  /** @throws when the key it was wrapped under is not here, or a single bit is not the one that was wrapped. */
  unwrap(wrapped: Buffer, purpose: string): Buffer;
  /** @returns the number of the key that this was wrapped under. */
  keyOf(wrapped: Buffer): number;
}

/** Before keys had numbers: version byte, nonce, tag, body, under the first key. */
const UNNUMBERED = 1;
/** Version byte, the key's number (two bytes), nonce, tag, body. */
const NUMBERED = 2;

/**
 * @param load reads the ring; again when something is under a key that was made since.
 * @returns the vault over a ring of AES-256 keys: AES-256-GCM with the purpose as additional data.
 */
export function ringVault(load: () => KeyRing): KeyVault {
  let ring = load();
  const keyOf = (wrapped: Buffer): number => {
    if (wrapped[0] === UNNUMBERED) return 1;
    if (wrapped[0] === NUMBERED) return wrapped.readUInt16BE(1);
    throw new Error(`Wrapped in an unknown version ${wrapped[0]}`);
  };
  return {
    get current() {
      return ring.current;
    },
    keyOf,
    wrap: (plain, purpose) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', ring.keys.get(ring.current)!, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      const head = Buffer.from([NUMBERED, ring.current >> 8, ring.current & 255]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
    },
    unwrap: (wrapped, purpose) => {
      const number = keyOf(wrapped);
      if (!ring.keys.has(number)) ring = load();
      const key = ring.keys.get(number);
      if (!key) throw new Error(`Key-encryption key ${number} is not here`);
      const rest = wrapped.subarray(wrapped[0] === UNNUMBERED ? 1 : 3);
      const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(0, 12)).setAAD(Buffer.from(purpose)).setAuthTag(rest.subarray(12, 28));
      return Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()]);
    },
  };
}
