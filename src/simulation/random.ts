/** Chance that repeats: the same text draws the same numbers (xmur3 into sfc32). */
export class Random {
  readonly #next: () => number;

  constructor(seed: string) {
    let h = 1779033703 ^ seed.length;
    for (let i = 0; i < seed.length; i += 1) {
      h = Math.imul(h ^ seed.charCodeAt(i), 3432918353);
      h = (h << 13) | (h >>> 19);
    }
    const word = (): number => {
      h = Math.imul(h ^ (h >>> 16), 2246822507);
      h = Math.imul(h ^ (h >>> 13), 3266489909);
      return (h ^= h >>> 16) >>> 0;
    };
    let [a, b, c, d] = [word(), word(), word(), word()];
    this.#next = () => {
      const t = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + t;
      return (t >>> 0) / 2 ** 32;
    };
  }

  /** @returns a whole number of `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  /** @returns true that often. */
  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** @throws {RangeError} where there is nothing to choose from. */
  pick<T>(options: readonly T[]): T {
    if (options.length === 0) throw new RangeError('Nothing to choose from');
    return options[this.between(0, options.length - 1)] as T;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    return items.map(() => rest.splice(this.between(0, rest.length - 1), 1)[0] as T);
  }

  /** @returns names in an order in which the heavier ones tend to come first. */
  byWeight(weights: Readonly<Record<string, number>>): string[] {
    return Object.entries(weights)
      .map(([name, weight]) => ({ name, at: -Math.log(1 - this.#next()) / weight }))
      .sort((one, other) => one.at - other.at)
      .map(({ name }) => name);
  }
}
