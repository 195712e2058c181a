/**
 * The payment port: what Almoner asks of a bank that holds a custody account.
 *
 * Every implementation answers with the same closed outcomes. A time-out, a 5xx, a 429, an answer that cannot be parsed or
 * whose signature does not hold, and an unknown code are all `UNKNOWN`: never a failure, never a reason for a new id.
 */

/** The links to banks that a custody account may lie behind: ISO 20022 messages, or China Merchants Bank's direct link. */
export const RAILS = ['iso20022', 'cmb'] as const;
export type RailName = (typeof RAILS)[number];

/** The links of this house. A payout is sent by the rail of its platform's custody account, and asked about on that rail for ever. */
export interface Banks {
  /** Those that keys are there for. */
  readonly names: readonly RailName[];
  /** @throws when there are no keys for that rail: nothing can be sent or asked, and nothing was. */
  of(rail: RailName): BankLink;
  /** Where small payouts to people may go instead; absent where there is no such channel. */
  readonly wallets?: Wallets;
}

/** An account at a bank. `bankCode` is the 12-digit CNAPS number (行号). */
export interface BankAccount {
  readonly accountNumber: string;
  readonly name: string;
  readonly bankCode: string;
}

/** One payout. `payoutId` is the provider's idempotency key (EndToEndId) for ever: `[0-9A-Z]{26}`. */
export interface PaymentOrder {
  readonly payoutId: string;
  readonly amountFen: bigint;
  readonly custody: BankAccount;
  readonly payee: BankAccount;
  /** Remittance text, at most 140 characters: case number and admission number, never a diagnosis. */
  readonly remittance: string;
  /** Requested execution date, `YYYY-MM-DD`. */
  readonly executionDate: string;
  /** By the high-value clearing; otherwise by the bulk one, or within the bank. */
  readonly urgent: boolean;
}

/** What a submit is known to have done. `final` tells whether the bank will ever book this id. */
export type SubmitOutcome =
  | { readonly kind: 'ACCEPTED'; readonly reference: string; readonly confirmation?: Confirmation }
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string; readonly final: boolean }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** What the bank says of a payout id. SUCCEEDED needs both the status message and the booked debit. ACTION_REQUIRED: the receiver must confirm, until then; no bank says that. */
export type QueryOutcome =
  | { readonly kind: 'PENDING'; readonly code: string }
  | { readonly kind: 'ACTION_REQUIRED'; readonly expiresAt: string }
  | { readonly kind: 'SUCCEEDED'; readonly reference: string; readonly bookedAt: string; readonly amountFen: bigint }
  | { readonly kind: 'FAILED'; readonly code: string; readonly text: string }
  | {
      readonly kind: 'RETURNED';
      readonly reference: string;
      readonly bookedAt: string;
      readonly amountFen: bigint;
      readonly code: string;
      readonly text: string;
    }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** One booked line of the custody account, from camt.054 or camt.053. */
export interface BankEntry {
  readonly accountNumber: string;
  /** AcctSvcrRef: with account and sign, the key that a line is deduplicated by. */
  readonly reference: string;
  readonly amountFen: bigint;
  readonly sign: 'CRDT' | 'DBIT';
  readonly status: 'BOOK' | 'PDNG' | 'INFO';
  /** RFC 3339. */
  readonly bookedAt: string;
  readonly endToEndId: string | null;
  readonly returnCode: string | null;
  readonly returnText: string | null;
  readonly counterparty: string | null;
  readonly remittance: string | null;
  /** What kind of line the bank says that it is: ISO 20022 domain, family and sub-family, `PMNT/RCDT/DMCT`; null where it says none. */
  readonly transactionCode?: string | null;
}

/** A verified, parsed push from the bank. */
export type BankNotice =
  | { readonly kind: 'entries'; readonly messageId: string; readonly entries: readonly BankEntry[] }
  | { readonly kind: 'status'; readonly messageId: string; readonly payoutId: string; readonly outcome: QueryOutcome };

export interface BankStatement {
  readonly statementId: string;
  readonly sequence: bigint | null;
  readonly accountNumber: string;
  readonly openingFen: bigint;
  readonly closingFen: bigint;
  readonly entries: readonly BankEntry[];
}

/** The answer of the bank's account-name check. `unavailable` is no answer: the bank is asked again; only `mismatch` refuses. */
export type NameCheck = 'match' | 'mismatch' | 'no-record' | 'unavailable';

/** Many orders in one file, for a rail that takes them so. What a file says of an order is what the order alone would hear. */
export interface PaymentFiles {
  /** How many orders a file may hold. */
  readonly most: number;
  /** Sends orders of one custody account. @param fileId `[0-9A-Z]{26}`, never used before. @returns by payout id, every order of the file. Never throws for an outcome of the wire. */
  submit(fileId: string, orders: readonly PaymentOrder[]): Promise<Map<string, SubmitOutcome>>;
  /** Asks for the orders of a file. @returns by payout id, every one asked for; what the bank does not tell of is `UNKNOWN`. */
  query(fileId: string, custodyAccountNumber: string, payoutIds: readonly string[]): Promise<Map<string, QueryOutcome>>;
}

