import { isWorkday } from 'chinese-days';
import type { Edition } from './caseFile';

/** Effective dates of the editions as published. They are play's own facts: nothing is asked of the system. */
const effectiveDates: Record<Edition, string> = {
  'convention-1.0': '2018-10-19',
  'convention-2.0': '2020-08-18',
  'measures-2024': '2024-09-05',
};

/** @returns 09:00 Asia/Shanghai on the first working day after the edition's effective date (cases/README.md, Clock), RFC 3339. */
export function startTime(edition: Edition): string {
  let day = new Date(`${effectiveDates[edition]}T00:00:00Z`);
  do day = new Date(day.getTime() + 86_400_000);
  while (!isWorkday(day.toISOString().slice(0, 10)));
  return `${day.toISOString().slice(0, 10)}T09:00:00+08:00`;
}
