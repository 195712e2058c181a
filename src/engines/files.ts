import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Reads a JSON file. @returns its value, or undefined when the file is absent. Throws on unreadable or broken JSON. */
export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Writes a file so that a reader, or a crash, sees the old or the new content and never half. Mode 0600 unless told. */
export function writeWhole(file: string, content: string, mode = 0o600): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, content, { mode });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * A secret that is generated once and kept for ever after in a file only its owner may read.
 * @returns 48 hex characters (24 random bytes)
 */
export function keptSecret(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    writeWhole(file, `${randomBytes(24).toString('hex')}\n`);
  }
  return readFileSync(file, 'utf8').trim();
}
