import type { StandingKey } from '../../keyRing';

/** What the WeChat Pay APIv3 adapter must be told. Everything here is configuration; nothing is fixed in code. */

/**
 * One merchant account (mchid). `serial` is that of the merchant's certificate; an APIv3 key is 32 ASCII characters, and while it is changed the one of before,
 * with its end, stands beside the new one.
 */
export interface WechatMerchant {
  readonly appid: string;
  readonly serial: string;
  readonly privateKeyPem: string;
  readonly apiV3Keys: readonly StandingKey[];
}

export interface WechatPayConfig {
  /** `https://api.mch.weixin.qq.com`, or the simulator's address with its path prefix. */
  readonly baseUrl: string;
  /** The merchant's credentials, or undefined when the merchant is not ours. */
  readonly merchants: (merchantId: string) => WechatMerchant | undefined;
  /** Every APIv3 key a callback may be encrypted with: the envelope names neither its merchant nor its key. */
  readonly apiV3Keys: readonly StandingKey[];
  /** Public keys by serial: `PUB_KEY_ID_…` or the hex serial of a platform certificate. Both live side by side in a rotation. */
  readonly platformKeys: Readonly<Record<string, StandingKey>>;
  readonly timeoutMs: number;
}
