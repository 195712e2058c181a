import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { checkoutRoot, statePaths } from '../../src/paths';
import { freePort } from '../../src/engines/ports';
import { createCluster, ownerUrl, postgresLaunch, waitForPostgres, type Launch } from '../../src/engines/postgresCluster';
import { endProcess, isAlive, markOf, type ProcessMark } from '../../src/engines/processes';
import { findTemporal } from '../../src/engines/temporalBinary';
import { temporalLaunch, waitForTemporal } from '../../src/engines/temporalServer';

/** All test runs live here, each in a folder of its own, so that several may run at once. */
const ROOM = path.join(checkoutRoot(), '.almoner', 'test');
export const TEST_PASSWORD = 'test-only';

type Marks = { run: ProcessMark; engines: ProcessMark[] };

function spawnEngine(name: string, folder: string, what: Launch): ProcessMark {
  const log = openSync(path.join(folder, `${name}.log`), 'a');
  const child = spawn(what.command, what.args, { ...what, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  child.unref();
  const mark = markOf(child.pid ?? 0);
  if (!mark) throw new Error(`${name} died at once: see ${folder}/${name}.log`);
  return mark;
}

/** Ends the engines of a test run and removes what they wrote. */
export async function endRun(folder: string): Promise<void> {
  const file = path.join(folder, 'marks.json');
  const marks = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Marks) : undefined;
  // Nothing in there is kept, so nothing is worth a clean shutdown; SIGQUIT still lets Postgres take its backends along.
  await Promise.all((marks?.engines ?? []).map((mark) => endProcess(mark, { signal: 'SIGQUIT', deadlineMs: 3000 })));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Cleans up after test runs that were killed before they could. */
async function endAbandonedRuns(): Promise<void> {
  for (const name of existsSync(ROOM) ? readdirSync(ROOM) : []) {
    const file = path.join(ROOM, name, 'marks.json');
    const marks = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Marks) : undefined;
    const abandoned = marks ? !isAlive(marks.run) : markOf(Number(name)) === undefined;
    if (abandoned) await endRun(path.join(ROOM, name));
  }
}

/**
 * Starts one Postgres and one in-memory Temporal server for this run of Jest.
 * @returns its folder, the owner's URL of the database `postgres`, and Temporal's address
 */
export async function startRun(): Promise<{ folder: string; adminUrl: string; temporalAddress: string; temporalBinary: string }> {
  await endAbandonedRuns();
  const folder = path.join(ROOM, String(process.pid));
  mkdirSync(folder, { recursive: true });
  const marks: Marks = { run: markOf(process.pid)!, engines: [] };
  const keep = (mark: ProcessMark) => {
    marks.engines.push(mark);
    writeFileSync(path.join(folder, 'marks.json'), JSON.stringify(marks));
  };
  const data = path.join(folder, 'postgres');
  const startPostgres = async () => {
    await createCluster(data, TEST_PASSWORD, false);
    const port = await freePort();
    keep(spawnEngine('postgres', folder, postgresLaunch(data, port, ['fsync=off', 'full_page_writes=off', 'max_connections=300'])));
    const adminUrl = ownerUrl(port, TEST_PASSWORD, 'postgres');
    await waitForPostgres(adminUrl, 30_000);
    return adminUrl;
  };
  const startTemporal = async () => {
    const binary = await findTemporal(statePaths(path.join(checkoutRoot(), '.almoner')).cache, (line) => process.stderr.write(`${line} …\n`));
    const port = await freePort();
    // Lets a test ask the real server to skip time; off for workflows that do not ask.
    // Histories are turned over early, so that continue-as-new is met in a test and not only after months.
    const extra = [
      '--dynamic-config-value',
      'frontend.WorkflowTimeSkippingEnabled=true',
      '--dynamic-config-value',
      'limit.historyCount.suggestContinueAsNew=150',
    ];
    keep(spawnEngine('temporal', folder, temporalLaunch(binary.path, { port, extra })));
    await waitForTemporal({ address: `127.0.0.1:${port}` }, 'default', 30_000);
    return { address: `127.0.0.1:${port}`, binary: binary.path };
  };
  const [adminUrl, temporal] = await Promise.all([startPostgres(), startTemporal()]);
  return { folder, adminUrl, temporalAddress: temporal.address, temporalBinary: temporal.binary };
}
