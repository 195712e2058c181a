import type { Random } from '../random';
import type { World } from '../world';

/** One thing that may happen. @returns what it did, in a few words; null where there is nothing to do it to. */
export type Operation = (world: World, random: Random) => Promise<string | null>;
