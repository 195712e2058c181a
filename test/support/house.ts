import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createCampaignActivities } from '../../src/activities/campaign';
import { createComplaintActivities } from '../../src/activities/complaint';
import { createRefundActivities } from '../../src/activities/refund';
import type { BankLink, RailName } from '../../src/adapters/payment/port';
import { createRecallActivities } from '../../src/activities/recall';
import { createReconciliationActivities } from '../../src/activities/reconciliation';
import { createSupervisionActivities } from '../../src/activities/supervision';
import { type ClearingLimits, USUAL_LIMITS } from '../../src/domain/routing';
import { createReleaseActivities } from '../../src/activities/release';
import { createApp, type ApiDependencies } from '../../src/api/app';
import { issueKey } from '../../src/access/keys';
import { ClockWalker } from '../../src/clock/walker';
import { loadConfig } from '../../src/config';
import { CustodyNotices } from '../../src/custody/notices';
import { connect, type Database } from '../../src/database/connect';
import { folderStore } from '../../src/documents/store';
import { Gifts } from '../../src/gifts/gifts';
import { createLogger } from '../../src/logging';
import { verifyLedger } from '../../src/ledger/verify';
import { ensureHouseKeys, loadHouseKeys } from '../../src/security/keys';
import { PersonalData } from '../../src/security/personalData';
import { type FreshDatabase, freshDatabase } from './database';
import { aFolder } from './folder';
import { banksOf, FakeWallet, FakeBank, FakeChannel, FakeControls, FakeIdentities, SIGNED } from './outside';

export interface Answer<B = unknown> {
  readonly status: number;
  readonly type: string;
  readonly body: B;
}

