import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endProcess, isAlive, markOf, signalProcess } from '../../src/engines/processes';

async function aProcess(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', `${script}; setInterval(() => {}, 1000); process.stdout.write('up')`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout!, 'data');
  return child;
}

test('a process that ends when asked is not killed', async () => {
  const child = await aProcess(`process.on('SIGTERM', () => process.exit(7))`);
  const ended = once(child, 'exit');
  expect(await endProcess(markOf(child.pid!)!, { deadlineMs: 5000 })).toBe('ended');
  expect(await ended).toEqual([7, null]);
});

test('a process that does not is killed after its deadline', async () => {
  const child = await aProcess(`process.on('SIGTERM', () => {})`);
  const ended = once(child, 'exit');
  expect(await endProcess(markOf(child.pid!)!, { deadlineMs: 200 })).toBe('killed');
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test('another process under the same pid is never signalled', async () => {
  const child = await aProcess('');
  const stranger = { pid: child.pid!, began: 'before the last reboot' };
  expect(isAlive(stranger)).toBe(false);
  expect(signalProcess(stranger, 'SIGKILL')).toBe(false);
  expect(await endProcess(stranger, { deadlineMs: 100 })).toBe('absent');
  expect(isAlive(markOf(child.pid!)!)).toBe(true);
  child.kill('SIGKILL');
});

test('a dead process has no mark', async () => {
  const child = await aProcess('');
  const mark = markOf(child.pid!)!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(mark)).toBe(false);
  expect(markOf(mark.pid)).toBeUndefined();
});
