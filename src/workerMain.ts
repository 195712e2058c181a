// Before anything that it watches.
import { stopTracing, tracedActivities, tracedWorkflows } from './observability/tracing';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createCampaignActivities } from './activities/campaign';
import { createComplaintActivities } from './activities/complaint';
import { heartbeatWhileRunning } from './activities/heartbeat';
import { measured } from './activities/measured';
import { createPayoutBatchActivities } from './activities/payoutBatch';
import { PayoutsTogether } from './activities/payouts/together';
import { createRecallActivities } from './activities/recall';
import { createRefundActivities } from './activities/refund';
import { createReleaseActivities } from './activities/release';
import { createReconciliationActivities } from './activities/reconciliation';
import { createSupervisionActivities } from './activities/supervision';
import { createTransferActivities } from './activities/transfer';
import { createFaultPoints } from './activities/faultPoints';
import { loadConfig } from './config';
import { connect } from './database/connect';
import { APPLICATION_ROLE } from './database/migrate';
import { Gifts } from './gifts/gifts';
import { createLogger, logLastWords, temporalLog } from './logging';
import { QUEUES } from './messages/messages';
import { scrape, showsToken } from './observability/metrics';
import { openOutside } from './outside';
import { loadHouseKeys } from './security/keys';
import { PersonalData } from './security/personalData';
import { dataConverter } from './temporal/dataConverter';
import { workerVersion } from './workerVersion';

/** How many payments this worker has in flight: an explicit limit, not a guess by load. */
const PAYMENTS_AT_ONCE = 8;
/** The queue's rate over all workers, kept by the server: a bank link takes no burst. */
const PAYMENTS_PER_SECOND = 50;
/** How many workflows are kept in memory; more are replayed when they wake. ALMONER_WORKFLOW_CACHE makes it small in tests. */
const CACHED_WORKFLOWS = Number(process.env.ALMONER_WORKFLOW_CACHE ?? 200);

/** The worker's process: one Temporal worker per queue, from the prebuilt bundle. It is supervised from outside and may die at any time. */
async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('worker');
  logLastWords(log);
  Runtime.install({ logger: new DefaultLogger('INFO', temporalLog(log)) });
  const keys = loadHouseKeys(config.paths.keys);
  const personalData = new PersonalData(keys);
  const db = config.appDatabaseUrl
    ? connect(config.appDatabaseUrl, { max: 12, name: 'almoner-worker' })
    : connect(config.databaseUrl, { role: APPLICATION_ROLE, max: 12, name: 'almoner-worker' });
  const outside = openOutside(config);
  const gifts = new Gifts(db, outside.channels, personalData, `${config.publicUrl}/callbacks`, config.refundsPerSecond);
  const campaigns = createCampaignActivities({ db, personalData, identity: outside.identity, gifts });
  const refunds = createRefundActivities({ db, gifts });
  const recalls = createRecallActivities({ db, banks: outside.banks });
  const complaints = createComplaintActivities(db);
  const supervisions = createSupervisionActivities(db);
  const reconciliations = createReconciliationActivities({ db, banks: outside.banks, channels: outside.channels, gifts, personalData });
  const releases = createReleaseActivities({ db, banks: outside.banks, personalData, limits: config.clearings });
  const payoutBatches = createPayoutBatchActivities({ db, together: new PayoutsTogether(db, outside.banks, personalData, config.clearings) });
  const transfers = createTransferActivities({
    db,
    banks: outside.banks,
    personalData,
    atPoint: createFaultPoints(db, config.simulatorsUrl !== null),
    visibilityMs: config.bankVisibilityMs,
    limits: config.clearings,
  });

  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connectPatiently(connectionOptions, log);
  const common = {
    connection,
    namespace,
    dataConverter: dataConverter(keys.payloadKeys),
    shutdownGraceTime: '3 seconds',
    ...workerVersion(),
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: QUEUES.orchestration,
      workflowBundle: { codePath: join(__dirname, 'workflow-bundle.js') },
      ...tracedWorkflows(),
      maxCachedWorkflows: CACHED_WORKFLOWS,
      // A dead worker's sticky queue is given up after a second, so that its workflows go on elsewhere at once.
      stickyQueueScheduleToStartTimeout: '1 second',
      interceptors: { activity: [...tracedActivities(), measured] },
      activities: {
        ...campaigns.reading,
        ...releases.reading,
        ...complaints.reading,
        ...supervisions.reading,
        ...reconciliations.reading,
        ...transfers.reading,
      },
    }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.database,
      activities: { ...campaigns.database, ...releases.database, ...refunds.database, ...complaints.database, ...supervisions.database },
      interceptors: { activity: [...tracedActivities(), measured] },
      maxConcurrentActivityTaskExecutions: 20,
    }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.payment,
      activities: {
        ...campaigns.payment,
        ...releases.payment,
        ...transfers.payment,
        ...payoutBatches.payment,
        ...refunds.payment,
        ...recalls.payment,
        ...reconciliations.payment,
      },
      maxConcurrentActivityTaskExecutions: PAYMENTS_AT_ONCE,
      maxTaskQueueActivitiesPerSecond: PAYMENTS_PER_SECOND,
      interceptors: { activity: [...tracedActivities(), measured, heartbeatWhileRunning] },
      maxHeartbeatThrottleInterval: '500 milliseconds',
      defaultHeartbeatThrottleInterval: '500 milliseconds',
    }),
  ]);
  const health = createServer((req, res) => {
    if (req.url === '/metrics') {
      if (!showsToken(req.headers.authorization, config.metricsToken)) return void res.writeHead(401).end();
      // What the database knows is the API's to say.
      void scrape(db, false).then(({ type, text }) => res.writeHead(200, { 'content-type': type }).end(text));
      return;
    }
    const running = workers.every((w) => w.getState() === 'RUNNING');
    res.writeHead(running ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ status: running ? 'polling' : 'not polling' }));
  });
  if (config.workerHealthPort > 0)
    await new Promise<void>((resolve, reject) =>
      health.once('error', reject).listen(config.workerHealthPort, process.env.HOST ?? '127.0.0.1', resolve),
    );
  log.info('polling');
  // Signals are handled by the SDK's runtime: workers drain for their grace time, then run() ends.
  await Promise.all(workers.map((w) => w.run()));
  health.close();
  await connection.close();
  await db.destroy();
  await stopTracing();
}

type ConnectionOptions = Parameters<typeof NativeConnection.connect>[0];

/** Temporal may start after the worker, or be away for a while: keep knocking for a minute before giving the supervisor a turn. */
async function connectPatiently(options: ConnectionOptions, log: ReturnType<typeof createLogger>): Promise<NativeConnection> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (attempt >= 60) throw error;
      log.warn({ attempt }, 'Temporal does not answer yet');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    createLogger('worker').fatal({ err: error }, 'could not start');
    process.exit(1);
  },
);
