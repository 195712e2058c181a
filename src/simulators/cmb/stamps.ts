import { rfc3339Seconds } from '../support/time';

/** A moment as this bank writes it: `yyyyMMddHHmmss` in China. */
export const chinaStamp = (atMs: number): string => rfc3339Seconds(atMs).slice(0, 19).replace(/\D/g, '');

/** `yyyyMMdd` as `YYYY-MM-DD`. */
export const isoDay = (day: string): string => day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
