import { setTimeout as pause } from 'node:timers/promises';
import { type Database, row } from '../database/connect';

/** How many calls are taken at once, so that the quota is not asked about before each. */
const HANDFUL = 16;

/** The calls a second that a rail lets the whole house make, whichever of its processes makes them. */
export class RailQuota {
  #left = 0;
  #freshUntilMs = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param perSecond calls a second, at least 10: a tenth of them in each tenth of a second. */
  constructor(
    private readonly db: Database,
    private readonly rail: string,
    private readonly perSecond: number,
  ) {}

  /** @returns when this call may be made. */
  take(): Promise<void> {
    const mine = this.#last.then(() => this.#takeOne());
    // Who comes next waits for its own turn, whatever became of this one.
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #takeOne(): Promise<void> {
    for (;;) {
      if (this.#left > 0 && Date.now() < this.#freshUntilMs) {
        this.#left -= 1;
        return;
      }
      const taken = await row<{ granted: number; wait_ms: number }>(this.db, 'select * from take_rail_quota(?, ?, ?)', [
        this.rail,
        HANDFUL,
        this.perSecond,
      ]);
      this.#left = taken!.granted;
      this.#freshUntilMs = Date.now() + taken!.wait_ms;
      if (this.#left === 0) await pause(taken!.wait_ms);
    }
  }
}
