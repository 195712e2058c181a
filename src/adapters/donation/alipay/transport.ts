import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { downloadBill } from '../billFile';
import type { AlipayApp, AlipayConfig, AlipayMerchant } from './config';
import { holds, keyRing, signContent, signedPart, signRsa2 } from './signature';
import { wireTime } from './time';

/** An answer whose signature held, or the reason why nothing is known. `code` 10000 says that the call itself was served, no more. */
export type Answer =
  | { readonly kind: 'answer'; readonly code: string; readonly subCode: string; readonly text: string; readonly body: unknown }
  | { readonly kind: 'unknown'; readonly reason: string };

const CONNECTIONS = 64;
/** Where the provider keeps bills; the gateway of a sandbox or a simulator keeps its own. */
const BILL_HOST = 'dwbillcenter.alipay.com';

const answerHead = z.object({
  code: z.string(),
  msg: z.string().default(''),
  sub_code: z.string().default(''),
  sub_msg: z.string().default(''),
});
const signed = z.object({ sign: z.string().min(1) });

/** Sends signed calls to the gateway and lets only verified answers through. */
export class AlipayTransport {
  private readonly agent = new Agent({ connections: CONNECTIONS, keepAliveTimeout: 30_000 });
  private readonly privateKeys = new Map<string, KeyObject>();
  private readonly rings = new Map<string, readonly KeyObject[]>();

  constructor(private readonly config: AlipayConfig) {
    for (const app of config.apps) this.rings.set(app.appId, keyRing(app.alipayPublicKeys));
  }

  /** Alipay's keys for an application; undefined for one that is not ours. */
  keysOf(appId: string): readonly KeyObject[] | undefined {
    return this.rings.get(appId);
  }

  /**
   * One call in a seller's name. A time-out, a broken line, any HTTP status but 200, and an answer that is unsigned, wrongly signed or not JSON are
   * `unknown`; it never throws for them. The gateway leaves some of its own refusals unsigned: they are not believed either.
   * @throws {RangeError} when the seller is not configured (a fault of ours, before anything was sent).
   */
  async call(sellerId: string, method: string, bizContent: object, notifyUrl?: string): Promise<Answer> {
    const merchant = this.merchant(sellerId);
    const biz = JSON.stringify(bizContent);
    const common = await this.signedParams(merchant, method, biz, notifyUrl);
    try {
      const response = await request(`${this.config.gatewayUrl}?${new URLSearchParams(common).toString()}`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', 'user-agent': 'almoner/0.1' },
        body: new URLSearchParams({ biz_content: biz }).toString(),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.timeoutMs),
      });
      const raw = Buffer.from(await response.body.arrayBuffer()).toString('utf8');
      if (response.statusCode !== 200) return { kind: 'unknown', reason: `HTTP ${response.statusCode}` };
      return this.read(raw, method, merchant.app);
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }

  /**
   * The address of a page of Alipay's own, signed in a seller's name: whoever opens it makes the call. Nobody is asked now.
   * @param returnUrl where the browser goes from there; what it brings along proves nothing.
   * @throws {RangeError} when the seller is not configured.
   */
  async pageUrl(sellerId: string, method: string, bizContent: object, notifyUrl: string, returnUrl: string): Promise<string> {
    const biz = JSON.stringify(bizContent);
    const params = await this.signedParams(this.merchant(sellerId), method, biz, notifyUrl, returnUrl);
    return `${this.config.gatewayUrl}?${new URLSearchParams({ ...params, biz_content: biz }).toString()}`;
  }

  /**
   * Downloads a bill whose address a verified answer named; the address is its own permission and lives half a minute. Only the provider's bill host and
   * the gateway's own are asked, the former over TLS whatever the address says.
   * @param mostBytes longer files are not read to their end. @returns the bytes, or why nothing is known.
   */
  async download(address: string, mostBytes: number): Promise<Buffer | string> {
    if (!URL.canParse(address)) return 'the answer names no bill';
    const url = new URL(address);
    if (url.hostname === BILL_HOST) url.protocol = 'https:';
    else if (url.origin !== new URL(this.config.gatewayUrl).origin) return 'the bill lies at another host';
    const { timeoutMs } = this.config;
    return downloadBill(url, { headers: { 'user-agent': 'almoner/0.1' }, dispatcher: this.agent, timeoutMs, mostBytes });
  }

  private merchant(sellerId: string): AlipayMerchant {
    const merchant = this.config.merchants(sellerId);
    if (merchant === undefined) throw new RangeError(`seller ${sellerId} is not configured`);
    return merchant;
  }

  private async signedParams(
    { app, appAuthToken }: AlipayMerchant,
    method: string,
    biz: string,
    notifyUrl = '',
    returnUrl = '',
  ): Promise<Record<string, string>> {
    const common: Record<string, string> = {
      app_id: app.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: wireTime(Date.now()),
      version: '1.0',
      ...(notifyUrl === '' ? {} : { notify_url: notifyUrl }),
      ...(returnUrl === '' ? {} : { return_url: returnUrl }),
      ...(appAuthToken === undefined ? {} : { app_auth_token: appAuthToken }),
    };
    return { ...common, sign: await signRsa2(signContent({ ...common, biz_content: biz }), this.privateKey(app)) };
  }

  private read(raw: string, method: string, app: AlipayApp): Answer {
    const part = signedPart(raw, `${method.replaceAll('.', '_')}_response`) ?? signedPart(raw, 'error_response');
    if (part === null) return { kind: 'unknown', reason: 'the answer has no response object' };
    const whole = signed.safeParse(JSON.parse(raw));
    if (!whole.success) return { kind: 'unknown', reason: 'the answer is not signed' };
    if (!holds(part, whole.data.sign, this.rings.get(app.appId) ?? [])) return { kind: 'unknown', reason: 'the signature does not hold' };
    const body: unknown = JSON.parse(part);
    const head = answerHead.safeParse(body);
    if (!head.success) return { kind: 'unknown', reason: 'the answer has no code' };
    const { code, msg, sub_code: subCode, sub_msg: subMsg } = head.data;
    return { kind: 'answer', code, subCode, text: subMsg || msg, body };
  }

  private privateKey({ privateKeyPem }: AlipayApp): KeyObject {
    let key = this.privateKeys.get(privateKeyPem);
    if (key === undefined) {
      key = createPrivateKey(privateKeyPem);
      this.privateKeys.set(privateKeyPem, key);
    }
    return key;
  }
}
