import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';
import { type KeyRing, keyRing } from '../../keyRing';
import { downloadBill } from '../billFile';
import type { WechatMerchant, WechatPayConfig } from './config';
import { authorization, requestMessage, signMessage, verifyMessage } from './signature';

/** An answer whose signature held, or the reason why nothing is known. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Gifts come in tens of thousands: connections stay open, and there are enough of them. */
const CONNECTIONS = 64;

/** Sends signed APIv3 calls and lets only verified answers through. */
export class WechatTransport {
  readonly platformKeys: KeyRing;
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly prefix: string;
  private readonly privateKeys = new Map<string, KeyObject>();

  constructor(private readonly config: WechatPayConfig) {
    const base = new URL(config.baseUrl);
    this.origin = base.origin;
    this.prefix = base.pathname.replace(/\/$/, '');
    this.platformKeys = keyRing(config.platformKeys);
    this.agent = new Agent({ connections: CONNECTIONS, keepAliveTimeout: 30_000 });
  }

  /**
   * One call in the merchant's name. `target` is path and query from `/v3` on; `more` are headers beside the signed ones.
   * A time-out, a broken line, and an answer that is unsigned, wrongly signed or not JSON are `unknown`; it never throws for them.
   * @throws {RangeError} when the merchant is not configured (a fault of ours, before anything was sent).
   */
  async call(
    merchantId: string,
    method: 'GET' | 'POST',
    target: string,
    payload?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const merchant = this.config.merchants(merchantId);
    if (merchant === undefined) throw new RangeError(`merchant ${merchantId} is not configured`);
    const path = this.prefix + target;
    const body = payload === undefined ? '' : JSON.stringify(payload);
    const headers = await this.signedHeaders(merchantId, merchant, method, path, body);
    try {
      const response = await request(this.origin + path, {
        method,
        headers: { ...headers, ...more },
        body: method === 'POST' ? body : null,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.timeoutMs),
      });
      const raw = Buffer.from(await response.body.arrayBuffer());
      verifyMessage(raw, response.headers, this.platformKeys, Date.now());
      const parsed: unknown = raw.length === 0 ? null : JSON.parse(raw.toString('utf8'));
      return { kind: 'answer', status: response.statusCode, body: parsed };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }

  /**
   * Downloads a file whose address a verified answer named, in the merchant's name. The gateway does not sign files: the caller holds the hash against it.
   * Another host than the gateway's own is not asked, whoever named it.
   * @param mostBytes longer files are not read to their end. @returns the bytes, or why nothing is known.
   */
  async download(merchantId: string, address: string, mostBytes: number): Promise<Buffer | string> {
    const merchant = this.config.merchants(merchantId);
    if (merchant === undefined) throw new RangeError(`merchant ${merchantId} is not configured`);
    if (!URL.canParse(address) || new URL(address).origin !== this.origin) return 'the bill lies at another host';
    const url = new URL(address);
    const headers = this.signedHeaders(merchantId, merchant, 'GET', url.pathname + url.search, '');
    return downloadBill(url, { headers, dispatcher: this.agent, timeoutMs: this.config.timeoutMs, mostBytes });
  }

  /** @returns the merchant's signature over a message, base64. @throws {RangeError} when the merchant is not configured. */
  async sign(merchantId: string, message: string): Promise<string> {
    const merchant = this.config.merchants(merchantId);
    if (merchant === undefined) throw new RangeError(`merchant ${merchantId} is not configured`);
    return signMessage(message, this.privateKey(merchant));
  }

  private async signedHeaders(
    merchantId: string,
    merchant: WechatMerchant,
    method: string,
    path: string,
    body: string,
  ): Promise<Record<string, string>> {
    const timestampSec = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const signature = await signMessage(requestMessage(method, path, timestampSec, nonce, body), this.privateKey(merchant));
    return {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'almoner/0.1',
      authorization: authorization(merchantId, merchant.serial, timestampSec, nonce, signature),
    };
  }

  private privateKey(merchant: WechatMerchant): KeyObject {
    let key = this.privateKeys.get(merchant.privateKeyPem);
    if (key === undefined) {
      key = createPrivateKey(merchant.privateKeyPem);
      this.privateKeys.set(merchant.privateKeyPem, key);
    }
    return key;
  }
}
