import { loadClientConnectConfig } from '@temporalio/envconfig';
import { migrate } from '../database/migrate';
import { ensureSandboxKeys } from '../simulators/keys';
import type { StatePaths } from '../paths';
import type { ChildEvent } from './child';
import { postgresPlan, temporalPlan } from './enginePlans';
import { processEnvironment, withoutPassword } from './environment';
import { keptSecret } from './files';
import { waitForOk } from './http';
import { nodePlan } from './nodePlan';
import { keptPorts } from './ports';
import { createCluster, ensureDatabase, hasCluster, ownerUrl, waitForPostgres } from './postgresCluster';
import { postgresBinaries } from './postgresBinaries';
import { ensureHouseKeys } from '../security/keys';
import { sealWhatIsPlain } from './plainWords';
import { seedHouse } from '../seed';
import type { Progress } from './progress';
import { markOf } from './processes';
import { Supervisor } from './supervisor';
import { findTemporal } from './temporalBinary';
import { temporalEnvironment, temporalSettings, waitForTemporal } from './temporalServer';

const PORT_NAMES = ['postgres', 'temporal', 'simulators', 'workerHealth', 'temporalUi'] as const;
type Ports = Record<(typeof PORT_NAMES)[number], number>;
type Settings = Record<string, string>;

/** The whole of Almoner on one machine: engines, our processes, and what is between them. One start, one stop. */
export class System {
  readonly supervisor: Supervisor;

  constructor(
    private readonly paths: StatePaths,
    private readonly port: number,
    private readonly progress: Progress,
    tell: (event: ChildEvent) => void,
  ) {
    const { pid, began } = markOf(process.pid)!;
    const url = `http://127.0.0.1:${port}`;
    const run = { pid, began, startedAt: new Date().toISOString(), ready: false, port, url, pids: {}, begun: {}, environment: {} };
    this.supervisor = new Supervisor(paths.runFile, run, tell);
  }

  /**
   * Starts everything in order and waits until `/readyz` says so.
   * @param prepareDemonstration makes the demonstration's platforms where they are not there yet, through the API, as anybody would; null: none is wanted
   * @returns the environment of our processes. Throws `StartError` with what to do.
   */
  async start(prepareDemonstration: ((environment: Settings) => Promise<unknown>) | null): Promise<Settings> {
    const ports = await keptPorts(this.paths.portsFile, PORT_NAMES);
    const [databaseUrl, temporal] = await Promise.all([this.database(ports.postgres), this.temporal(ports.temporal, ports.temporalUi)]);
    const appPassword = keptSecret(this.paths.keys, 'app-password');
    await this.progress.step(
      'migrations',
      () => migrate(databaseUrl, { appPassword }),
      ({ applied }) => (applied.length === 0 ? 'database is up to date' : `${applied.length} migrations applied`),
    );
    await this.progress.step(
      'keys',
      () => this.makeKeys(),
      () => 'keys of the house and of the sandbox',
    );
    await sealWhatIsPlain(databaseUrl, this.paths.keys);
    const environment = processEnvironment({
      port: this.port,
      databaseUrl,
      appPassword,
      temporal,
      simulatorsPort: ports.simulators,
      simulatorsState: this.paths.simulators,
      workerHealthPort: ports.workerHealth,
      sandboxToken: keptSecret(this.paths.keys, 'sandbox-token'),
      metricsToken: keptSecret(this.paths.keys, 'metrics-token'),
      state: this.paths.root,
    });
    this.supervisor.run.environment = environment;
    await this.processes(environment, ports);
    if (prepareDemonstration)
      await this.progress.step(
        'demonstration',
        () => prepareDemonstration(environment),
        () => 'platforms of the demonstration',
      );
    this.supervisor.run.ready = true;
    this.supervisor.write();
    return environment;
  }

  private async makeKeys(): Promise<void> {
    ensureHouseKeys(this.paths.keys);
    await ensureSandboxKeys(this.paths.keys, this.paths.simulators);
  }

  private async database(port: number): Promise<string> {
    const theirs = process.env.DATABASE_URL;
    if (theirs) {
      const place = withoutPassword(theirs);
      await this.progress.step(
        'Postgres',
        () => waitForPostgres(theirs, 15_000),
        (version) => `Postgres ${version} at ${place} (DATABASE_URL)`,
      );
      return theirs;
    }
    const password = keptSecret(this.paths.keys, 'postgres-password');
    const start = async (say: (line: string) => void) => {
      if (!hasCluster(this.paths.postgres)) {
        say('creating its data directory');
        await createCluster(this.paths.postgres, password);
      }
      await this.supervisor.add('postgres', postgresPlan(this.paths, port, password));
      await ensureDatabase(ownerUrl(port, password, 'postgres'), 'almoner');
    };
    await this.progress.step('Postgres', start, () => `Postgres ${postgresBinaries().version} on 127.0.0.1:${port}`);
    return ownerUrl(port, password);
  }

  private async temporal(port: number, uiPort: number): Promise<Settings> {
    const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
    if (process.env.TEMPORAL_ADDRESS) {
      const { connectionOptions } = loadClientConnectConfig();
      const { address } = connectionOptions;
      await this.progress.step(
        'Temporal',
        () => waitForTemporal(connectionOptions, namespace, 15_000),
        () => `Temporal at ${address} (TEMPORAL_ADDRESS)`,
      );
      return { TEMPORAL_NAMESPACE: namespace, ...temporalSettings() };
    }
    const start = async (say: (line: string) => void) => {
      const binary = await findTemporal(this.paths.cache, say);
      await this.supervisor.add('temporal', temporalPlan(this.paths, { port, uiPort }, namespace, binary.path));
      return binary;
    };
    await this.progress.step('Temporal', start, ({ version, source }) => `Temporal ${version} on 127.0.0.1:${port} (from ${source})`);
    return { ...temporalEnvironment(`127.0.0.1:${port}`, namespace, this.paths.temporal), TEMPORAL_UI_URL: `http://127.0.0.1:${uiPort}` };
  }

  private async processes(env: Settings, ports: Ports): Promise<void> {
    const api = `http://127.0.0.1:${this.port}`;
    const simulators = { name: 'simulators', main: 'simulatorsMain.js', env, healthUrl: `${env.SIMULATORS_URL}/healthz`, stopMs: 3000 };
    const worker = { name: 'worker', main: 'workerMain.js', env, healthUrl: `http://127.0.0.1:${ports.workerHealth}/healthz`, stopMs: 4000 };
    const apiProcess = { name: 'api', main: 'apiMain.js', env, healthUrl: `${api}/healthz`, stopMs: 3500 };
    const { step } = this.progress;
    await step(
      'simulators',
      () => this.supervisor.add('simulators', nodePlan(this.paths, simulators)),
      () => `simulators on ${env.SIMULATORS_URL}`,
    );
    await step(
      'house',
      () => seedHouse(env),
      () => 'platforms, log-ins, keys and institution registry',
    );
    await Promise.all([
      step(
        'worker',
        () => this.supervisor.add('worker', nodePlan(this.paths, worker)),
        () => 'worker',
      ),
      step(
        'API',
        () => this.supervisor.add('api', nodePlan(this.paths, apiProcess)),
        () => `API on ${api}`,
      ),
    ]);
    await step(
      'ready',
      () => waitForOk(`${api}/readyz`, 60_000, { authorization: `Bearer ${env.METRICS_TOKEN}` }),
      () => 'everything says it is ready',
    );
  }
}
