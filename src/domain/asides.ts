import { addWorkingDays, isWorkingDay } from './calendar';
import { invalidFields } from './errors';

/** How long a money event may be put aside, working days: it has no clock of its own. A target of the house. */
const EXCEPTION_DAYS = 5;

/** @param nowMs business time, epoch ms. @returns until when a money event may be put aside at most, epoch ms. */
export function exceptionAsideLimitMs(nowMs: number): number {
  return addWorkingDays(nowMs, EXCEPTION_DAYS);
}

/**
 * When something that is put aside comes back: at the beginning of a working day, never after its own clock has run out.
 * @param day civil day in Shanghai, `YYYY-MM-DD`. @param nowMs business time. @param limitMs its deadline. Both epoch ms.
 * @returns the instant. @throws {DomainError} request.invalid naming `/until`.
 */
export function asideUntil(day: string, nowMs: number, limitMs: number): Date {
  const until = new Date(`${day}T00:00:00+08:00`);
  const refuse = (zh: string, en: string) => invalidFields([{ pointer: '/until', message: { zh, en } }]);
  if (!isWorkingDay(until.getTime())) throw refuse('须为工作日', 'must be a working day');
  if (until.getTime() <= nowMs) throw refuse('须晚于今天', 'must be after today');
  if (until.getTime() > limitMs) throw refuse('不得晚于该事项的时限', 'must not be after its own deadline');
  return until;
}
