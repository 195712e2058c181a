import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, markOf, type ProcessMark } from './processes';
import { StartError } from './startError';

type Holder = ProcessMark & { url: string };

/** The lock appears whole (by a hard link), so whoever sees it can read whose it is. */
function take(file: string, holder: Holder): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Makes this process the one that runs on a state folder. A lock whose holder died is taken over.
 * @param file the lock
 * @param url where this instance is going to answer
 * @returns gives the place up again. Throws `StartError` that names the process and address of a living holder.
 */
export function becomeTheInstance(file: string, url: string): () => void {
  mkdirSync(path.dirname(file), { recursive: true });
  const self = { ...markOf(process.pid)!, url };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (take(file, self)) return () => rmSync(file, { force: true });
    if (!existsSync(file)) continue;
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Holder;
    if (isAlive(holder)) {
      throw new StartError(
        `Almoner already runs on this state folder (process ${holder.pid}, ${holder.url}): use it, or end it with "almoner stop".`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new StartError('Another start took the state folder at the same moment: look at it with "almoner doctor".');
}
