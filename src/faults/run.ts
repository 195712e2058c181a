import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ourBooks } from './books/ours';
import { outsideBooks } from './books/outside';
import { judge, missing, type Judged, type Score } from './books/score';
import { canaryHits } from './canaries';
import { House } from './http';
import { inject, takesAway } from './inject';
import { Journal } from './journal';
import { Load } from './load/load';
import { Probe } from './load/probe';
import { People } from './people';
import { drawFaults, type Fault, nameOf } from './plan';
import { Draws } from './random';
import { SystemUnderTest } from './system';

/** Longer than any recovery may take: whoever needs more has failed. */
const RECOVERY_MAX_MS = 180_000;
/** How long campaigns under way may take to their ends after the last fault. */
const ENDING_MAX_MS = 300_000;
/** How long the last callbacks and sweeps may take until the books agree. */
const AGREEING_MAX_MS = 60_000;
export const RECOVERY_LIMIT_S = 60;

/** The one object of a run; its fields are fixed. */
interface Scoreboard extends Score {
  readonly seed: number;
  readonly faults: number;
  readonly canary_hits: number;
  readonly recovery_p99_s: number;
}

export interface Outcome {
  readonly scoreboard: Scoreboard;
  /** Everything that is not as it must be, in words; empty when all is well. */
  readonly wrong: readonly string[];
  readonly recoveries: readonly { readonly fault: string; readonly seconds: number }[];
  readonly storiesEnded: number;
}

export interface Wish {
  readonly count: number;
  readonly seed: number;
  readonly checkout: string;
  readonly room?: string;
  readonly say: (line: string) => void;
  /** Ends the run early, without a score. */
  readonly interrupted?: AbortSignal;
  /** Called with the settled system before it is stopped; for whoever wants to look, or to plant something. */
  readonly afterwards?: (seen: Seen) => Promise<void>;
}

/** How a settled system is looked at: each call reads everything anew. */
export interface Seen {
  readonly system: SystemUnderTest;
  readonly journal: Journal;
  /** What was told in confidence: met nowhere else in the world. */
  readonly canaryWords: readonly string[];
  readonly judged: () => Promise<Judged>;
  readonly missing: () => Promise<string[]>;
  readonly canaries: () => Promise<string[]>;
}

/** Starts a system, loads it, breaks it `count` times, and judges what is left. @throws when the system does not start at all */
export async function faultRun(wish: Wish): Promise<Outcome> {
  const system = await SystemUnderTest.start(wish.checkout, wish.room);
  try {
    const gone = new Promise<never>((_resolve, reject) =>
      wish.interrupted?.addEventListener('abort', () => reject(new Error('the run was interrupted'))),
    );
    return await Promise.race([new Run(wish, system).go(), gone]);
  } finally {
    await system.end();
  }
}

class Run {
  readonly #journal = new Journal();
  readonly #people = new People();
  readonly #draws: Draws;
  readonly #recoveries: { fault: string; seconds: number }[] = [];
  readonly #wrong: string[] = [];
  #deadlineMs = Infinity;
  #done = 0;

  constructor(
    private readonly wish: Wish,
    private readonly system: SystemUnderTest,
  ) {
    this.#draws = new Draws(wish.seed ^ 0x5eed);
  }

