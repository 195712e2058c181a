import { z } from 'zod';

const CHINA_MS = 8 * 3_600_000;

/** A moment as the gateway writes it, `yyyy-MM-dd HH:mm:ss` in China (UTC+8). */
export function wireTime(atMs: number): string {
  return new Date(atMs + CHINA_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The gateway's moment as RFC 3339. Some answers add milliseconds, which are left out. */
export const timeOnWire = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?$/)
  .transform((text) => `${text.slice(0, 19).replace(' ', 'T')}+08:00`)
  .refine((text) => !Number.isNaN(Date.parse(text)));
