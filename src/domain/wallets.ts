import { DAY_MS, shanghaiDate } from './calendar';
import type { PayeeKind, ReleaseMode } from './convention/terms';
import type { Route } from './routing';

/** Where a small payout to a person may go instead of an account at a bank: a WeChat balance, or an Alipay account. */
export const WALLETS = ['wechat', 'alipay'] as const;
export type Wallet = (typeof WALLETS)[number];

/** @returns whether a payout's rail is a wallet's. */
export const isWallet = (rail: string): rail is Wallet => (WALLETS as readonly string[]).includes(rail);

/** Under this WeChat compares no name, and Alipay pays nothing (fen): a payout whose receiver's name nobody compares is not made. */
const LEAST_FEN: Readonly<Record<Wallet, bigint>> = { wechat: 30n, alipay: 10n };

export interface WalletFacts {
  readonly payeeKind: PayeeKind;
  readonly mode: ReleaseMode;
  readonly netFen: bigint;
  /** The payee's own, accepted by a reviewer and not refused by its channel. */
  readonly wallet: Wallet;
  /** The most of one payout in the platform's terms with the channel; null: it has none. */
  readonly mostFen: bigint | null;
  /** A payout of this release to a wallet has failed: the next goes to the account. */
  readonly failedBefore: boolean;
  /** The release is in a payout batch, or settles a dead patient's debt. */
  readonly bound: boolean;
}

/**
 * Whether a release is paid to the payee's wallet. Only to a person, and only what ROUTE grants as a single release: what is hospital-direct or restricted to batches goes to an account.
 */
export function goesToWallet(f: WalletFacts): boolean {
  if (f.payeeKind === 'institution' || f.payeeKind === 'company' || f.mode !== 'single' || f.bound || f.failedBefore) return false;
  return f.mostFen !== null && f.netFen >= LEAST_FEN[f.wallet] && f.netFen <= f.mostFen;
}

/** Payouts are planned at most so far ahead: no longer may one wait for its day (payout's constraint). */
const MOST_DAYS = 13;

/**
 * The day on which a payout to a wallet leaves: the first that has room for it under the platform's daily limit there.
 * @param plannedFen by civil day in China, what leaves to this channel then. @param nowMs epoch ms.
 */
export function walletRoute(amountFen: bigint, dayFen: bigint, plannedFen: ReadonlyMap<string, bigint>, nowMs: number): Route {
  for (let days = 0; days <= MOST_DAYS; days += 1) {
    const day = shanghaiDate(nowMs + days * DAY_MS);
    // After the last day it leaves all the same, and the channel says what it says: then people sign for the account.
    if ((plannedFen.get(day) ?? 0n) + amountFen > dayFen && days < MOST_DAYS) continue;
    if (days === 0) return { clearing: 'wallet', reason: 'small-to-person', opensAtMs: null };
    return { clearing: 'wallet', reason: 'wallet-day-is-full', opensAtMs: Date.parse(`${day}T00:00:00+08:00`) };
  }
  throw new RangeError('no day');
}

/** Codes by which a channel says that this receiver cannot be paid: the wallet is not used again until another is filed. Of every other failure only the one release goes to the account. */
const UNFIT: ReadonlySet<string> = new Set([
  ...['NAME_NOT_CORRECT', 'REAL_NAME_CHECK_FAIL', 'ACCOUNT_FROZEN', 'ACCOUNT_NOT_EXIST', 'OPENID_INVALID', 'PAYEE_ACCOUNT_ABNORMAL', 'PARAM_ERROR'],
  ...['PAYEE_NOT_EXIST', 'PAYEE_USER_INFO_ERROR', 'PAYEE_ACC_OCUPIED', 'PERMIT_NON_BANK_LIMIT_PAYEE', 'PERM_AML_NOT_REALNAME_REV'],
]);

/** @returns whether a failure's code is about the receiver. */
export const isUnfit = (code: string): boolean => UNFIT.has(code);

/** So long before a receiver can confirm no more it is told once. */
export const REMINDED_MS = 6 * 3_600_000;
