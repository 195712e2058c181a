import { z } from 'zod';
import { MessageError, SignatureError } from '../../errors';
import { isStanding, textOf } from '../../keyRing';
import type { CmbConfig } from './config';
import { sm2Sign, sm2Verifies } from './sm2';
import { sm4Decrypt, sm4Encrypt } from './sm4';
import { momentOf, stampOf } from './time';

/** Stands where the signature will be while the message is signed. */
const PLACE = '__signature_sigdat__';
/** Messages whose time is further away are refused. */
const MAX_SKEW_MS = 300_000;

const head = z.object({
  funcode: z.string(),
  userid: z.string(),
  reqid: z.string(),
  resultcode: z.string().default(''),
  resultmsg: z.string().default(''),
});
const part = z.object({ head, body: z.record(z.string(), z.unknown()).default({}) });
const signature = z.object({ sigtim: z.string(), sigdat: z.string() });
const message = z.union([z.object({ response: part, signature }), z.object({ request: part, signature })]);

/** A message whose signature held. */
export type Opened = z.infer<typeof part>;

/** The signer's id and the vector of SM4: the user, padded with zeros to 16 characters. */
const vectorOf = (uid: string): string => uid.padEnd(16, '0').slice(0, 16);

/** JSON with the keys of every object in order, without spaces: the text that is signed. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
const canonical = (value: unknown): string => JSON.stringify(sorted(value));

/** Signs and encrypts a request. @returns the base64 that goes as DATA. */
export function seal(config: CmbConfig, funcode: string, reqid: string, body: object): string {
  const request = { head: { funcode, userid: config.uid, reqid }, body };
  const sign = (sigdat: string): object => ({ request, signature: { sigtim: stampOf(Date.now()), sigdat } });
  const unsigned = sign(PLACE);
  const sigdat = sm2Sign(canonical(unsigned), config.privateKeyHex, vectorOf(config.uid)).toString('base64');
  const text = canonical(unsigned).replace(PLACE, sigdat);
  return sm4Encrypt(text, config.sm4Keys[0]!, Buffer.from(vectorOf(config.uid))).toString('base64');
}

/**
 * Decrypts what the bank sent and verifies it, by any of its keys that stand.
 * @param kind an answer's `response`, or a push's `request`. @throws {SignatureError} when no key opens it, none signed it, it is for another user, or its time is 300 s off;
 * {MessageError} when it is signed and yet no message.
 */
export function open(config: CmbConfig, data: string, kind: 'response' | 'request'): Opened {
  const parsed = decrypted(config, data);
  const found = signature.safeParse((parsed as { signature?: unknown } | null)?.signature);
  if (!found.success) throw new SignatureError('the message is not signed');
  const { sigtim, sigdat } = found.data;
  const text = canonical({ ...(parsed as object), signature: { ...(parsed as { signature: object }).signature, sigdat: PLACE } });
  const bytes = Buffer.from(sigdat, 'base64');
  const standing = config.bankKeys.filter((key) => isStanding(key)).map(textOf);
  if (!standing.some((key) => sm2Verifies(text, bytes, key, vectorOf(config.uid)))) throw new SignatureError('the signature does not hold');
  if (!(Math.abs(Date.now() - momentOf(sigtim)) <= MAX_SKEW_MS)) throw new SignatureError('the message is older than 300 s');
  const checked = message.safeParse(parsed);
  const inner = checked.success
    ? kind === 'response'
      ? 'response' in checked.data && checked.data.response
      : 'request' in checked.data && checked.data.request
    : false;
  if (!inner) throw new MessageError(`a message without a ${kind}`);
  if (inner.head.userid !== config.uid) throw new SignatureError('the message is for another user');
  return inner;
}

/** @throws {SignatureError} when no key opens it to JSON. */
function decrypted(config: CmbConfig, data: string): unknown {
  const bytes = Buffer.from(data, 'base64');
  for (const key of config.sm4Keys) {
    try {
      return JSON.parse(sm4Decrypt(bytes, key, Buffer.from(vectorOf(config.uid))));
    } catch {
      // Another of our keys, or nothing that is for us: the next one says.
    }
  }
  throw new SignatureError('none of our keys opens the message');
}
