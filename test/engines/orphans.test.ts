import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clearPostmaster, endOrphans } from '../../src/engines/orphans';
import { createCluster, ownerUrl, postgresLaunch, waitForPostgres } from '../../src/engines/postgresCluster';
import { freePort } from '../../src/engines/ports';
import { isAlive, markOf } from '../../src/engines/processes';
import { readRunFile, runningInstance, writeRunFile, type RunFile } from '../../src/engines/runFile';
import { aFolder } from '../support/folder';

const folder = aFolder();
afterAll(() => folder.remove());

function aRun(over: Partial<RunFile>): RunFile {
  const common = { startedAt: '2026-01-01T00:00:00.000Z', ready: true, port: 8080, url: 'http://127.0.0.1:8080', environment: {} };
  return { pid: 999_999_999, began: 'long ago', ...common, pids: {}, begun: {}, ...over };
}

test('what a killed supervisor left running is ended, a stranger under a reused pid is not', async () => {
  const left = spawn('sleep', ['60']);
  const stranger = spawn('sleep', ['60']);
  const [mark, strange] = [markOf(left.pid!)!, markOf(stranger.pid!)!];
  const file = path.join(folder.path, 'run.json');
  writeRunFile(file, aRun({ pids: { api: mark.pid, worker: strange.pid }, begun: { api: mark.began, worker: 'before the last reboot' } }));
  expect(runningInstance(file)).toBeUndefined();
  expect(await endOrphans(file)).toEqual(['api']);
  expect(isAlive(mark)).toBe(false);
  expect(isAlive(strange)).toBe(true);
  expect(readRunFile(file)).toBeUndefined();
  stranger.kill('SIGKILL');
});

test('a run file without a supervisor is told from one with', () => {
  const file = path.join(folder.path, 'mine.json');
  writeRunFile(file, aRun({ ...markOf(process.pid)! }));
  expect(runningInstance(file)?.pid).toBe(process.pid);
});

test.each([
  ['of a dead process', 999_999_999],
  ['of a living one that is no Postgres', process.pid],
])('a postmaster.pid %s is removed', async (_what, pid) => {
  const data = path.join(folder.path, `data-${pid}`);
  mkdirSync(data);
  writeFileSync(path.join(data, 'postmaster.pid'), `${pid}\n${data}\n`);
  await clearPostmaster(data);
  expect(existsSync(path.join(data, 'postmaster.pid'))).toBe(false);
});

test('a server that still runs on our data is stopped, so that another can start on it', async () => {
  const data = path.join(folder.path, 'cluster');
  await createCluster(data, 'test-only', false);
  const [first, second] = [await freePort(), await freePort()];
  const spawnServer = (port: number) => {
    const { command, args, ...options } = postgresLaunch(data, port, ['fsync=off']);
    return spawn(command, args, { ...options, cwd: '/', stdio: 'ignore' });
  };
  const orphan = spawnServer(first);
  await waitForPostgres(ownerUrl(first, 'test-only', 'postgres'), 20_000);
  const mark = markOf(orphan.pid!)!;
  await clearPostmaster(data);
  expect(isAlive(mark)).toBe(false);
  const successor = spawnServer(second);
  await expect(waitForPostgres(ownerUrl(second, 'test-only', 'postgres'), 20_000)).resolves.toMatch(/^18\./);
  successor.kill('SIGQUIT');
});
