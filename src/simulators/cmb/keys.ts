import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The bank's side of the direct link's keys, hexadecimal. */
export interface CmbKeys {
  readonly uid: string;
  readonly privateKey: string;
  readonly clientKeys: readonly string[];
  readonly sm4Key: string;
}

/** Reads what `ensureSandboxKeys` wrote for this side. @returns null where it wrote none: then the link answers nobody. */
export function loadCmbKeys(keysDir: string): CmbKeys | null {
  const file = path.join(keysDir, 'cmb.json');
  if (!existsSync(file)) return null;
  const { uid, clientKeys, sm4Key } = JSON.parse(readFileSync(file, 'utf8')) as Omit<CmbKeys, 'privateKey'>;
  return { uid, clientKeys, sm4Key, privateKey: readFileSync(path.join(keysDir, 'cmb-server.key'), 'utf8').trim() };
}
