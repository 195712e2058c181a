import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from './gate';
import type { Random } from './random';

/** How long a query may take before the database is asked whether it waits for a lock, ms. It never decides anything: only the database's answer does. */
const PATIENCE_MS = 3;

type Standing = 'running' | 'waiting' | 'blocked' | 'done';

/** Lets several tasks go on one query at a time, in an order that chance draws; a task that waits for a lock of the database lets the others by. */
export class Turnstile {
  readonly #standing = new Map<Task, Standing>();
  /** Whoever waits for a turn, in the order in which they came: one task may do several things at once. */
  readonly #waiting = new Map<Task, (() => void)[]>();
  /** Who used each connection last. */
  readonly #users = new Map<number, Task>();
  #changed: () => void = () => undefined;

  /** @param blockedOf which of these connections wait for a lock now. */
  constructor(
    private readonly random: Random,
    private readonly blockedOf: (pids: readonly number[]) => Promise<ReadonlySet<number>>,
  ) {}

  /** Called by a task before each point. */
  arrive(task: Task, pid: number | null): Promise<void> {
    if (pid !== null) this.#users.set(pid, task);
    return new Promise((go) => {
      this.#waiting.set(task, [...(this.#waiting.get(task) ?? []), go]);
      this.#set(task, 'waiting');
    });
  }

  /** @param works the tasks, begun here; none of them throws. */
  async run(works: readonly { readonly task: Task; readonly work: () => Promise<void> }[]): Promise<void> {
    const ends = works.map(({ task, work }) => {
      this.#standing.set(task, 'running');
      task.turnstile = this;
      return work().finally(() => this.#set(task, 'done'));
    });
    for (;;) {
      await this.#settle();
      const ready = works.map(({ task }) => task).filter((task) => this.#waiting.has(task));
      if (ready.length > 0) this.#release(this.random.pick(ready));
      else if (works.every(({ task }) => this.#standing.get(task) === 'done')) break;
      else await Promise.race([this.#change(), pause(PATIENCE_MS)]);
    }
    await Promise.all(ends);
  }

  #release(task: Task): void {
    const [go, ...rest] = this.#waiting.get(task)!;
    if (rest.length === 0) this.#waiting.delete(task);
    else this.#waiting.set(task, rest);
    this.#set(task, 'running');
    go!();
  }

  /** Until no task is on its way: each waits for its turn or for a lock, or is done. */
  async #settle(): Promise<void> {
    for (;;) {
      while ([...this.#standing.values()].includes('running')) {
        const late = await Promise.race([this.#change().then(() => false), pause(PATIENCE_MS, true)]);
        if (!late) continue;
        await this.#lookAtBlocked('running', 'blocked', true);
        // What went on came to its end, and others of the same task wait.
        for (const [task, standing] of this.#standing) if (standing === 'running' && this.#waiting.has(task)) this.#standing.set(task, 'waiting');
      }
      // Whoever went on last may have let go of what others waited for: the server grants it before it answers the commit.
      await this.#lookAtBlocked('blocked', 'running', false);
      if (![...this.#standing.values()].includes('running')) return;
    }
  }

  async #lookAtBlocked(from: Standing, to: Standing, ifBlocked: boolean): Promise<void> {
    const used = [...this.#users].filter(([, task]) => this.#standing.get(task) === from);
    if (used.length === 0) return;
    const blocked = await this.blockedOf(used.map(([pid]) => pid));
    for (const task of new Set(used.map(([, each]) => each)))
      if (this.#standing.get(task) === from && used.some(([pid, each]) => each === task && blocked.has(pid)) === ifBlocked)
        this.#standing.set(task, to);
  }

  #set(task: Task, standing: Standing): void {
    this.#standing.set(task, standing);
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((changed) => {
      this.#changed = changed;
    });
  }
}
