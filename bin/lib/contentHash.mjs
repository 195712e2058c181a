import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** @returns all files under a folder (or the file itself), sorted, relative to `root`; none when it is absent. */
export function filesUnder(root, name) {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [name];
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  return files.sort();
}

/** @returns the SHA-256 over names and contents of files and folders, so that times and machines do not matter. */
export function contentHash(root, names) {
  const hash = createHash('sha256');
  for (const file of names.flatMap((name) => filesUnder(root, name))) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @returns whether the stamp file holds exactly this hash. */
export function stampIs(file, hash) {
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}
