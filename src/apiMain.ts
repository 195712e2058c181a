// Before anything that it watches.
import { stopTracing, tracedClient } from './observability/tracing';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createApp } from './api/app';
import { endServer, within } from './api/ending';
import { sealAndAnchor } from './audit/chain';
import { ClockWalker } from './clock/walker';
import { loadConfig } from './config';
import { CustodyNotices } from './custody/notices';
import { connect } from './database/connect';
import { folderStore } from './documents/store';
import { isMigrated, APPLICATION_ROLE } from './database/migrate';
import { Gifts } from './gifts/gifts';
import { createLogger, logLastWords } from './logging';
import { OutboxRelay } from './outbox/relay';
import { openOutside } from './outside';
import { checkBooks } from './reconciliation/books';
import { SimulatorControls } from './sandbox/simulatorControls';
import { loadHouseKeys } from './security/keys';
import { PersonalData } from './security/personalData';
import { openTemporal } from './temporal/client';

/** How often committed audit rows are sealed into the chain, ms. */
const SEAL_MS = 1_000;
/** How often it is asked whether the day's look at the books is due, ms. */
const LOOK_MS = 60_000;
/** How long connections may take to close at the end, ms. */
const LAST_MS = 500;

/** The API's process: HTTP, provider callbacks, the outbox relay and the sealing of the audit chain. */
async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('api');
  logLastWords(log);
  const keys = loadHouseKeys(config.paths.keys);
  const personalData = new PersonalData(keys);
  const db = config.appDatabaseUrl
    ? connect(config.appDatabaseUrl, { max: 20, name: 'almoner-api' })
    : connect(config.databaseUrl, { role: APPLICATION_ROLE, max: 20, name: 'almoner-api' });
  const temporal = openTemporal(keys.payloadKeys, tracedClient());
  const outside = openOutside(config);
  const gifts = new Gifts(db, outside.channels, personalData, `${config.publicUrl}/callbacks`);
  const anchorFile = join(config.paths.root, 'anchors', 'audit.jsonl');
  const simulators = config.simulatorsUrl ? new SimulatorControls(config.simulatorsUrl, config.sandboxToken) : null;
  let ending = false;
  const app = createApp({
    db,
    temporal,
    config,
    personalData,
    documents: folderStore(config.paths.documents),
    gifts,
    log,
    isMigrated: () => isMigrated(config.databaseUrl),
    isEnding: () => ending,
    channels: outside.channels,
    banks: outside.banks,
    custody: new CustodyNotices(db, personalData),
    anchorFile,
    anchorKey: keys.anchorKey,
    sandbox: simulators && {
      personalData,
      simulators,
      clocks: new ClockWalker(db, temporal, simulators),
      temporal,
      publicUrl: config.publicUrl,
      appid: outside.appid,
      anchorFile,
      keys,
    },
  });
  const relay = new OutboxRelay(db, config.appDatabaseUrl || config.databaseUrl, temporal, log);
  await relay.start();
  const sealing = setInterval(() => {
    sealAndAnchor(db, anchorFile, keys.anchorKey).catch((error: unknown) =>
      log.warn({ error: (error as Error).name, code: (error as { code?: string }).code }, 'the audit chain was not sealed; trying again'),
    );
  }, SEAL_MS);
  const look = (): void =>
    void checkBooks(db, Date.now()).then(
      (differences) => {
        if (differences && differences.length > 0) log.error({ differences: differences.length }, 'the books differ: see `almoner verify`');
      },
      (error: unknown) =>
        log.warn({ error: (error as Error).name, code: (error as { code?: string }).code }, 'the books were not checked; trying again'),
    );
  look();
  const looking = setInterval(look, LOOK_MS);
  const server = createServer(app);
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, process.env.HOST ?? '127.0.0.1', resolve));
  log.info({ port: config.port }, 'listening');
  const stop = async (): Promise<void> => {
    ending = true;
    log.info('ending');
    // Whoever sends requests here learns of it from /readyz, while they are still taken.
    await new Promise((resolve) => setTimeout(resolve, config.drainMs));
    clearInterval(sealing);
    clearInterval(looking);
    // Requests and deliveries under way come to their end within one bound; what they tell after that, the next process delivers.
    const [answered] = await Promise.all([endServer(server, config.stopMs), within(config.stopMs, relay.stop())]);
    if (!answered) log.warn({ stopMs: config.stopMs }, 'requests were cut off');
    await within(LAST_MS, db.destroy());
    await stopTracing();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
}

main().catch((error: unknown) => {
  createLogger('api').fatal({ err: error }, 'could not start');
  process.exit(1);
});
