import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process and the moment it began: a pid alone is reused, so nothing is ever killed by its pid alone. */
export type ProcessMark = { pid: number; began: string };

const hasProc = existsSync('/proc/self/stat');

/** Field 22 of /proc/<pid>/stat is the start in clock ticks since boot (proc(5)); a zombie counts as gone. */
function beganOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19]}`;
}

function beganByPs(pid: number): string | undefined {
  const answer = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = answer.stdout?.trim() ?? '';
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** @returns the mark of a living process, or undefined when there is none under this pid. */
export function markOf(pid: number): ProcessMark | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const began = hasProc ? beganOnLinux(pid) : beganByPs(pid);
  return began === undefined ? undefined : { pid, began };
}

/** @returns whether the very process that was marked is still alive. */
export function isAlive(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.began === mark.began;
}

/** @returns the command line of a living process, its words joined by blanks; empty when it cannot be read. */
export function commandLine(pid: number): string {
  if (!hasProc) return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Waits until the marked process is gone. @returns false when `deadlineMs` passed first. */
export async function waitUntilGone(mark: ProcessMark, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (isAlive(mark)) {
    if (Date.now() >= end) return false;
    await delay(25);
  }
  return true;
}

/** Sends a signal to the marked process only. @returns false when it is gone. */
export function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isAlive(mark)) return false;
  try {
    process.kill(mark.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Asks a process to end, and kills it when it does not within `deadlineMs`.
 * @returns how it went: `absent` (already gone), `ended` (by itself) or `killed`
 */
export async function endProcess(
  mark: ProcessMark,
  { signal = 'SIGTERM', deadlineMs }: { signal?: NodeJS.Signals; deadlineMs: number },
): Promise<'absent' | 'ended' | 'killed'> {
  if (!signalProcess(mark, signal)) return 'absent';
  if (await waitUntilGone(mark, deadlineMs)) return 'ended';
  signalProcess(mark, 'SIGKILL');
  await waitUntilGone(mark, 2000);
  return 'killed';
}
