import { addWorkingDays, DAY_MS, isWorkingDay } from './calendar';

/** What a reviewer is waited for. */
export const REVIEW_KINDS = ['prior-audit', 'release-review', 'use-evidence'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** In how many working days a reviewer is to have decided. Targets of the house for its own queue: no rule of the convention, and nothing happens by them. */
const REVIEW_TARGET_DAYS: Readonly<Record<ReviewKind, number>> = { 'prior-audit': 3, 'release-review': 1, 'use-evidence': 3 };

/** @param sinceMs since when it waits, epoch ms. @returns until when it is to be decided, epoch ms. */
export function reviewDueMs(kind: ReviewKind, sinceMs: number): number {
  return addWorkingDays(sinceMs, REVIEW_TARGET_DAYS[kind]);
}

/** @returns how many working days have begun after the day of `fromMs`, until `toMs`; counted to 99, which is late enough. Both epoch ms. */
export function workingDaysPassed(fromMs: number, toMs: number): number {
  let days = 0;
  for (let at = fromMs + DAY_MS; at <= toMs && days < 99; at += DAY_MS) if (isWorkingDay(at)) days += 1;
  return days;
}
