import type { StatePaths } from '../paths';
import { advice, unwell, well, type Check } from './checks';
import { answersOk } from './http';
import { checkPort, wantedPort } from './preflight';
import { isAlive } from './processes';
import { childMarks, readRunFile, runningInstance, type RunFile } from './runFile';

async function running(run: RunFile): Promise<Check[]> {
  const ready = await answersOk(`${run.url}/readyz`);
  const health = ready
    ? well('running instance', `process ${run.pid}, ready at ${run.url}, since ${run.startedAt}`)
    : advice('running instance', `process ${run.pid}, not ready at ${run.url}/readyz`, 'look at that address and at the logs in the state folder');
  const children = childMarks(run).map(({ name, mark }) =>
    isAlive(mark) ? well(name, `process ${mark.pid}`) : advice(name, `process ${mark.pid} has died`, 'it is being started again; see its log'),
  );
  return [health, ...children];
}

async function stopped(paths: StatePaths): Promise<Check[]> {
  const left = readRunFile(paths.runFile);
  const orphans = left ? childMarks(left).filter(({ mark }) => isAlive(mark)) : [];
  const names = orphans.map(({ name, mark }) => `${name} ${mark.pid}`).join(', ');
  if (names) return [advice('running instance', `killed; left running: ${names}`, 'start again: the start ends them first')];
  try {
    const port = wantedPort();
    await checkPort(port);
    return [well('running instance', 'none'), well('port', `${port} is free`)];
  } catch (error) {
    return [well('running instance', 'none'), unwell('port', 'not to be had', (error as Error).message)];
  }
}

/** What runs on this state folder, and whether a start could have its port. */
export async function instanceChecks(paths: StatePaths): Promise<Check[]> {
  const run = runningInstance(paths.runFile);
  return run ? running(run) : stopped(paths);
}
