import type { Translate } from '../text/catalogue';

/** @returns how long something is, in the reader's words: the largest unit of which there are two or more. */
export function durationOf(t: Translate, seconds: number): string {
  if (seconds < 120) return t('operations.seconds', { n: seconds });
  if (seconds < 7_200) return t('operations.minutes', { n: Math.floor(seconds / 60) });
  if (seconds < 172_800) return t('operations.hours', { n: Math.floor(seconds / 3_600) });
  return t('operations.days', { n: Math.floor(seconds / 86_400) });
}
