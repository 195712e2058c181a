import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

export type Params = Readonly<Record<string, string>>;

/**
 * The string that a request or a callback is signed over: every parameter that has a value but `sign` (and `without`), sorted by name, joined as
 * `k=v&k=v`, not URL-encoded (open platform, “签名规则”).
 */
export function signContent(params: Params, without: readonly string[] = []): string {
  return Object.keys(params)
    .filter((name) => name !== 'sign' && !without.includes(name) && params[name] !== '')
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&');
}

/** Signs with RSA2 (SHA256withRSA, PKCS#1 v1.5) on the thread pool. @returns base64 */
export async function signRsa2(content: string, privateKey: KeyObject): Promise<string> {
  return (await signAsync('sha256', Buffer.from(content), privateKey)).toString('base64');
}

/** Parses an application's Alipay keys once. @throws when a PEM is not a key. */
export function keyRing(pems: readonly string[]): readonly KeyObject[] {
  return pems.map((pem) => createPublicKey(pem));
}

/** @returns whether one of the keys signed the content: in a rotation more than one is good. */
export function holds(content: string, signature: string, keys: readonly KeyObject[]): boolean {
  const [bytes, given] = [Buffer.from(content), Buffer.from(signature, 'base64')];
  return keys.some((key) => verify('sha256', bytes, key, given));
}

/**
 * The bytes of the answer's object that its `sign` is over, exactly as they came: an object that was read and written again has another signature.
 * Only what this returns may be read afterwards, for a name that stands twice means one thing here and another to `JSON.parse`.
 * @returns null where the answer has no such object.
 */
export function signedPart(answer: string, name: string): string | null {
  let at = skipSpace(answer, 0);
  if (answer[at] !== '{') return null;
  for (at = skipSpace(answer, at + 1); answer[at] === '"'; at = skipSpace(answer, at + 1)) {
    const keyEnd = stringEnd(answer, at);
    const colon = skipSpace(answer, keyEnd);
    if (answer[colon] !== ':') return null;
    const from = skipSpace(answer, colon + 1);
    const to = valueEnd(answer, from);
    if (answer.slice(at, keyEnd) === `"${name}"`) return answer[from] === '{' && answer[to - 1] === '}' ? answer.slice(from, to) : null;
    at = skipSpace(answer, to);
    if (answer[at] !== ',') return null;
  }
  return null;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at += 1;
  return at;
}

/** @returns the place behind the closing quote of the string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** @returns the place behind the value that begins at `at`: a string, an object or list with all that is in it, or a bare word. */
function valueEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    const c = text[i]!;
    if (c === '"') i = stringEnd(text, i) - 1;
    else if (c === '{' || c === '[') depth += 1;
    else if (c === '}' || c === ']') {
      if (depth === 0) return i;
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (c === ',' && depth === 0) return i;
  }
  return text.length;
}
