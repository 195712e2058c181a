/** A business clock's id, or null for the wall clock. */
export type ClockId = string | null;

/** What a simulator still has to do, by clock: keys with their due times. */
export class Agenda {
  private readonly clocks = new Map<ClockId, Map<string, number>>();

  /** `onWallChange` lets the wall driver set its timer anew. */
  constructor(private readonly onWallChange: () => void = () => undefined) {}

  /** Enters or moves an event. */
  put(clockId: ClockId, key: string, dueMs: number): void {
    let events = this.clocks.get(clockId);
    if (events === undefined) this.clocks.set(clockId, (events = new Map()));
    events.set(key, dueMs);
    if (clockId === null) this.onWallChange();
  }

  drop(clockId: ClockId, key: string): void {
    this.clocks.get(clockId)?.delete(key);
  }

  /** Epoch ms of the earliest event, or null. */
  nextDueMs(clockId: ClockId): number | null {
    let next: number | null = null;
    for (const dueMs of this.clocks.get(clockId)?.values() ?? []) if (next === null || dueMs < next) next = dueMs;
    return next;
  }

  /** The keys of all events due at or before `atMs`. */
  dueKeys(clockId: ClockId, atMs: number): string[] {
    return [...(this.clocks.get(clockId) ?? [])].filter(([, dueMs]) => dueMs <= atMs).map(([key]) => key);
  }
}
