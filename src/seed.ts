import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { issueKey } from './access/keys';
import { addStaff } from './access/staff';
import { addTenant, CUSTODY_BANK, makePeople, PLATFORM_NAMES } from './api/routes/sandbox';
import { audit } from './audit/append';
import { loadConfig } from './config';
import { connect, type Database, inTransaction, row, type Transaction } from './database/connect';
import { loadProductKeys } from './adapters/keys';
import { checkoutRoot } from './paths';
import { SimulatorControls } from './sandbox/simulatorControls';

/** What the first start made and a newcomer needs: written once, mode 0600, never in the repository. */
export interface Credentials {
  readonly url: string;
  readonly sandboxKey: string;
  readonly platforms: Record<
    string,
    {
      readonly tenantId: string;
      readonly platformKey: string;
      readonly logins: Record<string, { readonly login: string; readonly password: string }>;
    }
  >;
  /** Belongs to no platform and reads them all. */
  readonly regulator?: { readonly login: string; readonly password: string };
  readonly demonstration?: Record<string, unknown>;
}

/** 3 % of the withdrawn amount, at most ¥5,000, plus 0.6 % channel fee: the published schedule of 2022 (regulation.md 3.2). */
const PUBLISHED_FEES = { serviceBp: 300, serviceCapFen: '500000', channelBp: 60 };

/**
 * Makes what the house cannot be without: the four platforms with their accounts, keys and people, the sandbox key, and the institution registry.
 * Run after the migrations, when the simulators answer. Safe at every start: what stands is left.
 */
export async function seedHouse(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(env);
  if (existsSync(config.paths.credentialsFile) || !config.simulatorsUrl) return;
  const db = connect(config.databaseUrl, { max: 2, name: 'almoner-seed' });
  try {
    await importRegistry(db);
    const dependencies = {
      simulators: new SimulatorControls(config.simulatorsUrl, config.sandboxToken),
      publicUrl: config.publicUrl,
      appid: loadProductKeys(config.paths.keys).wechat.appid,
    };
    const credentials = await inTransaction(db, async (tx): Promise<Credentials> => {
      // A database that was seeded by another checkout keeps its platforms; keys and log-ins are made anew, because only their hashes are stored.
      const platforms: Credentials['platforms'] = {};
      for (const [platform, name] of Object.entries(PLATFORM_NAMES)) {
        const known = await row<{ id: string }>(tx, `select id from tenant where platform = ? and kind = 'platform'`, [platform]);
        const tenantId = known?.id ?? ulid();
        if (!known) {
          await addTenant(
            tx,
            dependencies,
            {
              id: tenantId,
              platform,
              kind: 'platform',
              name_zh: name.zh,
              name_en: name.en,
              clock_id: null,
              custody_account_number: `6${randomDigits(18)}`,
              custody_account_name: `${name.zh}大病求助资金存管专户`,
              custody_bank_code: CUSTODY_BANK,
              merchant_id: `16${randomDigits(8)}`,
              alipay_seller_id: `2088${randomDigits(12)}`,
            },
            PUBLISHED_FEES,
          );
        }
        platforms[platform] = {
          tenantId,
          platformKey: await issueKey(tx, 'platform', { tenantId }, `${platform} key`),
          logins: await makePeople(tx, tenantId, await freePlace(tx, platform)),
        };
      }
      const sandboxKey = await issueKey(tx, 'sandbox', {}, 'sandbox key');
      const regulator = { login: `regulator@${await freePlace(tx, 'house')}`, password: randomBytes(12).toString('base64url') };
      await addStaff(
        tx,
        { login: regulator.login, displayName: '监管人员 · Regulator', role: 'regulator', secondFactor: 'optional' },
        regulator.password,
      );
      await audit(tx, { action: 'house.seeded', subject: 'house', actor: 'start' });
      return { url: config.publicUrl, sandboxKey, platforms, regulator };
    });
    writeCredentials(config.paths.credentialsFile, credentials);
  } finally {
    await db.destroy();
  }
}

/** @returns what the first start made. @throws when it has not happened yet. */
export function readCredentials(file: string): Credentials {
  return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
}

/** Replaces the file as a whole: a crash leaves the old one or the new one. */
export function writeCredentials(file: string, credentials: Credentials): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @returns what stands behind the @ of log-ins: the place's name, or a name of its own where an earlier seeding took that. */
async function freePlace(tx: Transaction, place: string): Promise<string> {
  const taken = await row(tx, 'select 1 from staff where login in (?, ?)', [`reviewer@${place}`, `regulator@${place}`]);
  return taken ? `${place}-${randomBytes(2).toString('hex')}` : place;
}

async function importRegistry(db: Database): Promise<void> {
  if (await row(db, `select 1 from institution where source = 'hospitals-tertiary-a.csv' limit 1`)) return;
  const lines = readFileSync(join(checkoutRoot(), 'data/reference/hospitals-tertiary-a.csv'), 'utf8').split('\n').slice(1).filter(Boolean);
  const hospitals = lines
    .map((line) => line.split(','))
    .map(([name, level, province, , city]) => ({
      id: ulid(),
      name: name!,
      level: level ?? null,
      province: province || null,
      city: city || null,
      source: 'hospitals-tertiary-a.csv',
    }));
  await inTransaction(db, async (tx) => {
    await tx.batchInsert('institution', hospitals, 500);
    await tx.batchInsert(
      'institution_qualification',
      hospitals.map((h) => ({ institution_id: h.id, icd10_prefix: '' })),
      500,
    );
    await audit(tx, { action: 'registry.imported', subject: 'institution-registry', actor: 'start', data: { rows: hospitals.length } });
  });
}

const randomDigits = (n: number): string => Array.from({ length: n }, () => randomInt(10)).join('');
