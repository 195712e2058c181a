import { isWorkday } from 'chinese-days';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Asia/Shanghai has had no daylight saving since 1991: a fixed offset is exact for every date the system meets. */
const SHANGHAI_OFFSET_MS = 8 * HOUR_MS;

/** @param atMs epoch milliseconds. @returns the civil date in Asia/Shanghai, `YYYY-MM-DD`. */
export function shanghaiDate(atMs: number): string {
  return new Date(atMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** @returns whether banks and hospitals work on the civil day (mainland China, with make-up days) that `atMs` falls on. */
export function isWorkingDay(atMs: number): boolean {
  return isWorkday(shanghaiDate(atMs));
}

/**
 * The same time of day, `days` working days later; the day itself does not count.
 * @param fromMs epoch milliseconds. @param days working days, ≥ 0. @param speed sandbox factor by which days shrink on real timers (1 = none).
 */
export function addWorkingDays(fromMs: number, days: number, speed = 1): number {
  if (speed !== 1) return fromMs + (days * DAY_MS) / speed;
  let atMs = fromMs;
  for (let left = days; left > 0; ) {
    atMs += DAY_MS;
    if (isWorkingDay(atMs)) left -= 1;
  }
  return atMs;
}
