import type { ClockId } from './agenda';
import { parallel } from './parallel';

/** One callback that must reach its receiver. `send` makes one attempt and returns the HTTP status (0: no answer). */
export interface Delivery {
  readonly id: string;
  readonly clockId: ClockId;
  readonly send: () => Promise<number>;
  /** Called once, when the receiver has answered 2xx. */
  readonly acknowledged: () => void;
}

export interface OutboxOptions {
  /** Pauses before the attempts that follow each other at once. */
  readonly quickPausesMs: readonly number[];
  /** Pauses between later rounds; only the wall clock has them, a business clock tries again when it is moved. */
  readonly wallPausesMs: readonly number[];
  readonly concurrency: number;
  /** Hears of an attempt that failed on our side; the delivery stays pending. */
  readonly onError: (error: unknown) => void;
}

/** Callbacks that were not yet answered 2xx. */
export class Outbox {
  private readonly pending = new Map<string, Delivery>();
  private readonly inFlight = new Map<string, Promise<number>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private closed = false;

  constructor(private readonly options: OutboxOptions) {}

  /** Delivers now, with a few quick retries. @returns the last HTTP status; below 200 or from 300 on it stays pending. */
  post(delivery: Delivery): Promise<number> {
    this.pending.set(delivery.id, delivery);
    return this.round(delivery, 0);
  }

  /** Delivers all of them now, a few at a time; those that are already on their way are not sent twice. */
  async postAll(deliveries: readonly Delivery[]): Promise<void> {
    const fresh = deliveries.filter((delivery) => !this.pending.has(delivery.id));
    for (const delivery of fresh) this.pending.set(delivery.id, delivery);
    await parallel(fresh, this.options.concurrency, (delivery) => this.round(delivery, 0));
  }

  /** Remembers without sending: after a restart, or when a fault withholds the callback. */
  hold(delivery: Delivery): void {
    this.pending.set(delivery.id, delivery);
    if (delivery.clockId === null) this.later(delivery, 0);
  }

  /** Tries everything that is pending on this clock, and waits for what is being sent. */
  async retry(clockId: ClockId): Promise<void> {
    const deliveries = [...this.pending.values()].filter((delivery) => delivery.clockId === clockId);
    await parallel(deliveries, this.options.concurrency, (delivery) => this.round(delivery, 0));
  }

  /** Waits for what is being sent on this clock, without trying anything again. */
  async idle(clockId: ClockId): Promise<void> {
    const running = [...this.inFlight].filter(([id]) => this.pending.get(id)?.clockId === clockId).map(([, round]) => round);
    await Promise.all(running);
  }

  /** Callbacks of this clock that no receiver has acknowledged. */
  pendingCount(clockId: ClockId): number {
    let count = 0;
    for (const delivery of this.pending.values()) if (delivery.clockId === clockId) count += 1;
    return count;
  }

  /** Tries nothing more, and resolves when what was on its way has ended. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.inFlight.values());
  }

  private round(delivery: Delivery, rounds: number): Promise<number> {
    const running = this.inFlight.get(delivery.id);
    if (running !== undefined) return running;
    const round = this.attempts(delivery).then((status) => {
      this.inFlight.delete(delivery.id);
      if (this.pending.has(delivery.id) && delivery.clockId === null) this.later(delivery, rounds);
      return status;
    });
    this.inFlight.set(delivery.id, round);
    return round;
  }

  private async attempts(delivery: Delivery): Promise<number> {
    let status = 0;
    for (const pauseMs of this.options.quickPausesMs) {
      if (this.closed) return status;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      status = await this.attempt(delivery);
      if (status >= 200 && status < 300) {
        this.pending.delete(delivery.id);
        delivery.acknowledged();
        return status;
      }
    }
    return status;
  }

  private async attempt(delivery: Delivery): Promise<number> {
    try {
      return await delivery.send();
    } catch (error) {
      this.options.onError(error);
      return 0;
    }
  }

  private later(delivery: Delivery, rounds: number): void {
    const pauseMs = this.options.wallPausesMs[rounds];
    if (pauseMs === undefined || this.closed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.round(delivery, rounds + 1);
    }, pauseMs);
    timer.unref();
    this.timers.add(timer);
  }
}
