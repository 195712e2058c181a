import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Task } from './gate';
import type { Random } from './random';

/** How long a query may take before the database is asked whether it waits for a lock, ms. It never decides anything: only the database's answer does. */
const PATIENCE_MS = 3;
/** Turns of the event loop in which nothing may happen before all that could go on without a query is taken to have gone on. */
const IDLE_TURNS = 4;

/** One thing that a task does: a task may do several at once, each on a connection of its own. */
interface Passage {
  readonly task: Task;
  /** Of the database connection; null outside of the database. */
  readonly pid: number | null;
  readonly go: () => void;
}

/** Lets several tasks, and whatever each does at once, go on one query at a time, in an order that chance draws; who waits for a lock of the database lets the others by. */
export class Turnstile {
  #waiting: Passage[] = [];
  readonly #passing = new Set<Pick<Passage, 'pid'>>();
  readonly #tasks: Task[] = [];
  /** Connections in the order of their first use: their numbers differ from run to run. */
  readonly #connections: number[] = [];
  readonly #quiet: (() => void)[] = [];
  #changes = 0;
  #tell: () => void = () => undefined;

  /** @param blockedOf which of these connections wait for a lock now. */
  constructor(
    private readonly random: Random,
    private readonly blockedOf: (pids: readonly number[]) => Promise<ReadonlySet<number>>,
  ) {}

  /** Waits for a turn, and does it. */
  async through<T>(task: Task, pid: number | null, act: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => {
      this.#waiting.push({ task, pid, go });
      if (pid !== null && !this.#connections.includes(pid)) this.#connections.push(pid);
      this.#changed();
    });
    return this.during(pid, act);
  }

  /** Does it without waiting for a turn; the next turn waits for it. */
  async during<T>(pid: number | null, act: () => Promise<T>): Promise<T> {
    const passing = { pid };
    this.#passing.add(passing);
    try {
      return await act();
    } finally {
      this.#passing.delete(passing);
      this.#changed();
    }
  }

  /** @param works the tasks, begun here; none of them throws. */
  async run(works: readonly { readonly task: Task; readonly work: () => Promise<void> }[]): Promise<void> {
    let left = works.length;
    const ends = works.map(({ task, work }) => {
      task.turnstile = this;
      this.#tasks.push(task);
      return work().finally(() => {
        left -= 1;
        this.#changed();
      });
    });
    for (;;) {
      const seen = this.#changes;
      if (await this.#isSettled()) this.#release();
      else if (this.#waiting.length > 0) await Promise.race([this.#change(seen), pause(PATIENCE_MS)]);
      // Nobody wants a turn: what goes on will. A task may be over before all that it did at once is.
      else if (this.#passing.size > 0) await this.#change(seen);
      else {
        for (const tell of this.#quiet.splice(0)) tell();
        if (left === 0) break;
        await this.#change(seen);
      }
    }
    await Promise.all(ends);
  }

  /** @returns once nothing goes on and nobody wants a turn: all that is left stands still. */
  async quiet(): Promise<void> {
    await new Promise<void>((tell) => {
      this.#quiet.push(tell);
      this.#changed();
    });
  }

  /** @returns whether somebody waits for a turn and nothing else goes on: each passage that was let through is over, or waits for a lock. */
  async #isSettled(): Promise<boolean> {
    await this.#idle();
    if (this.#waiting.length === 0) return false;
    const seen = this.#changes;
    const pids = [...this.#passing].map(({ pid }) => pid);
    if (pids.length === 0) return true;
    const inDatabase = pids.filter((pid) => pid !== null);
    if (inDatabase.length < pids.length) return false;
    const blocked = await this.blockedOf(inDatabase);
    await this.#idle();
    return seen === this.#changes && inDatabase.every((pid) => blocked.has(pid));
  }

  async #idle(): Promise<void> {
    for (let turns = 0, seen = this.#changes; turns < IDLE_TURNS; turns += 1) {
      await nextTurn();
      if (seen !== this.#changes) [turns, seen] = [-1, this.#changes];
    }
  }

  #release(): void {
    // In an order of their own: of two that came at the same moment, either may have come first.
    const inOrder = this.#waiting
      .map((passage, came) => ({ passage, key: [this.#tasks.indexOf(passage.task), this.#connections.indexOf(passage.pid ?? -1), came] as const }))
      .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2])
      .map(({ passage }) => passage);
    const next = this.random.pick(inOrder);
    this.#waiting = this.#waiting.filter((passage) => passage !== next);
    this.#changes += 1;
    next.go();
  }

  #changed(): void {
    this.#changes += 1;
    this.#tell();
  }

  async #change(seen: number): Promise<void> {
    if (seen !== this.#changes) return;
    await new Promise<void>((tell) => {
      this.#tell = tell;
    });
  }
}
