import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { Victim } from './plan';
import { BankWire } from './wires/bankWire';
import { DatabaseWire } from './wires/databaseWire';
import { PostOffice } from './wires/postOffice';

const START_MS = 180_000;
/** Room for the cluster, its write-ahead log, the journals and the logs of a long run. */
const DISK_MB = 1_500;

interface Run {
  readonly ready: boolean;
  readonly pids: Partial<Record<Victim, number>>;
  readonly environment: Record<string, string>;
}

function freePort(taken: number[]): Promise<number> {
  const port = randomInt(15_000, 32_000);
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(freePort(taken)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(taken.includes(port) ? freePort(taken) : port)));
  });
}

/**
 * A whole Almoner of its own: own folder (a small disk of its own where mounting is allowed), own ports, real processes. Its lines to Postgres, to the
 * bank and from the providers pass through our hands.
 */
export class SystemUnderTest {
  #supervisor: ChildProcess | undefined;

  private constructor(
    private readonly checkout: string,
    readonly folder: string,
    /** Whether the state lies on a disk of its own that can be filled. */
    readonly hasDisk: boolean,
    private readonly ports: Record<
      'api' | 'postgres' | 'temporal' | 'simulators' | 'workerHealth' | 'databaseWire' | 'postOffice' | 'bankWire',
      number
    >,
    readonly databaseWire: DatabaseWire,
    readonly postOffice: PostOffice,
    readonly bankWire: BankWire,
  ) {}

  /** @param checkout the folder with `dist/`. @param room where the system's folder is made; the machine's own place when left out */
  static async start(checkout: string, room = tmpdir()): Promise<SystemUnderTest> {
    const folder = mkdtempSync(path.join(room, 'almoner-faults-'));
    const state = path.join(folder, 'state');
    mkdirSync(state);
    const hasDisk = mountDisk(state);
    const taken: number[] = [];
    for (let left = 8; left > 0; left -= 1) taken.push(await freePort(taken));
    const [api, postgres, temporal, simulators, workerHealth, databaseWire, postOffice, bankWire] = taken as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const ports = { api, postgres, temporal, simulators, workerHealth, databaseWire, postOffice, bankWire };
    const system = new SystemUnderTest(
      checkout,
      folder,
      hasDisk,
      ports,
      new DatabaseWire(databaseWire, postgres),
      new PostOffice(postOffice, `http://127.0.0.1:${api}`),
      new BankWire(bankWire, `http://127.0.0.1:${simulators}`),
    );
    try {
      await system.begin();
    } catch (error) {
      await system.end();
      throw error;
    }
    return system;
  }

  get state(): string {
    return path.join(this.folder, 'state');
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  /** The owner's way into the database, past the wire: for looking only. */
  get databaseUrl(): string {
    return this.run().environment.DATABASE_URL!;
  }

  get sandboxKey(): string {
    return (JSON.parse(readFileSync(path.join(this.state, 'credentials.json'), 'utf8')) as { sandboxKey: string }).sandboxKey;
  }

  run(): Run {
    return JSON.parse(readFileSync(path.join(this.state, 'run.json'), 'utf8')) as Run;
  }

  pid(victim: Victim): number {
    const pid = this.run().pids[victim];
    if (!pid) throw new Error(`${victim} has no process`);
    return pid;
  }

  async isReady(): Promise<boolean> {
    try {
      const answer = await request(`${this.url}/readyz`, { headersTimeout: 5_000 });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  /** Runs an `almoner` command. @returns its exit code and standard output. */
  almoner(...words: string[]): Promise<{ code: number; stdout: string }> {
    const child = spawn(process.execPath, [path.join(this.checkout, 'dist/cli/main.js'), ...words], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, stdout })));
  }

  /** Stops everything and removes what it wrote. */
  async end(): Promise<void> {
    const supervisor = this.#supervisor;
    if (supervisor && supervisor.exitCode === null && supervisor.signalCode === null) {
      const gone = new Promise((resolve) => supervisor.once('exit', resolve));
      supervisor.kill('SIGTERM');
      await gone;
    }
    await Promise.all([this.databaseWire.close(), this.postOffice.close(), this.bankWire.close()]);
    if (this.hasDisk) execFileSync('umount', ['-l', this.state]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _options, DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, ...env } = process.env;
    const password = readFileSync(path.join(this.state, 'keys', 'app-password'), 'utf8').trim();
    return {
      ...env,
      PORT: String(this.ports.api),
      ALMONER_STATE: this.state,
      APP_DATABASE_URL: `postgres://almoner_app:${password}@127.0.0.1:${this.ports.databaseWire}/almoner`,
      PUBLIC_URL: `http://127.0.0.1:${this.ports.postOffice}`,
      BANK_URL: `http://127.0.0.1:${this.ports.bankWire}/bank`,
      BANK_VISIBILITY_MS: '3000',
    };
  }

  private async begin(): Promise<void> {
    const { postgres, temporal, simulators, workerHealth } = this.ports;
    writeFileSync(path.join(this.state, 'ports.json'), JSON.stringify({ postgres, temporal, simulators, workerHealth }));
    mkdirSync(path.join(this.state, 'keys'), { mode: 0o700 });
    writeFileSync(path.join(this.state, 'keys', 'app-password'), `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    // What was fetched once is not fetched again, and takes no room on the small disk.
    const cache = path.join(this.checkout, '.almoner', 'cache');
    mkdirSync(cache, { recursive: true });
    symlinkSync(cache, path.join(this.state, 'cache'));
    await Promise.all([this.databaseWire.open(), this.postOffice.open(), this.bankWire.open()]);
    const log = openSync(path.join(this.folder, 'start.log'), 'a');
    this.#supervisor = spawn(process.execPath, [path.join(this.checkout, 'dist/cli/main.js'), 'start', '--no-demo'], {
      env: this.environment,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const supervisor = this.#supervisor;
    for (const began = Date.now(); ; await pause(200)) {
      if (existsSync(path.join(this.state, 'run.json')) && this.run().ready) return;
      if (supervisor.exitCode !== null || Date.now() - began > START_MS)
        throw new Error(`the system did not start: ${readFileSync(path.join(this.folder, 'start.log'), 'utf8').slice(-1_000)}`);
    }
  }
}

/** @returns whether a disk of its own could be mounted there: root, on Linux. */
function mountDisk(place: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0755`, 'tmpfs', place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
