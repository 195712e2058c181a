import { randomInt } from 'node:crypto';
import { Agent, request } from 'undici';
import { textOf } from '../../keyRing';
import type { CmbConfig } from './config';
import { open, seal } from './envelope';
import { mustBePublicKey, publicKeyOf } from './sm2';
import { stampOf } from './time';

/** An answer whose signature held and that the bank calls taken (SUC0000), or the reason why nothing is known. */
export type Answer =
  | { readonly kind: 'answer'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The one result code that says that the request was taken. It says nothing of what became of it. */
const TAKEN = 'SUC0000';

/** Sends sealed requests over the link and lets only verified answers through. */
export class CmbTransport {
  private readonly agent = new Agent({ connections: 16, keepAliveTimeout: 30_000 });

  /** @throws when a key is none. */
  constructor(readonly config: CmbConfig) {
    publicKeyOf(config.privateKeyHex);
    for (const key of config.bankKeys) mustBePublicKey(textOf(key));
  }

  /**
   * A time-out, a broken line, a status other than 200, an answer that does not open or is another request's, and every result code but SUC0000 are `unknown`:
   * none of those codes is known to mean that nothing was taken. It never throws for them.
   */
  async call(funcode: string, body: object): Promise<Answer> {
    const reqid = requestId();
    const form = new URLSearchParams({ UID: this.config.uid, ALG: 'SM', FUNCODE: funcode, DATA: seal(this.config, funcode, reqid, body) });
    try {
      const response = await request(this.config.baseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'user-agent': 'almoner/0.1' },
        body: form.toString(),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.timeoutMs),
      });
      const text = await response.body.text();
      if (response.statusCode !== 200) return { kind: 'unknown', reason: `HTTP ${response.statusCode}` };
      const { head, body: answered } = open(this.config, text, 'response');
      if (head.reqid !== reqid || head.funcode !== funcode) return { kind: 'unknown', reason: 'the answer belongs to another request' };
      if (head.resultcode !== TAKEN) return { kind: 'unknown', reason: `${head.resultcode} ${head.resultmsg}`.trim().slice(0, 500) };
      return { kind: 'answer', body: answered };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }
}

/** `yyyyMMddHHmmssSSS` and digits of our own: 18 to 51 characters, no two alike. */
function requestId(): string {
  return stampOf(Date.now(), true) + String(randomInt(1_000_000_000)).padStart(9, '0');
}
