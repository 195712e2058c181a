import { rmSync } from 'node:fs';
import { readJson, writeWhole } from './files';
import { isAlive, type ProcessMark } from './processes';

export const CHILD_NAMES = ['api', 'worker', 'simulators', 'temporal', 'postgres'] as const;
export type ChildName = (typeof CHILD_NAMES)[number];

/** What runs, for `almoner` commands and tests in other processes. The file is 0600: its URLs carry passwords. */
export type RunFile = {
  /** The supervisor; `almoner stop` signals it. */
  pid: number;
  began: string;
  startedAt: string;
  ready: boolean;
  port: number;
  url: string;
  /** Living children; an engine that is not ours is absent. A child that was started again has its new pid here. */
  pids: Partial<Record<ChildName, number>>;
  /** When each child began, as `ProcessMark.began`: a pid alone is never enough to kill. */
  begun: Partial<Record<ChildName, string>>;
  /** The very environment api, worker and simulators were given: DATABASE_URL, APP_DATABASE_URL, TEMPORAL_ADDRESS, SIMULATORS_URL … */
  environment: Record<string, string>;
};

/** @returns the file's content, or undefined when there is none. It may be of an instance that was killed: see `runningInstance`. */
export function readRunFile(file: string): RunFile | undefined {
  return readJson<RunFile>(file);
}

/** @returns the run file when its supervisor lives, else undefined. */
export function runningInstance(file: string): RunFile | undefined {
  const run = readRunFile(file);
  return run && isAlive({ pid: run.pid, began: run.began }) ? run : undefined;
}

export function writeRunFile(file: string, run: RunFile): void {
  writeWhole(file, `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(file: string): void {
  rmSync(file, { force: true });
}

/** @returns the marks of the children a run file names, in the order in which they are to be stopped. */
export function childMarks(run: RunFile): { name: ChildName; mark: ProcessMark }[] {
  return CHILD_NAMES.flatMap((name) => {
    const [pid, began] = [run.pids[name], run.begun[name]];
    return pid !== undefined && began !== undefined ? [{ name, mark: { pid, began } }] : [];
  });
}
