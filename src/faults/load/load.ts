import { setTimeout as pause } from 'node:timers/promises';
import { Unanswered } from '../http';
import type { Draws } from '../random';
import { setStage, type Plot, type Props, type Stage } from './stage';
import { Story } from './story';

const LANES = 3;

const PLOTS: readonly Plot[] = [
  { name: 'paid to the hospital', payee: 'institution', batches: [10_000], gifts: 12, askFen: 10_000_000n, complaint: false },
  { name: 'two batches, each signed for and used', payee: 'institution', batches: [6_000, 4_000], gifts: 8, askFen: 10_000_000n, complaint: false },
  { name: 'paid to a parent', payee: 'parent', batches: [10_000], gifts: 8, askFen: 10_000_000n, complaint: false },
  { name: 'given back after a complaint', payee: 'institution', batches: [10_000], gifts: 12, askFen: 10_000_000n, complaint: true },
  { name: 'above its target', payee: 'institution', batches: [10_000], gifts: 12, askFen: 350_000n, complaint: false },
];

/** What a story is to carry: something scripted at the simulators, or in the worker, before it begins. */
export type Script = (stage: Stage) => Promise<void>;

/** Campaigns that go on all the time, each lane one after another, whatever happens to the system. */
export class Load {
  readonly #scripts: Script[] = [];
  readonly #lanes: Promise<void>[] = [];
  readonly #playing = new Set<Story>();
  #isEnough = false;
  #over = 0;
  /** Stories that did not come to their end, and what was scripted for none. */
  readonly stuck: string[] = [];

  constructor(
    private readonly props: Props,
    private readonly draws: Draws,
    private readonly isOver: () => boolean,
  ) {}

  /** @returns how many stories came to their end. */
  get ended(): number {
    return this.#over;
  }

  /** @returns where each story under way stands. */
  get standing(): string[] {
    return [...this.#playing].map(({ stage, chapter }) => `${stage.plot.name}: ${chapter}`);
  }

  begin(): void {
    for (let lane = 0; lane < LANES; lane += 1) this.#lanes.push(this.#live());
  }

  /** The next story that pays somebody carries this. */
  carry(script: Script): void {
    this.#scripts.push(script);
  }

  /** Lets the stories under way, and those that still have something to carry, come to their ends. */
  async end(): Promise<void> {
    this.#isEnough = true;
    await Promise.all(this.#lanes);
    if (this.#scripts.length > 0) this.stuck.push(`${this.#scripts.length} scripted faults were carried by no story`);
  }

  async #live(): Promise<void> {
    while (!this.isOver() && (!this.#isEnough || this.#scripts.length > 0)) {
      const script = this.#scripts.shift();
      const plot = this.draws.pick(script ? PLOTS.filter(({ complaint }) => !complaint) : PLOTS);
      try {
        await this.#tell(plot, script);
      } catch (error) {
        this.stuck.push(`${plot.name}: ${(error as Error).message}`);
      }
    }
  }

  async #tell(plot: Plot, script: Script | undefined): Promise<void> {
    const stage = await this.#staged(plot, script);
    const story = new Story(this.props, stage);
    this.#playing.add(story);
    try {
      await story.play(this.isOver);
      this.#over += 1;
    } finally {
      this.#playing.delete(story);
    }
  }

  /** What is set up for the play itself is begun anew when an answer was lost half-way: a tenant nobody knows of harms nobody. */
  async #staged(plot: Plot, script: Script | undefined): Promise<Stage> {
    for (;;) {
      try {
        const stage = await setStage(this.props, plot);
        await script?.(stage);
        return stage;
      } catch (error) {
        if (!(error instanceof Unanswered) || this.isOver()) throw error;
        await pause(250);
      }
    }
  }
}
