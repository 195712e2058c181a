import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { becomeTheInstance } from '../../src/engines/instance';
import { markOf } from '../../src/engines/processes';
import { aFolder } from '../support/folder';

const folder = aFolder();
const lock = path.join(folder.path, 'supervisor.lock');
afterAll(() => folder.remove());

test('a second instance is told, in one sentence, which process runs where', () => {
  const release = becomeTheInstance(lock, 'http://127.0.0.1:8080');
  expect(() => becomeTheInstance(lock, 'http://127.0.0.1:9090')).toThrow(
    `Almoner already runs on this state folder (process ${process.pid}, http://127.0.0.1:8080): use it, or end it with "almoner stop".`,
  );
  release();
  expect(existsSync(lock)).toBe(false);
});

test('the lock of a process that died is taken over', () => {
  writeFileSync(lock, JSON.stringify({ pid: 999_999_999, began: 'long ago', url: 'http://127.0.0.1:8080' }));
  becomeTheInstance(lock, 'http://127.0.0.1:8080')();
});

test('the lock of a process whose pid was given to another one is taken over', () => {
  writeFileSync(lock, JSON.stringify({ ...markOf(process.pid)!, began: 'before the last reboot', url: 'http://127.0.0.1:8080' }));
  becomeTheInstance(lock, 'http://127.0.0.1:8080')();
});
