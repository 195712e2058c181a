import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { commandLine, endProcess, markOf } from './processes';
import { childMarks, readRunFile, removeRunFile } from './runFile';

/**
 * Ends what a supervisor that was killed left running: only processes its run file names by pid and start time.
 * @returns the names of those that were still alive
 */
export async function endOrphans(runFile: string): Promise<string[]> {
  const run = readRunFile(runFile);
  if (!run) return [];
  const ended: string[] = [];
  for (const { name, mark } of childMarks(run)) {
    const signal = name === 'postgres' ? 'SIGINT' : 'SIGTERM';
    if ((await endProcess(mark, { signal, deadlineMs: 4000 })) !== 'absent') ended.push(name);
  }
  removeRunFile(runFile);
  return ended;
}

/** A postmaster works in its data directory, so its working directory tells whose it is even after the checkout was moved. */
function isServerOf(pid: number, folder: string): boolean {
  if (!commandLine(pid).includes('postgres')) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return commandLine(pid).includes(`-D ${folder} `);
  }
}

/**
 * Makes a data directory ready for a server of ours. Postgres refuses to start when `postmaster.pid` names a living process, even
 * one that merely was given the same pid after a reboot. A living server on this very directory is stopped (SIGINT: fast shutdown);
 * a file that names anything else is removed.
 */
export async function clearPostmaster(folder: string): Promise<void> {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const mark = markOf(pid);
  if (mark && isServerOf(pid, folder)) await endProcess(mark, { signal: 'SIGINT', deadlineMs: 10_000 });
  rmSync(file, { force: true });
}
