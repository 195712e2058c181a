import type { StandingKey } from '../../keyRing';

/** What the bank link must be told. */
export interface BankLinkConfig {
  /** Address of the link with its path prefix; the endpoints are `/pain.001`, `/camt.056`, `/payments`, `/recalls`, `/entries`, `/statements`, `/name-checks`. */
  readonly baseUrl: string;
  /** The id under which the bank knows our key. */
  readonly keyId: string;
  readonly privateKeyPem: string;
  /** The bank's public keys by id; in a rotation both stand side by side. */
  readonly bankKeys: Readonly<Record<string, StandingKey>>;
  /** Who orders: name and unified social credit code. */
  readonly initiatingParty: { readonly name: string; readonly uscc: string };
  readonly timeoutMs: number;
}
