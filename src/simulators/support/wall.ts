import type { Clocked } from './clocks';

/** `setTimeout` fires at once beyond this many milliseconds; a later event is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const PAUSE_AFTER_ERROR_MS = 1_000;

/** Runs the events of things that live on the wall clock, with a real timer. */
export class WallDriver {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly clocked: () => readonly Clocked[],
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Sets the timer to the next due event; called whenever an agenda changes. */
  arm(atLeastMs = 0): void {
    if (this.running !== null || this.closed) return;
    if (this.timer !== null) clearTimeout(this.timer);
    const due = this.clocked()
      .map((each) => each.agenda.nextDueMs(null))
      .filter((dueMs) => dueMs !== null);
    if (due.length === 0) return;
    const waitMs = Math.min(Math.max(Math.min(...due) - Date.now(), atLeastMs), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => (this.running = this.run()), waitMs);
  }

  /** Starts nothing more, and resolves when what is running has ended. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    let failed = false;
    try {
      for (const each of this.clocked()) await each.runDue(null, Date.now());
    } catch (error) {
      failed = true;
      this.onError(error);
    }
    this.running = null;
    this.arm(failed ? PAUSE_AFTER_ERROR_MS : 0);
  }
}
