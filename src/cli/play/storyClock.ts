import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockState } from './answers';
import type { Caller } from './api';

/** Time as the story lives it: a test clock that is moved, or real timers that are waited for. Milliseconds since the epoch. */
export interface StoryClock {
  readonly nowMs: number;
  /** When something falls due next; null when nothing does, or when it cannot be known. */
  readonly nextDueMs: number | null;
  /** Whether time passes only when this clock is moved. */
  readonly stands: boolean;
  /** How much of this clock's time `hours` of the story take. */
  hoursMs(hours: number): number;
  /** Lets everything that is already due happen. */
  settle(): Promise<void>;
  moveTo(untilMs: number): Promise<void>;
}

/** The sandbox tenant's own clock. */
export class TestClock implements StoryClock {
  readonly stands = true;
  nowMs: number;
  nextDueMs: number | null = null;

  constructor(
    private readonly sandbox: Caller,
    private readonly clockId: string,
    now: string,
  ) {
    this.nowMs = Date.parse(now);
  }

  hoursMs(hours: number): number {
    return hours * 3_600_000;
  }

  settle(): Promise<void> {
    return this.moveTo(this.nowMs);
  }

  async moveTo(untilMs: number): Promise<void> {
    const to = new Date(Math.max(untilMs, this.nowMs)).toISOString();
    const state = await this.sandbox.post<ClockState>(`/v1/sandbox/clocks/${this.clockId}/advance`, { to });
    this.nowMs = Date.parse(state.now);
    this.nextDueMs = state.nextDueAt === null ? null : Date.parse(state.nextDueAt);
  }
}

const lookAgainMs = 250;

/** Real timers, with the edition's windows `speed` times as fast. */
export class RealClock implements StoryClock {
  readonly stands = false;
  readonly nextDueMs = null;

  constructor(private readonly speed: number) {}

  get nowMs(): number {
    return Date.now();
  }

  hoursMs(hours: number): number {
    return (hours * 3_600_000) / this.speed;
  }

  async settle(): Promise<void> {
    await sleep(lookAgainMs / 2);
  }

  async moveTo(untilMs: number): Promise<void> {
    await sleep(Math.min(Math.max(untilMs - Date.now(), 0), lookAgainMs));
  }
}
