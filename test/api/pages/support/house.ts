import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pino from 'pino';
import { createCampaignActivities } from '../../../../src/activities/campaign';
import { createReleaseActivities } from '../../../../src/activities/release';
import { createTransferActivities } from '../../../../src/activities/transfer';
import { createApp } from '../../../../src/api/app';
import { issueKey } from '../../../../src/access/keys';
import { type Config, loadConfig } from '../../../../src/config';
import { CustodyNotices } from '../../../../src/custody/notices';
import { connect, type Database } from '../../../../src/database/connect';
import { folderStore } from '../../../../src/documents/store';
import { Gifts } from '../../../../src/gifts/gifts';
import { ensureHouseKeys, loadHouseKeys } from '../../../../src/security/keys';
import { PersonalData } from '../../../../src/security/personalData';
import { freshDatabase } from '../../../support/database';
import { aFolder } from '../../../support/folder';
import { oneBank } from '../../../support/outside';
import { channels, identity, promptBank, simulators } from './outside';

/** The whole application over real HTTP and a real database; workflows' steps are taken by the test itself. */
export interface House {
  readonly url: string;
  readonly publicUrl: string;
  readonly db: Database;
  readonly owner: Database;
  readonly gifts: Gifts;
  readonly custody: CustodyNotices;
  readonly campaigns: ReturnType<typeof createCampaignActivities>;
  readonly releases: ReturnType<typeof createReleaseActivities>;
  readonly transfers: ReturnType<typeof createTransferActivities>;
  readonly sandboxKey: string;
  /** The bank's own time, RFC 3339. */
  bankTime: string;
  close(): Promise<void>;
}

/** Opens a house of one's own. @param options.publicUrl as PUBLIC_URL would say; its own address when left out. @param options.oidc single sign-on; none when left out. */
export async function openHouse(options: { readonly publicUrl?: string; readonly oidc?: Config['oidc'] } = {}): Promise<House> {
  const database = await freshDatabase();
  const folder = aFolder();
  const db = connect(database.appUrl, { max: 8, name: 'test-pages' });
  ensureHouseKeys(path.join(folder.path, 'keys'));
  const keys = loadHouseKeys(path.join(folder.path, 'keys'));
  const personalData = new PersonalData(keys);
  const owner = connect(database.ownerUrl, { max: 1, name: 'test-owner' });
  let app: ReturnType<typeof createApp> | undefined;
  const server: Server = createServer((req, res) => app!(req, res));
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gifts = new Gifts(db, channels, personalData, `${url}/callbacks`);
  const custody = new CustodyNotices(db, personalData);
  const house = { bankTime: '2026-03-02T01:00:00Z' };
  const banks = oneBank(promptBank(() => house.bankTime));
  const publicUrl = options.publicUrl ?? url;
  const told = loadConfig({ DATABASE_URL: database.ownerUrl, APP_DATABASE_URL: database.appUrl, ALMONER_STATE: folder.path });
  const config: Config = { ...told, publicUrl, oidc: options.oidc ?? null };
  const log = pino({ level: 'silent' });
  app = createApp({
    db,
    personalData,
    documents: folderStore(path.join(folder.path, 'documents')),
    gifts,
    custody,
    channels,
    banks,
    log,
    config,
    anchorFile: path.join(folder.path, 'anchors'),
    anchorKey: keys.anchorKey,
    isMigrated: async () => true,
    isEnding: () => false,
    temporal: {} as never,
    sandbox: {
      personalData,
      simulators,
      keys,
      publicUrl,
      appid: 'wx-test',
      anchorFile: path.join(folder.path, 'anchors'),
      clocks: {} as never,
      temporal: {} as never,
    },
  });
  return Object.assign(house, {
    url,
    publicUrl,
    db,
    owner,
    gifts,
    custody,
    campaigns: createCampaignActivities({ db, personalData, identity, gifts }),
    releases: createReleaseActivities({ db, banks, personalData }),
    transfers: createTransferActivities({ db, banks, personalData, atPoint: async () => undefined, visibilityMs: 0 }),
    sandboxKey: await db.transaction((tx) => issueKey(tx, 'sandbox', {}, `test ${randomBytes(4).toString('hex')}`)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.destroy();
      await owner.destroy();
      await database.drop();
      folder.remove();
    },
  });
}
