import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The names of the vectors' text fields. */
type Texts = Record<
  | 'privateKeyPem'
  | 'publicKeyPem'
  | 'certificatePem'
  | 'message'
  | 'signatureBase64'
  | 'apiV3Key'
  | 'associatedData'
  | 'nonce'
  | 'ciphertextBase64'
  | 'plaintext'
  | 'authorization'
  | 'canonicalRequest'
  | 'signature',
  string
>;

export interface Vector<I = Texts, E = Texts> {
  readonly name: string;
  readonly inputs: I;
  readonly expected: E;
}

/** The vectors of a file by name. */
export function vectors(file: string): <I = Texts, E = Texts>(name: string) => Vector<I, E> {
  const all = (JSON.parse(readFileSync(path.join(__dirname, 'vectors', file), 'utf8')) as { vectors: Vector<unknown, unknown>[] }).vectors;
  return <I, E>(name: string) => {
    const found = all.find((vector) => vector.name === name);
    if (found === undefined) throw new Error(`no vector ${name}`);
    return found as Vector<I, E>;
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
