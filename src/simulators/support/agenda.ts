import { Heap } from 'heap-js';

/** A business clock's id, or null for the wall clock. */
export type ClockId = string | null;

interface Entry {
  readonly key: string;
  readonly dueMs: number;
  /** Which of two that are due at once was entered first. */
  readonly turn: number;
}

/** What one clock waits for. An entry that was moved or dropped stays in the heap until it comes up. */
class Clock {
  private readonly standing = new Map<string, Entry>();
  private readonly heap = new Heap<Entry>((a, b) => a.dueMs - b.dueMs || a.turn - b.turn);
  private turns = 0;

  put(key: string, dueMs: number): void {
    const entry = { key, dueMs, turn: (this.turns += 1) };
    this.standing.set(key, entry);
    this.heap.push(entry);
  }

  drop(key: string): void {
    this.standing.delete(key);
  }

  /** The earliest, or null. */
  next(): Entry | null {
    for (let entry = this.heap.peek(); entry; entry = this.heap.peek()) {
      if (this.standing.get(entry.key) === entry) return entry;
      this.heap.pop();
    }
    return null;
  }

  due(atMs: number): Entry[] {
    const due: Entry[] = [];
    for (let entry = this.next(); entry !== null && entry.dueMs <= atMs; entry = this.next()) {
      due.push(entry);
      this.heap.pop();
    }
    // They stand until they are dropped: whoever runs one drops it, and one that fails comes up again.
    this.heap.push(...due);
    return due;
  }
}

/** What a simulator still has to do, by clock: keys with their due times. Tens of thousands stand at once when a whole campaign is given back. */
export class Agenda {
  private readonly clocks = new Map<ClockId, Clock>();

  /** `onWallChange` lets the wall driver set its timer anew. */
  constructor(private readonly onWallChange: () => void = () => undefined) {}

  /** Enters or moves an event. */
  put(clockId: ClockId, key: string, dueMs: number): void {
    let clock = this.clocks.get(clockId);
    if (clock === undefined) this.clocks.set(clockId, (clock = new Clock()));
    clock.put(key, dueMs);
    if (clockId === null) this.onWallChange();
  }

  drop(clockId: ClockId, key: string): void {
    this.clocks.get(clockId)?.drop(key);
  }

  /** Epoch ms of the earliest event, or null. */
  nextDueMs(clockId: ClockId): number | null {
    return this.clocks.get(clockId)?.next()?.dueMs ?? null;
  }

  /** The keys of all events due at or before `atMs`, the earliest first. */
  dueKeys(clockId: ClockId, atMs: number): string[] {
    return (
      this.clocks
        .get(clockId)
        ?.due(atMs)
        .map(({ key }) => key) ?? []
    );
  }
}
