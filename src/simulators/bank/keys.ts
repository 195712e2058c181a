import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The bank's side of the link's keys. */
export interface BankKeys {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly clients: ReadonlyMap<string, KeyObject>;
}

/** Reads what `ensureSandboxKeys` wrote for this side. */
export function loadBankKeys(keysDir: string): BankKeys {
  const file = JSON.parse(readFileSync(path.join(keysDir, 'bank.json'), 'utf8')) as { keyId: string; clientKeys: Record<string, string> };
  return {
    keyId: file.keyId,
    privateKey: createPrivateKey(readFileSync(path.join(keysDir, 'bank-server.pem'))),
    clients: new Map(Object.entries(file.clientKeys).map(([id, pem]) => [id, createPublicKey(pem)])),
  };
}
