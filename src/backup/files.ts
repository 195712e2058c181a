import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupError, type FileEntry } from './manifest';

/** Hashes and counts what flows through. */
function meter(): Transform & { entry(name: string): FileEntry } {
  const sha256 = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sha256.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return Object.assign(through, { entry: (name: string): FileEntry => ({ path: name, sha256: sha256.digest('hex'), bytes }) });
}

/** Streams into a new file of the backup, on the disk when it returns. @param name by `/`, below the folder. */
export async function keep(folder: string, name: string, source: Readable, options: { readonly gzip?: boolean } = {}): Promise<FileEntry> {
  const file = path.join(folder, ...name.split('/'));
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const measured = meter();
  const sink = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  if (options.gzip) await pipeline(source, createGzip({ level: 6 }), measured, sink);
  else await pipeline(source, measured, sink);
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
  return measured.entry(name);
}

/** @returns the names of all files below a folder, by `/`, in order; none when it is not there. */
export async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { withFileTypes: true });
  const names = await Promise.all(
    found.map(async (each) =>
      each.isDirectory() ? filesBelow(path.join(folder, each.name), `${prefix}${each.name}/`) : each.isFile() ? [`${prefix}${each.name}`] : [],
    ),
  );
  return names.flat().sort();
}

/** Makes the folder of a new backup. @throws {BackupError} when something lies in it. */
export async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new BackupError(`${folder} is not empty: a backup takes a new folder.`);
}

/** Reads every file of a backup once. @throws {BackupError} naming the first that is missing, longer, shorter or different. */
export async function checkFiles(folder: string, entries: readonly FileEntry[]): Promise<void> {
  for (const entry of entries) {
    const file = placeOf(folder, entry.path);
    const size = existsSync(file) ? (await stat(file)).size : null;
    if (size === null) throw new BackupError(`The backup lacks ${entry.path}.`);
    const sha256 = createHash('sha256');
    await pipeline(createReadStream(file), sha256);
    if (size !== entry.bytes || sha256.digest('hex') !== entry.sha256)
      throw new BackupError(`${entry.path} is not what was backed up: its hash or length differs.`);
  }
}

/** @returns where a file of the backup lies. @throws {BackupError} for a name that leads out of it. */
export function placeOf(folder: string, name: string): string {
  const file = path.resolve(folder, ...name.split('/'));
  if (!file.startsWith(path.resolve(folder) + path.sep)) throw new BackupError(`${name} leads out of the backup.`);
  return file;
}
