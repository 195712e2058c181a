import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The platform's side of the keys. */
export interface PlatformKeys {
  readonly platformKeyId: string;
  readonly platformKey: KeyObject;
  readonly apiV3Key: Buffer;
  /** Public keys of the merchants' certificates by serial. */
  readonly merchantKeys: ReadonlyMap<string, KeyObject>;
}

/** Reads what `ensureSandboxKeys` wrote for this side. */
export function loadPlatformKeys(keysDir: string): PlatformKeys {
  const file = JSON.parse(readFileSync(path.join(keysDir, 'wechat.json'), 'utf8')) as {
    platformKeyId: string;
    apiV3Key: string;
    merchantKeys: Record<string, string>;
  };
  return {
    platformKeyId: file.platformKeyId,
    platformKey: createPrivateKey(readFileSync(path.join(keysDir, 'wechat-platform.pem'))),
    apiV3Key: Buffer.from(file.apiV3Key, 'latin1'),
    merchantKeys: new Map(Object.entries(file.merchantKeys).map(([serial, pem]) => [serial, createPublicKey(pem)])),
  };
}
