import { accessSync, constants, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkoutRoot, type StatePaths } from '../paths';
import { advice, unwell, well, type Check } from './checks';
import { checkDisk, freeBytes } from './preflight';
import { runCommand } from './runCommand';

const GIB = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

/** A module of `bin/lib`, which is plain JavaScript outside of the build. */
async function binLib<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(path.join(checkoutRoot(), 'bin', 'lib', name)).href)) as Module;
}

async function node(): Promise<Check> {
  const { tooOldSentence } = await binLib<{ tooOldSentence(version: string): string }>('nodeVersion.mjs');
  const sentence = tooOldSentence(process.versions.node);
  return sentence ? unwell('Node.js', process.versions.node, sentence) : well('Node.js', process.versions.node);
}

async function npm(): Promise<Check> {
  try {
    return well('npm', (await runCommand('npm', ['--version'], { timeoutMs: 20_000 })).trim());
  } catch (error) {
    return advice('npm', (error as Error).message, 'install npm: it brings the dependencies when they change');
  }
}

function system(): Check {
  const found = `${os.type()} ${os.release()} ${process.arch}`;
  if (process.platform === 'linux' || process.platform === 'darwin') return well('operating system', found);
  return unwell('operating system', found, 'use Linux or macOS (on Windows: WSL)');
}

function power(): Check[] {
  const cores = os.availableParallelism();
  const memory = os.totalmem();
  return [
    cores >= 2 ? well('processor', `${cores} cores`) : advice('processor', `${cores} core`, 'two cores or more are pleasant'),
    memory >= 2 * GIB ? well('memory', gib(memory)) : advice('memory', gib(memory), 'give it 2 GiB or more'),
  ];
}

function disk(paths: StatePaths): Check {
  try {
    checkDisk(paths.root);
    return well('disk', `${gib(freeBytes(paths.root))} free`);
  } catch (error) {
    return unwell('disk', 'too little space, or not to be read', (error as Error).message);
  }
}

function stateFolder(paths: StatePaths): Check {
  try {
    mkdirSync(paths.root, { recursive: true });
    accessSync(paths.root, constants.R_OK | constants.W_OK | constants.X_OK);
    return well('state folder', paths.root);
  } catch (error) {
    return unwell('state folder', (error as Error).message, `make ${paths.root} writable, or set ALMONER_STATE`);
  }
}

async function freshness(): Promise<Check[]> {
  const { isInstalled } = await binLib<{ isInstalled(root: string): boolean }>('install.mjs');
  const { isBuilt } = await binLib<{ isBuilt(root: string): boolean }>('build.mjs');
  const root = checkoutRoot();
  const todo = 'run "npm run build"; a start does it too';
  return [
    isInstalled(root) ? well('dependencies', 'as locked') : advice('dependencies', 'missing or stale', todo),
    isBuilt(root) ? well('build', 'fresh') : advice('build', 'older than its sources', todo),
  ];
}

/** What the machine itself is like: Node.js, npm, system, cores, memory, disk, state folder, dependencies, build. */
export async function machineChecks(paths: StatePaths): Promise<Check[]> {
  return [await node(), await npm(), system(), ...power(), disk(paths), stateFolder(paths), ...(await freshness())];
}
