import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from './gate';
import type { Random } from './random';

/** How long a query may take before the database is asked whether it waits for a lock, ms. It never decides anything: only the database's answer does. */
const PATIENCE_MS = 3;

type Standing = 'running' | 'waiting' | 'blocked' | 'done';

/** Lets several tasks go on one query at a time, in an order that chance draws; a task that waits for a lock of the database lets the others by. */
export class Turnstile {
  readonly #standing = new Map<Task, Standing>();
  readonly #waiting = new Map<Task, () => void>();
  readonly #pids = new Map<Task, number>();
  #changed: () => void = () => undefined;

  /** @param blockedOf which of these connections wait for a lock now. */
  constructor(
    private readonly random: Random,
    private readonly blockedOf: (pids: readonly number[]) => Promise<ReadonlySet<number>>,
  ) {}

  /** Called by a task before each point. */
  arrive(task: Task, pid: number | null): Promise<void> {
    if (pid === null) this.#pids.delete(task);
    else this.#pids.set(task, pid);
    return new Promise((go) => {
      this.#waiting.set(task, go);
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
    const go = this.#waiting.get(task)!;
    this.#waiting.delete(task);
    this.#set(task, 'running');
    go();
  }

  /** Until no task is on its way: each waits for its turn or for a lock, or is done. */
  async #settle(): Promise<void> {
    await this.#lookAtBlocked('blocked', 'running', false);
    for (;;) {
      if (![...this.#standing.values()].includes('running')) return;
      const late = await Promise.race([this.#change().then(() => false), pause(PATIENCE_MS, true)]);
      if (late) await this.#lookAtBlocked('running', 'blocked', true);
    }
  }

  async #lookAtBlocked(from: Standing, to: Standing, ifBlocked: boolean): Promise<void> {
    const tasks = [...this.#standing].filter(([task, standing]) => standing === from && this.#pids.has(task)).map(([task]) => task);
    if (tasks.length === 0) return;
    const blocked = await this.blockedOf(tasks.map((task) => this.#pids.get(task)!));
    for (const task of tasks) if (this.#standing.get(task) === from && blocked.has(this.#pids.get(task)!) === ifBlocked) this.#standing.set(task, to);
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
