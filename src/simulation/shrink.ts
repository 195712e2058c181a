import type { Grounds } from './ground';
import type { Planned } from './plan';
import { type Ran, runSeed } from './run';

/** A smaller plan that still goes wrong. */
export interface Shrunk {
  readonly plan: readonly Planned[];
  readonly ran: Ran;
  /** False when the seed, run again on a database of its own, did not go wrong again. */
  readonly repeats: boolean;
}

/** Runs a plan on a database of its own. */
async function alone(grounds: Grounds, seed: number, plan: readonly Planned[]): Promise<Ran> {
  const ground = await grounds.open();
  try {
    return await runSeed(ground, seed, plan);
  } finally {
    await ground.close();
  }
}

/** The kind of a wrong: what it says without ids and amounts. */
const kindOf = (ran: Ran): string => (ran.wrongs[0]?.what ?? '').replace(/[0-9A-Z]{20,}|\d+/g, '#');

/**
 * Leaves out operations, then faults, for as long as the plan still goes wrong in the same way (delta debugging).
 * @param most how many runs it may take.
 */
export async function shrink(grounds: Grounds, seed: number, whole: readonly Planned[], most: number): Promise<Shrunk> {
  let ran = await alone(grounds, seed, whole);
  if (ran.wrongs.length === 0) return { plan: whole, ran, repeats: false };
  const kind = kindOf(ran);
  let plan = whole;
  let runs = 0;
  const tries = async (candidate: readonly Planned[]): Promise<boolean> => {
    if (runs >= most) return false;
    runs += 1;
    const found = await alone(grounds, seed, candidate);
    if (found.wrongs.length === 0 || kindOf(found) !== kind) return false;
    [plan, ran] = [candidate, found];
    return true;
  };
  for (let size = Math.ceil(plan.length / 2); size >= 1 && runs < most; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < plan.length && runs < most; ) {
      const gone = await tries([...plan.slice(0, from), ...plan.slice(from + size)]);
      if (!gone) from += size;
    }
  for (const { number } of plan.filter(({ weather, trouble }) => weather !== null || trouble !== null))
    await tries(plan.map((p) => (p.number === number ? { ...p, weather: null, trouble: null } : p)));
  return { plan, ran, repeats: true };
}
