import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readCredentials, writeCredentials } from '../../seed';
import { checkoutRoot, statePaths } from '../../paths';
import { Api } from '../play/api';
import { readCase } from '../play/validate';
import { demoTenant, type DemoTenant } from './house';
import { type Scene, SCENES } from './scenes';
import { beginningOf, presentOf, type Seeded, seedScenes } from './seeding';

const LIMIT_MS = 60_000;

/** What credentials.json says of the demonstration. */
export interface Demonstration {
  readonly state: 'being seeded' | 'seeded';
  /** Where its clock comes to stand, RFC 3339. */
  readonly present: string;
  readonly campaigns: number;
  /** The platform with its campaigns. */
  readonly house: DemoTenant;
  /** The platform on whose clock `almoner demo` plays. */
  readonly stage: DemoTenant;
  /** Where to look first. */
  readonly places?: Readonly<Record<string, unknown>>;
}

const known = z.looseObject({ state: z.enum(['being seeded', 'seeded']), house: z.looseObject({}), stage: z.looseObject({}) });

/** The case that `almoner demo` plays, under the rules of today. @param gifts how many give */
export function demoCase(gifts: number) {
  const theCase = readCase(path.join(checkoutRoot(), 'cases', 'demo.json'));
  return { ...theCase, edition: 'measures-2024' as const, donations: { ...theCase.donations, count: gifts } };
}

/** @returns the demonstration of this state folder; null where none was made. */
export function readDemonstration(root = process.env.ALMONER_STATE): Demonstration | null {
  const { credentialsFile } = statePaths(root);
  if (!existsSync(credentialsFile)) return null;
  const found = known.safeParse(readCredentials(credentialsFile).demonstration);
  return found.success ? (found.data as unknown as Demonstration) : null;
}

function write(env: Record<string, string | undefined>, demonstration: Demonstration): void {
  const { credentialsFile } = statePaths(env.ALMONER_STATE);
  writeCredentials(credentialsFile, { ...readCredentials(credentialsFile), demonstration: { ...demonstration } });
}

const urlOf = (env: Record<string, string | undefined>): string => `http://127.0.0.1:${env.PORT}`;

/** @returns so many of the scenes, spread over their list. */
const chosen = (campaigns: number): Scene[] => Array.from({ length: campaigns }, (_, nth) => SCENES[Math.floor((nth * SCENES.length) / campaigns)]!);

/**
 * Makes the demonstration's two platforms and their people, where they are not there yet; a seeding that was interrupted begins anew on a platform of its own.
 * @param campaigns how many of the forty are to be seeded
 */
export async function prepareDemonstration(env: Record<string, string | undefined>, campaigns = SCENES.length): Promise<void> {
  const { credentialsFile } = statePaths(env.ALMONER_STATE);
  const before = readDemonstration(env.ALMONER_STATE);
  if (!existsSync(credentialsFile) || before?.state === 'seeded') return;
  const { sandboxKey } = readCredentials(credentialsFile);
  const presentMs = presentOf(Date.now());
  const api = new Api(urlOf(env), LIMIT_MS);
  try {
    const house = await demoTenant(api, sandboxKey, beginningOf(presentMs, chosen(campaigns)));
    const stage = before?.stage ?? (await demoTenant(api, sandboxKey, new Date(presentMs)));
    write(env, { state: 'being seeded', present: new Date(presentMs).toISOString(), campaigns, house, stage });
  } finally {
    await api.close();
  }
}

/**
 * Seeds the demonstration that was prepared, once. @param told hears how far it is, in a sentence
 * @returns whether there was anything to seed. @throws what `seedScenes` throws
 */
export async function seedDemonstration(env: Record<string, string | undefined>, told: (line: string) => void): Promise<boolean> {
  const demonstration = readDemonstration(env.ALMONER_STATE);
  if (demonstration?.state !== 'being seeded') return false;
  const { sandboxKey } = readCredentials(statePaths(env.ALMONER_STATE).credentialsFile);
  const scenes = chosen(demonstration.campaigns);
  let saidOf = 0;
  const how = (campaigns: number, day: number, days: number): void => {
    const tenth = Math.floor((10 * day) / days);
    if (tenth > saidOf) told(`demonstration: day ${day} of ${days}, ${campaigns} of ${scenes.length} campaigns`);
    saidOf = Math.max(saidOf, tenth);
  };
  const seeded = await seedScenes({ url: urlOf(env), sandboxKey }, demonstration.house, Date.parse(demonstration.present), how, scenes);
  write(env, { ...demonstration, state: 'seeded', places: placesOf(urlOf(env), seeded) });
  return true;
}

/** Public pages worth a look, and the scenes whose they are. */
const PAGES: Readonly<Record<string, string>> = {
  raising: 'raising: second day',
  settled: 'settled: two batches to a hospital',
  partRefund: 'part refund: upheld between batches',
};

/** @returns addresses that show something, with the log-in that is not of the platform's own people. */
function placesOf(url: string, seeded: Seeded): Record<string, unknown> {
  const hospital = seeded.get('receipt: the hospital is asked to sign');
  const pages = Object.entries(PAGES).flatMap(([name, scene]) => {
    const found = seeded.get(scene);
    return found ? [[name, `${url}/c/${found.campaignId}`] as const] : [];
  });
  return { ...Object.fromEntries(pages), ...(hospital ? { hospital: hospital.cashier } : {}) };
}
