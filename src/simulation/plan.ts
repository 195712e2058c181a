import { WEATHERS, type Weather } from './outside/weather';
import { Random } from './random';
import type { Trouble } from './world';

/** One operation of a plan: which it is follows from its own draws and from how the world stands. */
export interface Planned {
  readonly number: number;
  readonly weather: Weather | null;
  readonly trouble: Trouble;
}

/** Operations that each seed does. */
export const OPERATIONS = 230;

/** @returns the plan of a seed. Leaving operations or faults out changes no draw of the others. */
export function planOf(seed: number): Planned[] {
  return Array.from({ length: OPERATIONS }, (_, number): Planned => {
    const random = new Random(`${seed}/plan/${number}`);
    return {
      number,
      weather: random.chance(0.16) ? random.pick([...WEATHERS, 'hidden', 'never-arrived', 'answer-lost'] as const) : null,
      trouble: random.chance(0.1)
        ? { kind: 'kill', point: random.between(1, 22), side: random.pick(['before', 'after'] as const) }
        : random.chance(0.04)
          ? { kind: 'zombie', outside: random.between(1, 6) }
          : null,
    };
  });
}