  async go(): Promise<Outcome> {
    const { system, wish } = this;
    const isOver = (): boolean => Date.now() > this.#deadlineMs;
    const house = new House(system.url, isOver);
    const props = { house, sandboxKey: system.sandboxKey, people: this.#people, journal: this.#journal };
    if (!system.hasDisk) wish.say('no disk of its own could be mounted: “disk full” is left out and not counted');
    const probe = await Probe.open(props);
    const load = new Load(props, this.#draws, isOver);
    load.begin();
    for (const [at, fault] of drawFaults(wish.count, wish.seed).entries()) {
      const label = `${at + 1}/${wish.count} ${nameOf(fault)}`;
      if (!(await inject(fault, { system, house, sandboxKey: props.sandboxKey, load }))) {
        wish.say(`${label}: not possible here`);
        continue;
      }
      this.#done += 1;
      const seconds = await this.#recovers(probe, isOver);
      if (seconds === null) {
        this.#wrong.push(`${nameOf(fault)}: no recovery within ${RECOVERY_MAX_MS / 1000} s`);
        this.#recoveries.push({ fault: nameOf(fault), seconds: RECOVERY_MAX_MS / 1000 });
        break;
      }
      if (takesAway(fault)) this.#recoveries.push({ fault: nameOf(fault), seconds });
      wish.say(`${label}: works again after ${seconds.toFixed(1)} s; ${load.ended} campaigns over (${load.standing.join(' | ')})`);
      await pause(this.#draws.between(100, 1_500));
    }
    await system.postOffice.forge();
    this.#deadlineMs = Date.now() + ENDING_MAX_MS;
    await load.end();
    this.#wrong.push(...load.stuck, ...system.postOffice.wrong);
    return this.#judge(load.ended);
  }

  /** @returns the seconds until everything says that it is ready and the probe has passed; null when it never did. */
  async #recovers(probe: Probe, isOver: () => boolean): Promise<number | null> {
    const began = Date.now();
    this.#deadlineMs = began + RECOVERY_MAX_MS;
    try {
      await probe.ask();
      while (!(await this.system.isReady())) {
        if (isOver()) return null;
        await pause(100);
      }
      return (Date.now() - began) / 1_000;
    } catch (error) {
      this.wish.say(`  the probe: ${(error as Error).message}`);
      return null;
    } finally {
      this.#deadlineMs = Infinity;
    }
  }

  async #judge(storiesEnded: number): Promise<Outcome> {
    const { system, wish } = this;
    const seen: Seen = {
      system,
      journal: this.#journal,
      canaryWords: this.#people.canaries,
      judged: async () => judge(await ourBooks(system.databaseUrl), outsideBooks(path.join(system.state, 'simulators')), this.#journal.entries),
      missing: async () => missing(await ourBooks(system.databaseUrl), this.#journal.entries),
      canaries: () => canaryHits(this.#people.canaries, { databaseUrl: system.databaseUrl, files: placesToSearch(system) }),
    };
    let judged = await seen.judged();
    for (const began = Date.now(); judged.named.length > 0 && Date.now() - began < AGREEING_MAX_MS; judged = await seen.judged()) await pause(1_000);
    const gone = await seen.missing();
    const hits = await seen.canaries();
    const verdict = await system.almoner('verify', '--json');
    if (verdict.code !== 0) this.#wrong.push(`almoner verify: ${verdict.stdout.trim().slice(0, 2_000)}`);
    this.#wrong.push(...judged.named, ...gone.map((name) => `acknowledged and gone: ${name}`), ...hits.map((place) => `personal data in ${place}`));
    const seconds = p99(this.#recoveries.map((recovery) => recovery.seconds));
    if (seconds > RECOVERY_LIMIT_S) this.#wrong.push(`recovery took ${seconds} s`);
    const outcome: Outcome = {
      scoreboard: { seed: wish.seed, faults: this.#done, ...judged.score, canary_hits: hits.length, recovery_p99_s: seconds },
      wrong: this.#wrong,
      recoveries: this.#recoveries,
      storiesEnded,
    };
    await wish.afterwards?.(seen);
    return outcome;
  }
}

/** Logs, and the workflow engine's database with its journal: histories lie in it. What the simulators keep is the world outside. */
function placesToSearch(system: SystemUnderTest): string[] {
  return [path.join(system.state, 'logs'), path.join(system.folder, 'start.log'), path.join(system.state, 'temporal')];
}

/** @returns the value that 99 of 100 do not exceed (nearest rank); 0 of none. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}

/** @returns the names of the faults of a run, in order: what a seed stands for. */
export function planOf(count: number, seed: number): string[] {
  return drawFaults(count, seed).map((fault: Fault) => nameOf(fault));
}
