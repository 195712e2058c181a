import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child, type ChildEvent, type ChildPlan } from '../../src/engines/child';
import { capLog } from '../../src/engines/logFile';
import { isAlive, signalProcess } from '../../src/engines/processes';
import { aFolder } from '../support/folder';

const folder = aFolder();
afterAll(() => folder.remove());

const up = path.join(folder.path, 'up');

async function until(isTrue: () => boolean, deadlineMs = 5000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms`);
    await delay(10);
  }
}

function aPlan(script: string): ChildPlan {
  return {
    name: 'stub',
    logFile: path.join(folder.path, 'stub.log'),
    launch: () => ({ command: process.execPath, args: ['-e', script], env: process.env }),
    ready: () => until(() => existsSync(up)),
    probe: async () => true,
    stopMs: 2000,
  };
}

test('a child that dies is there again, in a process group of its own, and ends when it is stopped', async () => {
  const events: ChildEvent[] = [];
  const child = new Child(aPlan(`require('fs').writeFileSync('${up}', ''); setInterval(() => {}, 1000)`), (event) => events.push(event));
  await child.start();
  const first = child.mark!;
  signalProcess(first, 'SIGKILL');
  await until(() => child.mark?.pid !== first.pid);
  const second = child.mark!;
  expect(isAlive(second)).toBe(true);
  expect(events.map(({ what }) => what)).toEqual(['spawned', 'died', 'spawned']);
  expect(await child.stop()).toBe('ended');
  await delay(300);
  expect(child.mark).toBe(second);
  expect(isAlive(second)).toBe(false);
});

test('a child that dies before it is of use fails the start with its last words', async () => {
  const plan = { ...aPlan(`console.error('port 1 is not for me'); process.exit(3)`), ready: () => new Promise(() => undefined) };
  const child = new Child(plan, () => undefined);
  await expect(child.start()).rejects.toThrow(/^stub ended during the start \(exit code 3: port 1 is not for me\): see .*stub\.log\.$/);
});

test('a program that is not there fails the start', async () => {
  const plan = {
    ...aPlan(''),
    launch: () => ({ command: path.join(folder.path, 'none'), args: [], env: {} }),
    ready: () => new Promise(() => undefined),
  };
  await expect(new Child(plan, () => undefined).start()).rejects.toThrow(/ended during the start \(spawn .*none ENOENT/);
});

test('a log keeps itself and one predecessor below its cap', () => {
  const log = path.join(folder.path, 'long.log');
  writeFileSync(log, 'x'.repeat(1000));
  capLog(log, 1000);
  expect(statSync(log).size).toBe(1000);
  writeFileSync(log, 'y'.repeat(1001));
  capLog(log, 1000);
  expect(statSync(log).size).toBe(0);
  expect(readFileSync(`${log}.1`, 'utf8')).toHaveLength(1001);
});
