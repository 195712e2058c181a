/** A repeatable source of numbers (mulberry32): the same seed gives the same row of draws. Never for secrets. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** @returns a number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** @returns an integer in [from, to). */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from));
  }

  /** @returns one of these. */
  pick<T>(of: readonly T[]): T {
    return of[this.between(0, of.length)] as T;
  }

  /** @returns these in a drawn order. */
  shuffled<T>(of: readonly T[]): T[] {
    const mixed = [...of];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const other = this.between(0, last + 1);
      [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
    }
    return mixed;
  }
}
