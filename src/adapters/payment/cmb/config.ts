import type { StandingKey } from '../../keyRing';

/** What the direct link of China Merchants Bank (招商银行云直联) must be told. Keys are hexadecimal, as the bank hands them out. */
export interface CmbConfig {
  /** The link's one address. */
  readonly baseUrl: string;
  /** Our user at the bank. Padded with zeros to 16 characters it is also the signer's id of SM2 and the vector of SM4: the bank's rule. */
  readonly uid: string;
  /** Our SM2 private key, 64 digits. */
  readonly privateKeyHex: string;
  /** The bank's SM2 public keys (04…, 130 digits). The wire names none of them, so each that still stands is tried: two do while the bank changes its own. */
  readonly bankKeys: readonly StandingKey[];
  /** The user's SM4 keys, 32 digits each. We encrypt with the first; what comes may be encrypted with any. */
  readonly sm4Keys: readonly string[];
  /** The business mode that the bank set up for payments without a second approval of its own (busMod). */
  readonly busMod: string;
  /** The function that says whether an account is held under a name (accnamx1 → accnamz1, nameCheck.ts); the published facts name none. */
  readonly nameCheckFunction?: string | undefined;
  readonly timeoutMs: number;
}
