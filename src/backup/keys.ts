import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files';

/** Without these the restored data cannot be read or proven: personal data, look-ups, anchors. Temporal's key is not needed: its data is not restored. */
const NEEDED = /^(key-encryption-key(\.\d+)?|lookup-key|audit-anchor\.pem)$/;

const fingerprint = (file: string): string => createHash('sha256').update('almoner-key\n').update(readFileSync(file)).digest('hex');

/** @returns a fingerprint of each key that a restore will need. The keys are random, so a hash says nothing of them. */
export async function fingerprintsOf(keysDir: string): Promise<Record<string, string>> {
  const names = (await filesBelow(keysDir)).filter((name) => NEEDED.test(name));
  return Object.fromEntries(names.map((name) => [name, fingerprint(path.join(keysDir, name))]));
}

/** @returns the keys that are missing here, or are others. */
export function keysThatDiffer(keysDir: string, fingerprints: Readonly<Record<string, string>>): string[] {
  return Object.entries(fingerprints)
    .filter(([name, expected]) => !existsSync(path.join(keysDir, name)) || fingerprint(path.join(keysDir, name)) !== expected)
    .map(([name]) => name);
}
