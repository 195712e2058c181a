import type { Agenda, ClockId } from './agenda';
import { Journal } from './journal';
import { rfc3339 } from './time';

/** A simulator as the clocks see it. */
export interface Clocked {
  readonly agenda: Agenda;
  /** Runs every event of this clock that is due at or before `atMs`, with its callbacks; each leaves the agenda. */
  runDue(clockId: ClockId, atMs: number): Promise<void>;
  /** Tries the callbacks again that were not answered 2xx. */
  retry(clockId: ClockId): Promise<void>;
  /** Waits for callbacks that are on their way. */
  idle(clockId: ClockId): Promise<void>;
  undelivered(clockId: ClockId): number;
}

interface Moved {
  readonly clockId: string;
  readonly nowMs: number;
}

export interface ClockReport {
  readonly now: string;
  readonly nextDueAt: string | null;
  readonly undelivered: number;
}

export class UnknownClock extends Error {}
export class ClockWouldGoBack extends Error {}

/** Business clocks: they stand still until they are moved, and are moved from due event to due event. */
export class Clocks {
  private readonly clocked: Clocked[] = [];
  private readonly moves = new Map<string, Promise<unknown>>();

  private constructor(
    private readonly now: Map<string, number>,
    private readonly journal: Journal<Moved>,
  ) {}

  static async open(file: string): Promise<Clocks> {
    const now = new Map<string, number>();
    return new Clocks(now, await Journal.open<Moved>(file, (event) => now.set(event.clockId, event.nowMs)));
  }

  add(clocked: Clocked): void {
    this.clocked.push(clocked);
  }

  /** @returns epoch ms; the wall clock for null. @throws {UnknownClock} */
  nowMs(clockId: ClockId): number {
    if (clockId === null) return Date.now();
    const now = this.now.get(clockId);
    if (now === undefined) throw new UnknownClock(`clock ${clockId} was never set`);
    return now;
  }

  /**
   * Creates the clock, or moves it to `targetMs`: from one due event to the next in time order, each with its callbacks.
   * Moves of one clock wait for each other.
   * @throws {ClockWouldGoBack}
   */
  move(clockId: string, targetMs: number): Promise<ClockReport> {
    const turn = (this.moves.get(clockId) ?? Promise.resolve()).catch(() => undefined).then(() => this.walk(clockId, targetMs));
    this.moves.set(clockId, turn);
    return turn;
  }

  /** Where the clock stands, and what it waits for. @throws {UnknownClock} */
  report(clockId: string): ClockReport {
    const dueMs = this.nextDueMs(clockId);
    return {
      now: rfc3339(this.nowMs(clockId)),
      nextDueAt: dueMs === null ? null : rfc3339(dueMs),
      undelivered: this.clocked.reduce((sum, each) => sum + each.undelivered(clockId), 0),
    };
  }

  async close(): Promise<void> {
    await this.journal.close();
  }

  private async walk(clockId: string, targetMs: number): Promise<ClockReport> {
    const startMs = this.now.get(clockId) ?? targetMs;
    if (targetMs < startMs) throw new ClockWouldGoBack(`clock ${clockId} stands at ${rfc3339(startMs)} and never goes back`);
    if (!this.now.has(clockId)) await this.journal.record({ clockId, nowMs: targetMs });
    for (const each of this.clocked) await each.retry(clockId);
    for (let dueMs = this.nextDueMs(clockId); dueMs !== null && dueMs <= targetMs; dueMs = this.nextDueMs(clockId)) {
      await this.journal.record({ clockId, nowMs: Math.max(dueMs, this.nowMs(clockId)) });
      for (const each of this.clocked) await each.runDue(clockId, dueMs);
    }
    if (this.nowMs(clockId) !== targetMs) await this.journal.record({ clockId, nowMs: targetMs });
    for (const each of this.clocked) await each.idle(clockId);
    return this.report(clockId);
  }

  private nextDueMs(clockId: ClockId): number | null {
    const all = this.clocked.map((each) => each.agenda.nextDueMs(clockId)).filter((dueMs) => dueMs !== null);
    return all.length === 0 ? null : Math.min(...all);
  }
}
