import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { request } from 'undici';
import { freePort } from '../../../src/engines/ports';
import type { ChildName, RunFile } from '../../../src/engines/runFile';
import { checkoutRoot, statePaths } from '../../../src/paths';
import type { RunningSystem } from '../../../src/cli/play/system';
import { aFolder } from '../../support/folder';

/** How long a start may take on a busy machine, ms. */
const PATIENCE_MS = 120_000;

/** The whole product on a port and in a state folder of its own: real Postgres, Temporal, API, worker and simulators, as `npm start` runs them. */
export class TheSystem {
  readonly state: string;
  readonly #folder = aFolder();
  #supervisor: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: NodeJS.ProcessEnv,
    private readonly words: readonly string[],
  ) {
    this.state = path.join(this.#folder.path, 'state');
  }

  /** @param settings further environment of its processes. @param words what the start is told */
  static async start(settings: NodeJS.ProcessEnv = {}, words: readonly string[] = ['--no-demo']): Promise<TheSystem> {
    const system = new TheSystem(await freePort(), settings, words);
    await system.start();
    return system;
  }

  get environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _ours, DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, ...env } = process.env;
    return { ...env, ...this.settings, PORT: String(this.port), ALMONER_STATE: this.state };
  }

  /** Starts, or starts again on the same state. */
  async start(): Promise<void> {
    const log = openSync(path.join(this.#folder.path, 'start.log'), 'a');
    this.#supervisor = spawn(process.execPath, [path.join(checkoutRoot(), 'dist/cli/main.js'), 'start', ...this.words], {
      env: this.environment,
      stdio: ['ignore', log, log],
    });
    await this.until(() => (this.run().ready ? true : null));
  }

  async stop(): Promise<void> {
    const supervisor = this.#supervisor;
    if (!supervisor || supervisor.exitCode !== null) return;
    const gone = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.kill('SIGTERM');
    await gone;
  }

  /** Stops and removes everything. */
  async end(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }

  run(): RunFile {
    return JSON.parse(readFileSync(statePaths(this.state).runFile, 'utf8')) as RunFile;
  }

  /** What a play needs to find the system. */
  get running(): RunningSystem {
    const { sandboxKey } = JSON.parse(readFileSync(statePaths(this.state).credentialsFile, 'utf8')) as { sandboxKey: string };
    return { url: `http://127.0.0.1:${this.port}`, sandboxKey };
  }

  /** SIGKILL, as a crash would. @returns the pid that was killed. */
  kill(name: ChildName): number {
    const pid = this.run().pids[name]!;
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Waits until the system says that it is ready again. */
  async isReady(): Promise<void> {
    await this.until(async () => {
      const response = await request(`http://127.0.0.1:${this.port}/readyz`).catch(() => null);
      await response?.body.dump();
      return response?.statusCode === 200 ? true : null;
    });
  }

  /** Runs an `almoner` command. @returns its exit code and what it wrote. */
  async almoner(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [path.join(checkoutRoot(), 'dist/cli/main.js'), ...args], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
    return { code, stdout, stderr };
  }

  /** Asks again until there is an answer. @throws when there is none in time. */
  async until<T>(ask: () => Promise<T | null> | T | null): Promise<T> {
    for (const began = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      try {
        const answer = await ask();
        if (answer !== null) return answer;
      } catch (error) {
        if (Date.now() - began > PATIENCE_MS) throw error;
      }
      if (Date.now() - began > PATIENCE_MS)
        throw new Error(`The system did not come to it in time: ${readFileSync(path.join(this.#folder.path, 'start.log'), 'utf8').slice(-2_000)}`);
    }
  }
}
