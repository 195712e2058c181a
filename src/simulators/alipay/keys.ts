import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The gateway's side of the keys. */
export interface GatewayKeys {
  readonly gatewayKey: KeyObject;
  /** The applications' public keys by app_id. */
  readonly appKeys: ReadonlyMap<string, KeyObject>;
}

/** Reads what `ensureSandboxKeys` wrote for this side. */
export function loadGatewayKeys(keysDir: string): GatewayKeys {
  const { appKeys } = JSON.parse(readFileSync(path.join(keysDir, 'alipay.json'), 'utf8')) as { appKeys: Record<string, string> };
  return {
    gatewayKey: createPrivateKey(readFileSync(path.join(keysDir, 'alipay-gateway.pem'))),
    appKeys: new Map(Object.entries(appKeys).map(([appId, pem]) => [appId, createPublicKey(pem)])),
  };
}
