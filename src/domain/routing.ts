import { DAY_MS, isWorkingDay, MINUTE_MS, shanghaiDate } from './calendar';
import type { PayeeKind } from './convention/terms';
import type { Sentence } from './sentence';

/**
 * How a bank clears a payment: within itself (`book`); by the bulk system, at any hour up to a limit (`beps`, BEPS and IBPS); by the high-value system, on
 * working days in its hours and without limit (`hvps`). `wallet`: no bank, but a channel does, at any hour (wallets.ts).
 */
export type Clearing = 'book' | 'beps' | 'hvps' | 'wallet';

/** What the bank's contract says; sources give the bulk system's limit differently, so it is told (docs/operations.md). */
export interface ClearingLimits {
  /** The most that the bulk system takes in one payment, by whose account receives it, fen. */
  readonly bulkToInstitutionFen: bigint;
  readonly bulkToPersonFen: bigint;
  /** The most that one platform may send by it in a day, fen; null: no limit. */
  readonly bulkPerDayFen: bigint | null;
  /** When the high-value system opens and closes, minutes from midnight in Shanghai. */
  readonly highValueOpens: number;
  readonly highValueCloses: number;
  /** The bank takes high-value payments at any hour and sends them on when the system opens. */
  readonly highValueAlways: boolean;
}

/** 08:30 to 17:00 on working days; ¥50,000 where the contract says nothing else. */
export const USUAL_LIMITS: ClearingLimits = {
  bulkToInstitutionFen: 5_000_000n,
  bulkToPersonFen: 5_000_000n,
  bulkPerDayFen: null,
  highValueOpens: 8 * 60 + 30,
  highValueCloses: 17 * 60,
  highValueAlways: false,
};

export interface RouteFacts {
  readonly amountFen: bigint;
  readonly payeeKind: PayeeKind;
  /** The release is urgent: it goes by the fastest way that is open. */
  readonly urgent: boolean;
  /** 12-digit CNAPS numbers of the account that pays and of the one that is paid. */
  readonly fromBank: string;
  readonly toBank: string;
  /** What the platform made up for the bulk system today, and the bank did not refuse, fen. */
  readonly bulkTodayFen: bigint;
  /** Epoch ms. */
  readonly nowMs: number;
  /** On real timers that run faster, no day has hours. */
  readonly windowSpeed: number;
}

/** Why a payment goes the way it goes. */
export type RouteReason = 'same-bank' | 'urgent' | 'within-limit' | 'above-limit' | 'day-is-full' | 'small-to-person' | 'wallet-day-is-full';

export interface Route {
  readonly clearing: Clearing;
  readonly reason: RouteReason;
  /** When it can leave, epoch ms; null: now. */
  readonly opensAtMs: number | null;
}

/** Whose accounts are corporate. */
const INSTITUTIONS: ReadonlySet<PayeeKind> = new Set<PayeeKind>(['institution', 'company']);

/**
 * The one way that a payment is cleared by, chosen before it first leaves and never again. There always is one: the high-value system takes every amount, and a
 * payment waits for it rather than fail.
 */
export function routeOf(facts: RouteFacts, limits: ClearingLimits): Route {
  const by = (clearing: Clearing, reason: RouteReason): Route => ({
    clearing,
    reason,
    opensAtMs: opensAtMs(clearing, limits, facts.nowMs, facts.windowSpeed),
  });
  if (facts.fromBank.slice(0, 3) === facts.toBank.slice(0, 3)) return by('book', 'same-bank');
  const highValue = by('hvps', 'urgent');
  if (facts.urgent && highValue.opensAtMs === null) return highValue;
  if (facts.amountFen > (INSTITUTIONS.has(facts.payeeKind) ? limits.bulkToInstitutionFen : limits.bulkToPersonFen)) return by('hvps', 'above-limit');
  if (limits.bulkPerDayFen !== null && facts.bulkTodayFen + facts.amountFen > limits.bulkPerDayFen) return by('hvps', 'day-is-full');
  return by('beps', 'within-limit');
}

/**
 * When a clearing takes payments next.
 * @param nowMs epoch ms. @returns epoch ms; null when it takes them now.
 */
export function opensAtMs(
  clearing: Clearing,
  { highValueOpens, highValueCloses, highValueAlways }: ClearingLimits,
  nowMs: number,
  windowSpeed: number,
): number | null {
  if (clearing !== 'hvps' || windowSpeed !== 1 || highValueAlways) return null;
  const at = (dayMs: number, minutes: number): number => Date.parse(`${shanghaiDate(dayMs)}T00:00:00+08:00`) + minutes * MINUTE_MS;
  if (isWorkingDay(nowMs) && nowMs >= at(nowMs, highValueOpens) && nowMs < at(nowMs, highValueCloses)) return null;
  let dayMs = nowMs < at(nowMs, highValueOpens) ? nowMs : nowMs + DAY_MS;
  while (!isWorkingDay(dayMs)) dayMs += DAY_MS;
  return at(dayMs, highValueOpens);
}

const SAYINGS: Readonly<Record<RouteReason, Sentence>> = {
  'same-bank': { zh: '收款账户与托管账户同属一家银行，行内转账', en: "The payee's account is at the custody account's own bank: booked within it" },
  urgent: { zh: '紧急拨付，经大额支付系统', en: 'Urgent: by the high-value system' },
  'within-limit': { zh: '金额在小额支付系统限额之内，随时可付', en: 'Within the limit of the bulk system, which is always open' },
  'above-limit': {
    zh: '金额超过小额支付系统限额，经大额支付系统，仅工作日营业时间可付',
    en: 'Above the limit of the bulk system: by the high-value system, in its hours on working days',
  },
  'day-is-full': {
    zh: '小额支付系统当日限额已满，经大额支付系统，仅工作日营业时间可付',
    en: "The day's limit of the bulk system is used up: by the high-value system, in its hours on working days",
  },
  'small-to-person': { zh: '金额小且收款人有已核验的零钱账户，付至其零钱账户', en: "Small, and the payee's wallet is accepted: to the wallet" },
  'wallet-day-is-full': {
    zh: '付至收款人零钱账户；平台当日限额已满，待有余额之日付出',
    en: "To the payee's wallet; the platform's limit of the day is used up, so on the first day that has room",
  },
};

/** Why, in both languages. */
export const sayRoute = (reason: RouteReason): Sentence => SAYINGS[reason];
