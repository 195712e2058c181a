import { MessageError } from '../../errors';

const CHINA_MS = 8 * 3_600_000;

/** A moment as the bank writes it: `yyyyMMddHHmmss` in China, with milliseconds where asked. */
export function stampOf(atMs: number, withMs = false): string {
  return new Date(atMs + CHINA_MS)
    .toISOString()
    .replace(/\D/g, '')
    .slice(0, withMs ? 17 : 14);
}

/** @returns epoch milliseconds of `yyyyMMddHHmmss`; NaN for anything else. */
export function momentOf(stamp: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(stamp);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
}

/** RFC 3339 of the bank's day and time of day. @throws {MessageError} */
export function bookedAt(day: string, time: string): string {
  const atMs = momentOf(`${day}${time}`);
  if (Number.isNaN(atMs)) throw new MessageError(`not a day and time of the bank: ${day.slice(0, 20)} ${time.slice(0, 20)}`);
  return `${new Date(atMs + CHINA_MS).toISOString().slice(0, 19)}+08:00`;
}

/** `YYYY-MM-DD` as the bank writes a day. */
export const bankDay = (day: string): string => day.replaceAll('-', '');

/** The bank's day, `days` later. @throws {MessageError} when it is no day. */
export function dayAfter(day: string, days: number): string {
  const atMs = momentOf(`${day}000000`);
  if (Number.isNaN(atMs)) throw new MessageError(`not a day of the bank: ${day.slice(0, 20)}`);
  return stampOf(atMs + days * 86_400_000).slice(0, 8);
}
