import { type Command, InvalidArgumentError } from 'commander';
import type { ChildEvent } from '../engines/child';
import { readJson } from '../engines/files';
import { becomeTheInstance } from '../engines/instance';
import { endOrphans } from '../engines/orphans';
import { checkDisk, checkPort, wantedPort } from '../engines/preflight';
import { System } from '../engines/system';
import { statePaths, type StatePaths } from '../paths';
import { prepareDemonstration } from './demo/demonstration';
import { keepDemonstration, putBack } from './demo/keeping';
import { RESET_SIGNAL } from './demo/reset';
import { EXIT, EXIT_HELP, printJson, reportFailure, terminalProgress } from './support/output';
import { welcomeLines } from './support/welcome';

type Options = { json?: boolean; demo: boolean; campaigns: number };

/** A child's life as seen from the terminal: only what a person would want to know, and not while everything is ending anyway. */
function eventLine({ name, what, detail }: ChildEvent): string | undefined {
  if (what === 'spawned') return undefined;
  if (what === 'not written') return `${name} could not be written (${detail})`;
  return `${name} ${what} (${detail}): starting it again`;
}

function announce(url: string, paths: StatePaths, json: boolean): void {
  if (json) return printJson({ ready: true, url, state: paths.root, credentials: readJson(paths.credentialsFile) ?? {} });
  const lines = [
    '',
    `Almoner is ready: ${url}`,
    ...welcomeLines(url, paths.credentialsFile),
    `  logs: ${paths.logs}`,
    '',
    'Ctrl-C stops everything and keeps the data.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/**
 * Ends the system once, however often and by whichever signal it is asked to: each process has its deadline anyway. A terminal that
 * went away and a defect of our own are no reason to leave children behind either.
 * @returns tells whether it is ending
 */
function endWithChildren(system: () => System, release: () => void, json: boolean): () => boolean {
  let asked = false;
  const end = async (signal: string, code: number) => {
    if (asked) return;
    asked = true;
    const progress = terminalProgress(json);
    if (!json) process.stdout.write('\n');
    await system().supervisor.stop((name, how) => progress.note(`${name} ${how === 'killed' ? 'did not end in time and was killed' : 'ended'}`));
    release();
    if (json) printJson({ stopped: true, signal });
    process.exit(code);
  };
  const wished = () => (system().supervisor.run.ready ? EXIT.done : EXIT.interrupted);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(signal, wished()));
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    reportFailure(error, json);
    void end('defect', EXIT.refused);
  });
  return () => asked;
}

async function start({ json = false, demo, campaigns }: Options): Promise<void> {
  const paths = statePaths();
  const port = wantedPort();
  const progress = terminalProgress(json);
  const url = `http://127.0.0.1:${port}`;
  checkDisk(paths.root);
  const release = becomeTheInstance(paths.lockFile, url);
  let system: System | undefined;
  let isEnding = () => false;
  try {
    const orphans = await endOrphans(paths.runFile);
    if (orphans.length > 0) progress.note(`ended what a killed start had left running: ${orphans.join(', ')}`);
    await checkPort(port);
    const anew = (): System => {
      const made = new System(paths, port, progress, (event) => {
        const line = eventLine(event);
        if (line) progress.note(line);
      });
      system = made;
      return made;
    };
    const first = anew();
    isEnding = endWithChildren(() => system ?? first, release, json);
    const environment = await first.start(demo ? (settings) => prepareDemonstration(settings, campaigns) : null);
    announce(url, paths, json);
    const failed = (error: unknown): void => {
      if (!isEnding()) reportFailure(error, json);
    };
    process.on(RESET_SIGNAL, () => void putBack(paths, system ?? first, anew, isEnding).catch(failed));
    if (demo) await keepDemonstration(paths, first, environment, progress.note).catch(failed);
  } catch (error) {
    if (isEnding()) return; // what failed was interrupted, and the process ends when its children have
    reportFailure(error, json);
    await system?.supervisor.stop(() => undefined);
    release();
    process.exit(EXIT.refused);
  }
}

function upToForty(value: string): number {
  if (!/^([1-9]|[1-3][0-9]|40)$/.test(value)) throw new InvalidArgumentError('1 to 40');
  return Number(value);
}

/** `almoner start`. */
export function register(program: Command): void {
  program
    .command('start')
    .description('start engines, simulators, worker and API, seed the demonstration once, and stay until Ctrl-C')
    .option('--no-demo', 'seed nothing')
    .option('--campaigns <number>', 'how many of the demonstration’s forty campaigns to seed', upToForty, 40)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `${EXIT_HELP}\n\nEnvironment: PORT (8080), DATABASE_URL, TEMPORAL_ADDRESS and the SDK's TEMPORAL_* settings, ALMONER_STATE, LOG_LEVEL.`,
    )
    .action(start);
}
