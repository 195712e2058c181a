import type { Payload, PayloadCodec } from '@temporalio/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '../security/keyRing';

const ENCODING = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';
const PURPOSE = Buffer.from('temporal-payload');

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

/**
 * Everything that Temporal keeps of a workflow (arguments, results, notices, failures) is ciphertext there: AES-256-GCM, the key's number in the
 * metadata. What bears another encoding, such as histories from before, passes through unopened.
 */
export function payloadCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => sealed(payload, ring)),
    decode: async (payloads) => payloads.map((payload) => (text(payload.metadata?.encoding) === ENCODING ? opened(payload, ring) : payload)),
  };
}

function sealed(payload: Payload, ring: KeyRing): Payload {
  const metadata = Object.entries(payload.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const plain = JSON.stringify({ metadata: Object.fromEntries(metadata) as object, data: Buffer.from(payload.data ?? []).toString('base64') });
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', ring.keys.get(ring.current)!, nonce).setAAD(PURPOSE);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'encryption-cipher': Buffer.from(CIPHER),
      'encryption-key-id': Buffer.from(String(ring.current)),
    },
    data: Buffer.concat([nonce, cipher.getAuthTag(), body]),
  };
}

/** @throws when its key is not on the ring, or a single bit is not the one that was sealed. */
function opened(payload: Payload, ring: KeyRing): Payload {
  const number = text(payload.metadata?.['encryption-key-id']);
  const key = ring.keys.get(Number(number));
  if (!key) throw new Error(`A workflow's payload was sealed under key ${number}, which is not here`);
  const bytes = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(PURPOSE).setAuthTag(bytes.subarray(12, 28));
  const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  const { metadata, data } = JSON.parse(plain) as { metadata: Record<string, string>; data: string };
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}
