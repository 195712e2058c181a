import { addWorkingDays } from './calendar';
import type { Windows } from './convention/editions';

/** SUPERVISE: what happens to a duty that is not done, in this order. */
export const DUTY_STEPS = ['reminded', 'marked', 'held'] as const;
export type DutyStep = (typeof DUTY_STEPS)[number];

export interface OpenDuty {
  readonly dueAtMs: number;
  /** The last step that was taken. */
  readonly taken: DutyStep | null;
}

/**
 * SUPERVISE: overdue → reminder → public mark → hold of payouts, so many working days after it was due (edition data).
 * @param speed sandbox factor by which windows shrink on real timers. @returns the next step and its time, epoch ms; null after the last.
 */
export function nextStep(duty: OpenDuty, windows: Windows, speed: number): { readonly step: DutyStep; readonly atMs: number } | null {
  const step = DUTY_STEPS[duty.taken === null ? 0 : DUTY_STEPS.indexOf(duty.taken) + 1];
  if (step === undefined) return null;
  const days = { reminded: windows.dutyRemindedWorkingDays, marked: windows.dutyMarkedWorkingDays, held: windows.dutyHeldWorkingDays }[step];
  return { step, atMs: addWorkingDays(duty.dueAtMs, days, speed) };
}
