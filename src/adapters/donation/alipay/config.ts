/** What the Alipay adapter must be told. Everything here is configuration; nothing is fixed in code. */

/** One application of the open platform: it signs requests with its key, and Alipay signs for it with a key that belongs to it alone. */
export interface AlipayApp {
  readonly appId: string;
  readonly privateKeyPem: string;
  /** Alipay's public keys for this application, SPKI PEM. In a rotation the current and the next (or previous) one stand side by side. */
  readonly alipayPublicKeys: readonly string[];
}

/** One seller account (PID, `2088…`) and the application that acts for it; `appAuthToken` where the application is another's that the seller has authorised. */
export interface AlipayMerchant {
  readonly app: AlipayApp;
  readonly appAuthToken?: string | undefined;
}

export interface AlipayConfig {
  /** `https://openapi.alipay.com/gateway.do`, the provider's sandbox, or the simulator's address. */
  readonly gatewayUrl: string;
  /** Every application that a callback may come from. */
  readonly apps: readonly AlipayApp[];
  /** Who acts for a seller, or undefined when the seller is not ours. */
  readonly merchants: (sellerId: string) => AlipayMerchant | undefined;
  readonly timeoutMs: number;
}