export interface Asking {
  /** A key or session; left out: nobody. */
  readonly as?: string;
  /** An Idempotency-Key. */
  readonly key?: string;
  readonly body?: unknown;
  /** The body as bytes, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole application over HTTP and a database of its own; only the world outside is faked. Workflows do not run: tests call their activities. */
export interface House {
  /** Where the API answers. */
  readonly url: string;
  readonly db: Database;
  readonly owner: Database;
  readonly dependencies: ApiDependencies;
  readonly bank: FakeBank;
  /** What stands behind each rail: the bank, unless a test puts another there. */
  readonly links: Record<RailName, BankLink>;
  /** What stands behind both wallets. */
  readonly wallet: FakeWallet;
  readonly channel: FakeChannel;
  /** The second channel. */
  readonly alipay: FakeChannel;
  readonly identities: FakeIdentities;
  readonly campaigns: ReturnType<typeof createCampaignActivities>;
  /** What the bank says of its clearings: it is open at any hour, as the simulated one is, unless a test says otherwise before it begins. */
  readonly clearings: ClearingLimits;
  readonly releases: ReturnType<typeof createReleaseActivities>;
  readonly refunds: ReturnType<typeof createRefundActivities>;
  readonly complaints: ReturnType<typeof createComplaintActivities>;
  readonly supervisions: ReturnType<typeof createSupervisionActivities>;
  readonly reconciliations: ReturnType<typeof createReconciliationActivities>;
  readonly recalls: ReturnType<typeof createRecallActivities>;
  readonly sandboxKey: string;
  /** What was logged, as JSON lines. */
  readonly logged: string[];
  /** @returns the answer, its body as the test says that it is. */
  ask<B = unknown>(method: 'GET' | 'POST' | 'PUT', path: string, asking?: Asking): Promise<Answer<B>>;
  /** A push of a provider, as it would sign it. */
  push(
    provider: 'wechat' | 'alipay' | 'bank' | 'cmb' | 'wechat-transfers',
    notice: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

const RATES = ['RATE_KEY', 'RATE_SESSION', 'RATE_ADDRESS', 'RATE_LOG_INS', 'RATE_GIFTS'];

const json = (value: unknown): string => JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? v.toString() : v));

/**
 * Opens a house on a fresh database. Its `close` first looks at the books.
 * @param wayTo how the application reaches its database, where that is not directly
 * @param settings further environment; without it no rate is limited
 * @param found a database and the house's key that were there before, instead of a fresh one
 */
export async function aHouse(
  wayTo: (appUrl: string) => Promise<string> = async (appUrl) => appUrl,
  found?: { readonly database: FreshDatabase; readonly key: Buffer },
  settings: NodeJS.ProcessEnv = {},
): Promise<House> {
  const fresh = found?.database ?? (await freshDatabase());
  const folder = aFolder();
  const config = loadConfig({
    DATABASE_URL: fresh.ownerUrl,
    APP_DATABASE_URL: fresh.appUrl,
    ALMONER_STATE: folder.path,
    METRICS_TOKEN: 'metrics',
    ...Object.fromEntries(RATES.map((name) => [name, '1000000'])),
    ...settings,
  });
  mkdirSync(config.paths.keys, { recursive: true });
  if (found)
    for (const name of ['key-encryption-key', 'lookup-key'])
      writeFileSync(path.join(config.paths.keys, name), found.key.toString('base64'), { mode: 0o600 });
  ensureHouseKeys(config.paths.keys);
  const keys = loadHouseKeys(config.paths.keys);
  const personalData = new PersonalData(keys);
  const db = connect(await wayTo(fresh.appUrl), { max: 20, name: 'test-house' });
  const owner = connect(fresh.ownerUrl, { max: 2, name: 'test-owner' });
  const [bank, channel, alipay, identities, simulators] = [
    new FakeBank(),
    new FakeChannel(),
    new FakeChannel(),
    new FakeIdentities(),
    new FakeControls(),
  ];
  const links: House['links'] = { iso20022: bank, cmb: bank };
  const wallet = new FakeWallet();
  const banks = banksOf(links, { wechat: wallet, alipay: wallet });
  const channels = { wechat: channel, alipay };
  const temporal = new Client({ connection: Connection.lazy({ address: process.env.TEST_TEMPORAL_ADDRESS! }) });
  const gifts = new Gifts(db, channels, personalData, 'http://127.0.0.1/callbacks');
  const logged: string[] = [];
  const anchorFile = path.join(folder.path, 'anchors.jsonl');
  const dependencies: ApiDependencies = {
    db,
    temporal,
    config,
    personalData,
    documents: folderStore(config.paths.documents),
    gifts,
    channels,
    banks,
    log: createLogger('test', { write: (line: string) => void logged.push(line) }),
    isMigrated: async () => true,
    isEnding: () => false,
    custody: new CustodyNotices(db, personalData),
    anchorFile,
    anchorKey: keys.anchorKey,
    sandbox: {
      personalData,
      simulators,
      clocks: new ClockWalker(db, temporal, simulators),
      temporal,
      publicUrl: 'http://127.0.0.1',
      appid: 'wx-test',
      anchorFile,
      keys,
    },
  };
  const server = createServer(createApp(dependencies));
  // A test may keep the event loop for longer than a connection is kept otherwise, and the next call would go into one that was just closed.
  server.keepAliveTimeout = 120_000;
  const url = await listen(server);
  const ask = async <B>(method: string, at: string, { as, key, body, raw, headers }: Asking = {}): Promise<Answer<B>> => {
    const content = raw ?? (body === undefined ? undefined : json(body));
    const response = await fetch(url + at, {
      method,
      headers: {
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: (type.includes('json') ? JSON.parse(text) : text) as B };
  };
  const clearings: ClearingLimits = { ...USUAL_LIMITS, highValueAlways: true };
  return {
    url,
    db,
    owner,
    dependencies,
    bank,
    links,
    wallet,
    channel,
    alipay,
    identities,
    logged,
    ask,
    campaigns: createCampaignActivities({ db, personalData, identity: identities, gifts }),
    clearings,
    releases: createReleaseActivities({ db, banks, personalData, limits: clearings }),
    refunds: createRefundActivities({ db, gifts }),
    complaints: createComplaintActivities(db),
    supervisions: createSupervisionActivities(db),
    reconciliations: createReconciliationActivities({ db, banks, channels, gifts, personalData }),
    recalls: createRecallActivities({ db, banks }),
    sandboxKey: await issueKey(db, 'sandbox', {}, 'test sandbox key'),
    push: (provider, notice, headers = SIGNED) => ask('POST', `/callbacks/${provider}`, { raw: json(notice), headers }),
    close: async () => {
      const differences = await verifyLedger(db, null);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await temporal.connection.close();
      await db.destroy();
      await owner.destroy();
      await fresh.drop();
      folder.remove();
      expect(differences).toEqual([]);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
