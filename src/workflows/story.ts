import { allHandlersFinished, ApplicationFailure, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { advanceUpdate, chapterQuery, type Idle, noticeUpdate, type WorkflowInput } from '../messages/messages';

/** A live workflow looks up at least this often, so that a deploy or a long history is noticed in a month-long wait. */
const CHECKPOINT_MS = 7 * 24 * 3_600_000;

/**
 * What every workflow of the house shares: a business clock (real timers, or a test clock moved by Updates), an ear for notices, and the
 * point at which a long history is left behind. One main line only: handlers record, the main line acts.
 */
export class Story {
  #clockMs: number | null;
  #news = 0;
  #heard = 0;
  #wakes = 0;
  #deadlineMs: number | null = null;
  /** True when the wait the main line stands in would end now; null while the main line is at work. */
  #wouldWake: (() => boolean) | null = null;
  #leaving = false;
  #chapter = 'beginning';

  constructor(
    readonly input: WorkflowInput,
    private readonly notices: ReadonlySet<string>,
  ) {
    this.#clockMs = input.clockMs;
    setHandler(noticeUpdate, (notice) => this.#hear(notice.clockMs), { validator: (notice) => this.#mustConcernUs(notice.notice) });
    setHandler(advanceUpdate, (toMs) => this.#advance(toMs), { validator: (_toMs) => this.#mustBeOnTestClock() });
    setHandler(chapterQuery, () => this.#chapter);
  }

  /** Business time, epoch ms. */
  now(): number {
    return this.#clockMs ?? Date.now();
  }

  /** Names where the story stands. */
  chapter(name: string): void {
    this.#chapter = name;
  }

  /**
   * Waits for a business deadline or for news. One for live and test: a workflow timer, or the test clock's advance.
   * @param deadlineMs epoch ms; null waits for news alone. @returns false when the deadline passed.
   */
  async waitUntil(deadlineMs: number | null): Promise<boolean> {
    const news = (): boolean => this.#news > this.#heard;
    for (;;) {
      if (news()) break;
      if (deadlineMs !== null && this.now() >= deadlineMs) return false;
      if (workflowInfo().continueAsNewSuggested) await this.#turnThePage();
      if (this.#clockMs !== null) {
        this.#deadlineMs = deadlineMs;
        this.#wouldWake = () => news() || (deadlineMs !== null && this.now() >= deadlineMs);
        await condition(this.#wouldWake);
        this.#wouldWake = null;
        this.#wakes += 1;
      } else {
        await condition(news, Math.min(deadlineMs === null ? CHECKPOINT_MS : deadlineMs - Date.now(), CHECKPOINT_MS));
      }
    }
    this.#heard = this.#news;
    return true;
  }

  /**
   * Reads until there is something to read: now, and again at each notice.
   * @returns what `read` found, or null when the deadline passed first.
   */
  async hears<T>(read: () => Promise<T | null>, deadlineMs: number | null = null): Promise<T | null> {
    for (;;) {
      // News that arrived before this read is part of what it reads.
      this.#heard = this.#news;
      const found = await read();
      if (found !== null) return found;
      if (!(await this.waitUntil(deadlineMs))) return null;
    }
  }

  /** Whether something was said since the last reading began. */
  hasNews(): boolean {
    return this.#news > this.#heard;
  }

  /** Ends the story once every handler has answered. */
  async ends<T>(end: T): Promise<T> {
    this.#leaving = true;
    await condition(allHandlersFinished);
    return end;
  }

  async #turnThePage(): Promise<never> {
    this.#leaving = true;
    await condition(allHandlersFinished);
    return continueAsNew<(input: WorkflowInput) => Promise<unknown>>({ id: this.input.id, clockMs: this.#clockMs });
  }

  #hear(clockMs: number | null): void {
    this.#news += 1;
    if (clockMs !== null) this.#moveTo(clockMs);
  }

  async #advance(toMs: number): Promise<Idle> {
    this.#moveTo(toMs);
    await condition(() => this.#leaving || (this.#wouldWake !== null && !this.#wouldWake()));
    return { nextDeadlineMs: this.#leaving ? null : this.#deadlineMs, wakes: this.#wakes };
  }

  #moveTo(clockMs: number): void {
    if (this.#clockMs !== null && clockMs > this.#clockMs) this.#clockMs = clockMs;
  }

  #mustConcernUs(notice: string): void {
    if (!this.notices.has(notice)) throw ApplicationFailure.nonRetryable(`This workflow has no ear for “${notice}”`, 'UnknownNotice');
  }

  #mustBeOnTestClock(): void {
    if (this.#clockMs === null) throw ApplicationFailure.nonRetryable('This workflow lives on real timers', 'NoTestClock');
  }
}
