import { row } from '../../src/database/connect';
import { gateQueries, inTask, Killed, point, type Task } from '../../src/simulation/gate';
import type { House } from './house';

/** Something that begins with money at one place and ends with it at another, whoever dies on the way. */
export interface Path<Ground> {
  /** Everything before the path begins: a campaign of its own each time. */
  ground(): Promise<Ground>;
  /** One call, as a worker or the API makes it. Called again, it goes on from wherever the last one died. @returns whether the path is at its end. */
  act(ground: Ground): Promise<boolean>;
  /** What can be seen of it from outside: books, bank, channel, audit. Equal after every crash to what it is without one. */
  seen(ground: Ground): Promise<unknown>;
}

const gated = new WeakSet<object>();
const aTask = (killAt: Task['killAt']): Task => ({
  name: 'one process',
  beganAt: 0,
  killAt,
  parkAt: null,
  points: 0,
  outside: 0,
  dead: false,
  parked: null,
  turnstile: null,
});

/** @returns the same service, each call of which is one of the path's points. */
export function gate<Service extends object>(service: Service): Service {
  return new Proxy(service, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'files') return gate(value as object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => point(null, () => (value as (...all: unknown[]) => Promise<unknown>).apply(target, args));
    },
  });
}

/** More calls than any path needs: one that needs more goes in a circle. */
const MOST_CALLS = 12;

async function toItsEnd<Ground>(path: Path<Ground>, ground: Ground): Promise<void> {
  for (let call = 0; call < MOST_CALLS; call += 1) if (await path.act(ground)) return;
  throw new Error('the path never came to its end');
}

/**
 * Runs the path once undisturbed, counting its points: every query, every COMMIT and every call to the outside. Then runs it anew for each point and each
 * side of it, with a process that dies there and does nothing more, and a next one that goes on; each time the world must look as it does undisturbed.
 * @returns how many deaths there were. @throws the first difference, with point and side.
 */
export async function diesEverywhere<Ground>(house: House, path: Path<Ground>): Promise<number> {
  const client = house.db.client as object;
  const prototype = Object.getPrototypeOf(client) as object;
  if (!gated.has(prototype)) {
    gated.add(prototype);
    gateQueries(client);
  }
  const counting = aTask(null);
  const calm = await path.ground();
  await inTask(counting, () => toItsEnd(path, calm));
  const expected = await path.seen(calm);
  let deaths = 0;
  for (let number = 1; number <= counting.points; number += 1)
    for (const side of ['before', 'after'] as const) {
      const ground = await path.ground();
      const dying = aTask({ point: number, side });
      const died = await inTask(dying, () => toItsEnd(path, ground)).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Killed) return true;
          throw error;
        },
      );
      if (died) deaths += 1;
      await toItsEnd(path, ground);
      expect({ number, side, died, seen: await path.seen(ground) }).toEqual({ number, side, died: true, seen: expected });
    }
  return deaths;
}

/** The actions on record about a campaign, with how often: what was done twice shows here. */
export async function actionsOf(house: House, campaignId: string): Promise<Record<string, number>> {
  const found = await row<{ actions: Record<string, number> }>(
    house.db,
    `select jsonb_object_agg(action, n) as actions from (select action, count(*)::int as n from audit.event where campaign_id = ? group by action) a`,
    [campaignId],
  );
  return found!.actions;
}
