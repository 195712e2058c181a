/** The sandbox lives in China: UTC+8 without summer time (since 1991). */
const OFFSET_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** RFC 3339 with +08:00; milliseconds are written only when there are some. */
export function rfc3339(atMs: number): string {
  const text = new Date(atMs + OFFSET_MS).toISOString();
  return `${text.slice(0, 19)}${atMs % 1000 === 0 ? '' : text.slice(19, 23)}+08:00`;
}

/** RFC 3339 in whole seconds, as the real sides write it. */
export function rfc3339Seconds(atMs: number): string {
  return rfc3339(Math.floor(atMs / 1000) * 1000);
}

/** The calendar day in China, `YYYY-MM-DD`. */
export function chinaDay(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 10);
}

/** The moment of a wall time in China on a day. */
export function chinaTime(day: string, hour: number, minute = 0): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET_MS + hour * 3_600_000 + minute * MINUTE_MS;
}

/** The day after (or `days` after). */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
