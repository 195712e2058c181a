import { Child, type ChildEvent, type ChildPlan } from './child';
import { removeRunFile, writeRunFile, CHILD_NAMES, type ChildName, type RunFile } from './runFile';

/** When a run file that could not be written is tried again. */
const WRITE_AGAIN_MS = 1_000;

/**
 * Keeps the children and the run file that tells other processes of them. Every spawn, the first and each later one, is written
 * down before anything else happens, so that after a kill -9 the next start knows what is left over.
 */
export class Supervisor {
  private readonly children = new Map<ChildName, Child>();
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly runFile: string,
    readonly run: RunFile,
    private readonly tell: (event: ChildEvent) => void,
  ) {}

  /** Starts a child and waits until it is of use. */
  async add(name: ChildName, plan: ChildPlan): Promise<void> {
    if (this.stopped) throw new Error('stopped during the start');
    const child = new Child(plan, (event) => {
      this.write();
      this.tell(event);
    });
    this.children.set(name, child);
    await child.start();
  }

  /**
   * Writes the run file anew. On a full disk it is written later: a child that has just been spawned must not be lost sight of, and the others
   * must not be ended, because a note of it could not be made.
   */
  write(): void {
    if (this.stopped) return;
    for (const [name, { mark }] of this.children) {
      this.run.pids[name] = mark?.pid;
      this.run.begun[name] = mark?.began;
    }
    try {
      writeRunFile(this.runFile, this.run);
    } catch (error) {
      this.tell({ name: 'the run file', what: 'not written', detail: (error as Error).message });
      setTimeout(() => this.write(), WRITE_AGAIN_MS).unref();
    }
  }

  /**
   * Ends all children: api, worker, simulators, Temporal, Postgres, each before the next so that none loses what it works with.
   * Their deadlines add up to less than 20 s. Calling it again waits for the same end.
   */
  stop(ended: (name: string, how: string) => void): Promise<void> {
    this.stopped ??= this.stopAll(ended);
    return this.stopped;
  }

  /** Ends all children at once: what they hold is about to be replaced. */
  discard(): Promise<void> {
    this.stopped ??= this.discardAll();
    return this.stopped;
  }

  private async discardAll(): Promise<void> {
    for (const child of this.children.values()) child.release();
    await Promise.all([...this.children.values()].map((child) => child.stop()));
    removeRunFile(this.runFile);
  }

  private async stopAll(ended: (name: string, how: string) => void): Promise<void> {
    for (const child of this.children.values()) child.release();
    for (const name of CHILD_NAMES) {
      const child = this.children.get(name);
      if (child) ended(name, await child.stop());
    }
    removeRunFile(this.runFile);
  }
}