/** Why a booked payout is asked back. */
export type RecallReason = 'duplicate' | 'fraud' | 'wrong-account' | 'wrong-amount' | 'not-due';

/** A request to get a booked payout back. `recallId` is the bank's idempotency key for ever: `[0-9A-Z]{26}`. */
export interface RecallOrder {
  readonly recallId: string;
  readonly payoutId: string;
  readonly amountFen: bigint;
  readonly custody: BankAccount;
  /** The China day on which the debit was booked, `YYYY-MM-DD`. */
  readonly bookedOn: string;
  readonly reason: RecallReason;
}

/** What the bank answers to a recall. Acceptance is a promise: the money is back only when its credit is booked. */
export type RecallOutcome =
  | { readonly kind: 'ACCEPTED' }
  /** `code` of ExternalPaymentCancellationRejection1Code; null where the bank gives none. */
  | { readonly kind: 'REFUSED'; readonly code: string | null }
  | { readonly kind: 'PENDING' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** Asking booked payouts back, for a rail that knows it. */
export interface Recalls {
  /** Asks for one payout back. The same recall again is the same recall. Never throws for an outcome of the wire: that is `UNKNOWN`. */
  ask(recall: RecallOrder): Promise<RecallOutcome>;
  /** Asks what became of a recall. NOT_FOUND: the bank has never seen it. */
  query(recall: Pick<RecallOrder, 'recallId' | 'payoutId' | 'custody'>): Promise<RecallOutcome | { readonly kind: 'NOT_FOUND' }>;
}

export interface BankLink {
  /** Absent where the rail takes orders one by one. */
  readonly files?: PaymentFiles;
  /** Absent where the rail has no recall. */
  readonly recalls?: Recalls;
  /** Sends one order. Never throws for an outcome of the wire: that is `UNKNOWN`. */
  submit(order: PaymentOrder): Promise<SubmitOutcome>;
  /** Asks for a payout by its own id. */
  query(payoutId: string, custodyAccountNumber: string): Promise<QueryOutcome>;
  checkAccountName(account: BankAccount): Promise<NameCheck>;
  /**
   * Verifies and parses a push.
   * @throws {SignatureError} when the signature, its age (300 s) or its key does not hold; {MessageError} when the body is not the message it claims to be.
   */
  parseNotice(rawBody: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>): Promise<BankNotice>;
  /** The booked day of an account (camt.053). @throws {MessageError} when opening + credits − debits ≠ closing. */
  statement(accountNumber: string, date: string): Promise<BankStatement>;
}

/** The wallets that small payouts to people may go to: a receiver's WeChat balance, or an Alipay account. They are paid from the platform's merchant account there. */
export const WALLETS = ['wechat', 'alipay'] as const;
export type WalletName = (typeof WALLETS)[number];

/** The wallets of this house. A payout that was made up for one is sent and asked about there for ever. */
export type Wallets = Readonly<Record<WalletName, WalletRail>>;

/** What the receiver's client opens the channel's own page with (WeChat: `wx.requestMerchantTransfer`). What that page then says proves nothing. */
export interface Confirmation {
  readonly mchId: string;
  readonly appId: string;
  readonly package: string;
}

/** One payout to a wallet. `payoutId` is the channel's idempotency key for ever: `[0-9A-Z]{26}`. */
export interface WalletOrder {
  readonly payoutId: string;
  readonly amountFen: bigint;
  /** The platform's account at the channel: mchid, or PID. */
  readonly merchantId: string;
  /** WeChat: openid under the merchant's appid. Alipay: user id (2088…) or open id. */
  readonly identity: string;
  /** The receiver's own name; the channel compares it as it pays. */
  readonly name: string;
  /** At most 32 characters, the same at each sending. */
  readonly remark: string;
  /** Which of the merchant's registered uses this is (transfer_scene_id, transfer_scene_name), and what that use has to report. */
  readonly scene: string;
  readonly sceneInfos: readonly SceneInfo[];
}

interface SceneInfo {
  readonly type: string;
  readonly content: string;
}

/** The wallet's word about a payout: never more than a reason to ask. */
export interface WalletNotice {
  readonly messageId: string;
  readonly payoutId: string;
}

export interface WalletRail {
  /** Sends one payout. `final` of a refusal: this request did nothing; whether an earlier one under the id did, only a query tells. Never throws for an outcome of the wire: that is `UNKNOWN`. */
  submit(order: WalletOrder): Promise<SubmitOutcome>;
  /** Asks for a payout by its own id. FAILED and SUCCEEDED are the channel's last word, but for Alipay's late return. */
  query(payoutId: string, merchantId: string): Promise<QueryOutcome>;
  /** Asks to end a payout that the receiver has not confirmed; absent where nobody confirms. Whether it has ended, a query tells. */
  readonly cancel?: (payoutId: string, merchantId: string) => Promise<void>;
  /** @throws {SignatureError} not authentic; {MessageError} authentic, but not about a payout. */
  parseNotice(rawBody: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>): Promise<WalletNotice>;
}
