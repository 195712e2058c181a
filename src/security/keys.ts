import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureRing, type KeyRing, loadRing } from './keyRing';
import { type KeyVault, ringVault } from './vault';

/** The house's own keys: encryption of personal data, keyed look-up, and the signature under the audit chain's head. */
export interface HouseKeys {
  /** Wraps each person's data key. */
  readonly vault: KeyVault;
  /** HMAC-SHA-256 key for finding encrypted values by equality. */
  readonly lookupKey: Buffer;
  /** Ed25519; signs the audit chain's anchors. */
  readonly anchorKey: KeyObject;
  /** What Temporal keeps of workflows is sealed under them. */
  readonly payloadKeys: KeyRing;
}

/** The ring whose keys `almoner keys` rotates. */
export const KEY_ENCRYPTION_KEYS = 'key-encryption-key';
const FILES = { lookup: 'lookup-key', anchor: 'audit-anchor.pem', payload: 'temporal-payload-key' } as const;

/** Makes the keys that are missing, at first start; those that stand are never changed. @param keysDir created with mode 0700. */
export function ensureHouseKeys(keysDir: string): void {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const once = (file: string, make: () => string | Buffer): void => {
    const path = join(keysDir, file);
    // `wx`: of two that start at once, one makes the key and the other reads it.
    if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600, flag: 'wx' });
  };
  ensureRing(keysDir, KEY_ENCRYPTION_KEYS);
  ensureRing(keysDir, FILES.payload);
  once(FILES.lookup, () => randomBytes(32).toString('base64'));
  once(FILES.anchor, () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** @throws when a key is missing: the data under it could not be read, so nothing starts with a new one. */
export function loadHouseKeys(keysDir: string): HouseKeys {
  const read = (file: string): string => readFileSync(join(keysDir, file), 'utf8');
  return {
    vault: ringVault(() => loadRing(keysDir, KEY_ENCRYPTION_KEYS)),
    lookupKey: Buffer.from(read(FILES.lookup), 'base64'),
    anchorKey: createPrivateKey(read(FILES.anchor)),
    payloadKeys: loadRing(keysDir, FILES.payload),
  };
}
