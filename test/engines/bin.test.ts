import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkoutRoot } from '../../src/paths';
import { aFolder } from '../support/folder';

const folder = aFolder();
afterAll(() => folder.remove());

const lib = async <Module>(name: string) => (await import(pathToFileURL(path.join(checkoutRoot(), 'bin', 'lib', name)).href)) as Module;

function almonerOn(nodeVersion: string, ...words: string[]): { status: number | null; stderr: string } {
  const pretend = path.join(folder.path, 'pretend.cjs');
  writeFileSync(pretend, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${nodeVersion}' } });`);
  return spawnSync(process.execPath, ['--require', pretend, path.join(checkoutRoot(), 'bin', 'almoner.mjs'), ...words], { encoding: 'utf8' });
}

test.each(['12.22.12', '18.20.4', '20.18.3'])('Node.js %s gets one sentence and exit 1', (version) => {
  const { status, stderr } = almonerOn(version, 'start');
  expect(stderr).toBe(`Almoner needs Node.js 20.19 or later and this is ${version}: install a newer Node.js and start again.\n`);
  expect(status).toBe(1);
});

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node.js %s will do', async (version) => {
  const { tooOldSentence } = await lib<{ tooOldSentence(version: string): string }>('nodeVersion.mjs');
  expect(tooOldSentence(version)).toBe('');
});

test('the build is cached by content: times do not matter, any byte, name or file does', async () => {
  const { buildHash } = await lib<{ buildHash(root: string): string }>('build.mjs');
  const root = path.join(folder.path, 'project');
  mkdirSync(path.join(root, 'src', 'room'), { recursive: true });
  writeFileSync(path.join(root, 'tsconfig.json'), '{}');
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  const source = path.join(root, 'src', 'room', 'a.ts');
  writeFileSync(source, 'export {};');
  const before = buildHash(root);
  utimesSync(source, new Date(0), new Date(0));
  expect(buildHash(root)).toBe(before);
  const changes = [
    () => writeFileSync(source, 'export { };'),
    () => writeFileSync(path.join(root, 'src', 'room', 'b.sql'), ''),
    () => cpSync(source, path.join(root, 'src', 'c.ts')),
    () => rmSync(source),
    () => writeFileSync(path.join(root, 'package-lock.json'), '{ }'),
  ];
  const hashes = changes.map((change) => {
    change();
    return buildHash(root);
  });
  expect(new Set([before, ...hashes]).size).toBe(changes.length + 1);
});

test('dependencies are installed when every required package of the lock is there unchanged', async () => {
  const { isInstalled } = await lib<{ isInstalled(root: string): boolean }>('install.mjs');
  const root = path.join(folder.path, 'installed');
  mkdirSync(path.join(root, 'node_modules'), { recursive: true });
  const lock = (packages: object) => JSON.stringify({ packages });
  const present = (packages: object) => writeFileSync(path.join(root, 'node_modules', '.package-lock.json'), lock(packages));
  writeFileSync(
    path.join(root, 'package-lock.json'),
    lock({ '': {}, 'node_modules/a': { integrity: 'sha512-a' }, 'node_modules/mac': { optional: true } }),
  );
  expect(isInstalled(root)).toBe(false);
  present({ 'node_modules/a': { integrity: 'sha512-a' } });
  expect(isInstalled(root)).toBe(true);
  present({ 'node_modules/a': { integrity: 'sha512-b' } });
  expect(isInstalled(root)).toBe(false);
  present({});
  expect(isInstalled(root)).toBe(false);
});

test('failures of npm are one sentence that says what to do', async () => {
  const { npmSentence } = await lib<{ npmSentence(output: string): string | undefined }>('failure.mjs');
  expect(npmSentence('npm error code ENOSPC')).toMatch(/^The disk is full: free .* and start again\.$/);
  expect(npmSentence('npm error code EAI_AGAIN')).toMatch(/^npm could not fetch .*: connect it, .* and start again\.$/);
  expect(npmSentence('npm error code ETARGET')).toBeUndefined();
});

test('two preparations at once follow each other; the lock of a dead one is taken over', async () => {
  const { withLock } = await lib<{ withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> }>('lock.mjs');
  const file = path.join(folder.path, 'prepare.lock');
  writeFileSync(file, '999999999 1');
  const content = await withLock(file, async () => readFileSync(file, 'utf8'));
  expect(content).toMatch(new RegExp(`^${process.pid}( |$)`));
  expect(existsSync(file)).toBe(false);
});
