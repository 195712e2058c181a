import { setTimeout as pause } from 'node:timers/promises';

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What one kind of group commit does. */
export interface Committing<Item, Outcome> {
  /** Commits a group in one transaction. @returns the outcomes in the group's order. @throws when nothing of it was written. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Whether an item may not stand in one group with an earlier one, and comes after it. */
  readonly waitsFor?: (item: Item, earlier: Item) => boolean;
  /** Names what two items must share for `waitsFor` to be asked. */
  readonly keyOf?: (item: Item) => string;
}

/** The most items that one transaction takes. */
const GROUP_LIMIT = 200;
/** A group this large says that a rush is on: then the next one waits a moment for company, ms. A lone item never waits. */
const RUSH = 3;
const LINGER_MS = 8;

/**
 * Items that arrive while a group is being committed are committed together by the next one, so a hot campaign costs one row lock and one balance change
 * per group. Each caller is answered only after its group's commit. A group that fails is halved until the poisoned item fails alone.
 */
export class GroupCommit<Item, Outcome> {
  #waiting: Waiting<Item, Outcome>[] = [];
  #working = false;

  constructor(private readonly committing: Committing<Item, Outcome>) {}

  /** @returns what became of the item, once it is durable. @throws what its commit threw for it alone: nothing of it was written. */
  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#working) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#working = true;
    // One turn of the event loop lets what came together be committed together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      await this.#commit(group);
      if (group.length >= RUSH && this.#waiting.length < GROUP_LIMIT) await pause(LINGER_MS);
    }
    this.#working = false;
  }

  #takeGroup(): Waiting<Item, Outcome>[] {
    const { waitsFor, keyOf } = this.committing;
    const taken = this.#waiting.splice(0, GROUP_LIMIT);
    if (!waitsFor || !keyOf) return taken;
    const first = new Map<string, Item>();
    const group: Waiting<Item, Outcome>[] = [];
    const later: Waiting<Item, Outcome>[] = [];
    for (const waiting of taken) {
      const key = keyOf(waiting.item);
      const earlier = first.get(key) ?? waiting.item;
      first.set(key, earlier);
      (earlier !== waiting.item && waitsFor(waiting.item, earlier) ? later : group).push(waiting);
    }
    this.#waiting.unshift(...later);
    return group;
  }

  async #commit(group: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.committing.commit(group.map((w) => w.item));
      group.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      const half = Math.ceil(group.length / 2);
      await this.#commit(group.slice(0, half));
      await this.#commit(group.slice(half));
    }
  }
}
