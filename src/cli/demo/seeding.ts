import type { Login } from '../play/answers';
import { Api } from '../play/api';
import { Progress } from '../play/progress';
import type { RunningSystem } from '../play/system';
import { Actor, Director } from './director';
import { DemoHouse, type DemoTenant } from './house';
import type { Scene } from './scenes';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The people of the demonstration are at work at 10:00 and 16:00 in Shanghai. */
const WORK_HOURS_UTC = [2, 8];
const LIMIT_MS = 1_800_000;

/** The demonstration's present: the last 16:00 in Shanghai. @param nowMs the wall's time. @returns ms since the epoch. */
export function presentOf(nowMs: number): number {
  const at = WORK_HOURS_UTC.at(-1)! * HOUR_MS;
  return Math.floor((nowMs - at) / DAY_MS) * DAY_MS + at;
}

/** @returns when the first of these scenes begins: the first moment of the demonstration's clock. */
export function beginningOf(presentMs: number, scenes: readonly Scene[]): Date {
  return new Date(presentMs - Math.ceil(Math.max(...scenes.map(({ days }) => days)) + 1) * DAY_MS);
}

function* workTimes(fromMs: number, untilMs: number): Generator<number> {
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs <= untilMs; dayMs += DAY_MS)
    for (const hour of WORK_HOURS_UTC) {
      const atMs = dayMs + hour * HOUR_MS;
      if (atMs >= fromMs && atMs <= untilMs) yield atMs;
    }
}

/** What was seeded: each campaign under its scene's name, and the cashier of its hospital. */
export type Seeded = ReadonlyMap<string, { readonly campaignId: string; readonly cashier: Login }>;

/**
 * Brings the scenes' campaigns to where they are to stand, through the public API alone, on the tenant's own clock.
 * @param told hears how far it is: campaigns submitted, and days gone of days in all
 * @throws {Problem} for an answer that nobody of the demonstration can handle; {PlayFailure} when the system does not answer
 */
export async function seedScenes(
  { url, sandboxKey }: RunningSystem,
  tenant: DemoTenant,
  presentMs: number,
  told: (campaigns: number, day: number, days: number) => void,
  scenes: readonly Scene[],
): Promise<Seeded> {
  const api = new Api(url, LIMIT_MS);
  try {
    const house = new DemoHouse(api, sandboxKey, tenant, new Progress(() => undefined));
    const director = new Director(house.clock, presentMs);
    const fromMs = house.clock.nowMs;
    const coming = scenes.map((scene, nth) => ({ scene, nth })).sort((one, other) => other.scene.days - one.scene.days);
    const actors: Actor[] = [];
    const seeded = new Map<string, { campaignId: string; cashier: Login }>();
    for (const atMs of workTimes(fromMs, presentMs)) {
      await house.clock.moveTo(atMs);
      while (coming[0] && presentMs - coming[0].scene.days * DAY_MS <= atMs) {
        const { scene, nth } = coming.shift()!;
        const story = await house.enter(scene, nth);
        actors.push(new Actor(scene, story, nth));
        seeded.set(scene.name, { campaignId: story.campaignId, cashier: await house.cashier(nth) });
      }
      await director.work(actors);
      told(actors.length, Math.floor((atMs - fromMs) / DAY_MS), Math.ceil((presentMs - fromMs) / DAY_MS));
    }
    return seeded;
  } finally {
    await api.close();
  }
}
