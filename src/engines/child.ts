import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { capLog, lastLine, openLog } from './logFile';
import type { Launch } from './postgresCluster';
import { endProcess, markOf, signalProcess, type ProcessMark } from './processes';
import { StartError } from './startError';

/** What a supervised process is. */
export type ChildPlan = {
  name: string;
  logFile: string;
  /** Called before each spawn, so that what a death left behind can be cleared first. */
  launch(): Launch | Promise<Launch>;
  /** Resolves once the process is of use; rejects after a deadline of its own. */
  ready(): Promise<unknown>;
  /** Rejects or answers false when the process hangs. */
  probe(): Promise<boolean>;
  stopSignal?: NodeJS.Signals;
  stopMs: number;
};

/** What the supervisor tells of its children: one line each, for the terminal and for run.json. */
export type ChildEvent = { name: string; what: 'spawned' | 'died' | 'hung' | 'cannot start' | 'not written'; detail: string };

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
const CALM_MS = 10_000;
const PROBE_EVERY_MS = 5000;
/** Half a minute without an answer: longer than any pause we know of, garbage collection and a full disk queue included. */
const PROBES_MISSED = 6;

/**
 * One process that is kept alive: spawned in a process group of its own (so that Ctrl-C in the terminal does not reach it),
 * its output appended to a log, spawned again when it dies, killed and spawned again when it stops answering.
 */
export class Child {
  mark: ProcessMark | undefined;
  private stopping = false;
  private deaths = 0;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    readonly plan: ChildPlan,
    private readonly tell: (event: ChildEvent) => void,
  ) {}

  /** Spawns and waits until the process is of use. Throws `StartError` with its last words when it dies first. */
  async start(): Promise<void> {
    const { died } = await this.spawn();
    const deadFirst = await Promise.race([this.plan.ready().then(() => undefined), died]);
    if (deadFirst !== undefined) this.failStart(deadFirst);
    void died.then((how) => this.revive(how));
    this.watch();
  }

  /** From now on deaths are not mourned. Called for all children before the first one is stopped. */
  release(): void {
    this.stopping = true;
    this.timers.forEach(clearTimeout);
  }

  /** Ends the process within its deadline, by force if need be. */
  async stop(): Promise<'absent' | 'ended' | 'killed'> {
    this.release();
    if (!this.mark) return 'absent';
    return endProcess(this.mark, { signal: this.plan.stopSignal ?? 'SIGTERM', deadlineMs: this.plan.stopMs });
  }

  private failStart(how: string): never {
    this.release();
    const words = lastLine(this.plan.logFile);
    throw new StartError(`${this.plan.name} ended during the start (${how}${words ? `: ${words}` : ''}): see ${this.plan.logFile}.`);
  }

  /** @returns `died`, which resolves with how the process ended */
  private async spawn(): Promise<{ died: Promise<string> }> {
    const { command, args, ...options } = await this.plan.launch();
    if (this.stopping) throw new Error('stopped during the start');
    const log = openLog(this.plan.logFile);
    const child = spawn(command, args, { cwd: '/', ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const died = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.mark = child.pid === undefined ? undefined : markOf(child.pid);
    this.tell({ name: this.plan.name, what: 'spawned', detail: String(child.pid) });
    return { died };
  }

  private later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers = this.timers.filter((other) => other !== timer);
      work();
    }, delayMs);
    this.timers.push(timer);
  }

  /** Spawns again: at once after a long life, ever later when it keeps dying. */
  private revive(how: string): void {
    if (this.stopping) return;
    this.tell({ name: this.plan.name, what: 'died', detail: how });
    const delayMs = this.deaths === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** this.deaths, LONGEST_DELAY_MS);
    this.deaths += 1;
    this.later(delayMs, () => void this.spawnAgain());
  }

  private async spawnAgain(): Promise<void> {
    try {
      const born = Date.now();
      const { died } = await this.spawn();
      const how = await died;
      if (Date.now() - born > CALM_MS) this.deaths = 0;
      this.revive(how);
    } catch (error) {
      this.tell({ name: this.plan.name, what: 'cannot start', detail: (error as Error).message });
      this.revive('no process');
    }
  }

  /** A log that is too long for a full disk is no reason to leave the process unwatched. */
  private keepLogShort(): void {
    try {
      capLog(this.plan.logFile);
    } catch (error) {
      this.tell({ name: `${this.plan.name}'s log`, what: 'not written', detail: (error as Error).message });
    }
  }

  private watch(missed = 0): void {
    this.later(PROBE_EVERY_MS, async () => {
      this.keepLogShort();
      const answers = await this.plan.probe().catch(() => false);
      if (this.stopping) return;
      if (!answers && missed + 1 >= PROBES_MISSED && this.mark) {
        this.tell({ name: this.plan.name, what: 'hung', detail: `no answer for ${(PROBES_MISSED * PROBE_EVERY_MS) / 1000} s` });
        signalProcess(this.mark, 'SIGKILL');
        return this.watch();
      }
      this.watch(answers ? 0 : missed + 1);
    });
  }
}
