import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Record<string, any>;
  readonly expected: Record<string, any>;
}

/** The vectors of a file by name. */
export function vectors(file: string): (name: string) => Vector {
  const all = (JSON.parse(readFileSync(path.join(__dirname, 'vectors', file), 'utf8')) as { vectors: Vector[] }).vectors;
  return (name) => {
    const found = all.find((vector) => vector.name === name);
    if (found === undefined) throw new Error(`no vector ${name}`);
    return found;
  };
}

/** The bytes of a sample message. */
export function sample(file: string): Buffer {
  return readFileSync(path.join(__dirname, 'samples', `${file}.xml`));
}

/** A fresh RSA pair as PEM. */
export function rsaPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
