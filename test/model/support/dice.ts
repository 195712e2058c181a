/** Choices that fast-check draws and repeats: a roll of 0 takes the first option, which is the proper one. */
export class Dice {
  readonly #rolls: number[];

  constructor(rolls: readonly number[]) {
    this.#rolls = [...rolls];
  }

  pick<T>(options: readonly T[]): T {
    if (options.length === 0) throw new Error('Nothing to choose from');
    return options[(this.#rolls.shift() ?? 0) % options.length] as T;
  }
}
