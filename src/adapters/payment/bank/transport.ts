import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';
import { type KeyRing, keyRing } from '../../keyRing';
import type { BankLinkConfig } from './config';
import { signedHeaders, verifyAnswer } from './signature';

/** An answer whose signature held, or the reason why nothing is known. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Sends signed requests over the link and lets only verified answers through. */
export class BankTransport {
  readonly bankKeys: KeyRing;
  private readonly agent = new Agent({ connections: 16, keepAliveTimeout: 30_000 });
  private readonly privateKey: KeyObject;
  private readonly origin: string;
  private readonly prefix: string;

  constructor(private readonly config: BankLinkConfig) {
    const base = new URL(config.baseUrl);
    this.origin = base.origin;
    this.prefix = base.pathname.replace(/\/$/, '');
    this.privateKey = createPrivateKey(config.privateKeyPem);
    this.bankKeys = keyRing(config.bankKeys);
  }

  get(target: string): Promise<Answer> {
    return this.call('GET', target, 'application/xml', Buffer.alloc(0));
  }

  post(target: string, contentType: string, body: string): Promise<Answer> {
    return this.call('POST', target, contentType, Buffer.from(body));
  }

  /** A time-out, a broken line, an unsigned or wrongly signed answer, a 429 and every 5xx are `unknown`; it never throws for them. */
  private async call(method: 'GET' | 'POST', target: string, contentType: string, body: Buffer): Promise<Answer> {
    const path = this.prefix + target;
    const nonce = randomBytes(16).toString('hex');
    const signed = await signedHeaders(this.config.keyId, this.privateKey, method, path, nonce, body);
    try {
      const response = await request(this.origin + path, {
        method,
        headers: { ...signed, 'content-type': contentType, accept: 'application/xml, application/json', 'user-agent': 'almoner/0.1' },
        body: method === 'POST' ? body : null,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.timeoutMs),
      });
      const received = Buffer.from(await response.body.arrayBuffer());
      verifyAnswer(this.bankKeys, response.statusCode, nonce, received, response.headers);
      if (response.statusCode === 429 || response.statusCode >= 500) return { kind: 'unknown', reason: `HTTP ${response.statusCode}` };
      return { kind: 'answer', status: response.statusCode, body: received };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }
}
