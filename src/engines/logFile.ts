import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';

const CAP_BYTES = 20 << 20;

/**
 * Keeps a log and its one predecessor (`.1`) below the cap. The file is copied and emptied, not renamed, because the process
 * that writes it holds it open for appending.
 */
export function capLog(file: string, capBytes = CAP_BYTES): void {
  if (!existsSync(file) || statSync(file).size <= capBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** @returns a descriptor that appends to the log, made with its folder when missing. The process that is given it survives us. */
export function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  capLog(file);
  return openSync(file, 'a', 0o600);
}

/** @returns the last line of a log that has words in it, shortened to 200 characters; what a person needs to see first. */
export function lastLine(file: string): string {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return (lines.findLast((line) => /[a-z]/i.test(line)) ?? '').trim().slice(0, 200);
}
