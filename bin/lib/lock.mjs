import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A process and its start, as one line. A pid alone is reused, and a killed process that nobody waited for keeps its pid as a zombie;
 * /proc tells both where there is one.
 * @returns undefined when no such process lives
 */
function markOf(pid) {
  if (!existsSync('/proc/self/stat')) return canBeSignalled(pid) ? String(pid) : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function canBeSignalled(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** @returns the mark of the holder, or undefined when the lock has just gone. */
function holder(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A hard link is made whole or not at all, so the lock never exists without its holder's mark. */
function take(file) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, markOf(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Does work that no two processes of this checkout may do at once. Waits for the holder; a lock whose holder died is taken over.
 * @param file the lock
 * @param work done while it is held
 */
export async function withLock(file, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const mark = holder(file);
    const pid = Number(mark?.split(' ')[0]);
    if (mark !== undefined && markOf(pid) !== mark) rmSync(file, { force: true });
    else if (!told) {
      told = true;
      process.stderr.write(`  waiting for process ${pid}, which is preparing this checkout …\n`);
    }
    await delay(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
