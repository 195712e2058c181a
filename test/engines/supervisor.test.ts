import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildPlan } from '../../src/engines/child';
import { isAlive, markOf, signalProcess } from '../../src/engines/processes';
import { childMarks, readRunFile, type RunFile } from '../../src/engines/runFile';
import { Supervisor } from '../../src/engines/supervisor';
import { aFolder } from '../support/folder';

const folder = aFolder();
const file = path.join(folder.path, 'run.json');
afterAll(() => folder.remove());

function aPlan(name: string): ChildPlan {
  const script = 'setInterval(() => {}, 1000)';
  const launch = () => ({ command: process.execPath, args: ['-e', script], env: process.env });
  return { name, logFile: path.join(folder.path, `${name}.log`), launch, ready: async () => undefined, probe: async () => true, stopMs: 2000 };
}

async function newPid(name: 'api' | 'postgres', old: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const pid = readRunFile(file)?.pids[name];
    if (pid !== undefined && pid !== old) return pid;
    await delay(10);
  }
  throw new Error(`${name} was not started again`);
}

test('run.json names every living child, follows restarts, is private, and goes with a clean stop in order', async () => {
  const { pid, began } = markOf(process.pid)!;
  const run: RunFile = {
    pid,
    began,
    startedAt: '',
    ready: true,
    port: 8080,
    url: '',
    pids: {},
    begun: {},
    environment: { DATABASE_URL: 'postgres://…' },
  };
  const supervisor = new Supervisor(file, run, () => undefined);
  await supervisor.add('postgres', aPlan('postgres'));
  await supervisor.add('api', aPlan('api'));

  expect(statSync(file).mode & 0o777).toBe(0o600);
  const before = childMarks(readRunFile(file)!);
  expect(before.map(({ name }) => name)).toEqual(['api', 'postgres']);
  expect(before.every(({ mark }) => isAlive(mark))).toBe(true);

  signalProcess(before[0]!.mark, 'SIGKILL');
  const revived = markOf(await newPid('api', before[0]!.mark.pid))!;
  expect(isAlive(revived)).toBe(true);

  const ended: string[] = [];
  await Promise.all([supervisor.stop((name) => ended.push(name)), supervisor.stop((name) => ended.push(name))]);
  expect(ended).toEqual(['api', 'postgres']);
  expect([revived, before[1]!.mark].some(isAlive)).toBe(false);
  expect(existsSync(file)).toBe(false);
  await expect(supervisor.add('worker', aPlan('worker'))).rejects.toThrow('stopped during the start');
});
