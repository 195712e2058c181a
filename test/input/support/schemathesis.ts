import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkoutRoot } from '../../../src/paths';

const REQUIREMENTS = path.join(__dirname, '..', 'requirements.txt');

/** @returns the folder of schemathesis, installed once for each list of versions. Needs python3 with pip. */
function installed(): string {
  const cache = path.join(checkoutRoot(), '.almoner', 'cache');
  const place = path.join(cache, `schemathesis-${createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16)}`);
  if (existsSync(place)) return place;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(path.join(cache, 'schemathesis-'));
  const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-deps'];
  execFileSync('python3', ['-m', 'pip', 'install', ...options, '--target', draft, '-r', REQUIREMENTS], { stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    renameSync(draft, place);
  } catch (error) {
    // Somebody else was first: theirs is the same.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return place;
}

export interface Run {
  readonly document: object;
  /** Which of its operations are asked, as `POST /v1/campaigns`. */
  readonly operations: readonly string[];
  readonly url: string;
  readonly bearer?: string;
  readonly seed: number;
  /** Examples of each operation in the fuzzing phase; the coverage phase has as many as the schemas have boundaries. */
  readonly examples: number;
  /** `schemathesis.toml`: which check does not look at which operation. */
  readonly settings: string;
  /** Where the document, the settings and the report go. */
  readonly folder: string;
}

/** Runs schemathesis with every check and phase. @returns its exit code (0: nothing found) and what it printed. */
export async function runSchemathesis(run: Run): Promise<{ readonly code: number | null; readonly said: string }> {
  const place = installed();
  const file = path.join(run.folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(run.document));
  writeFileSync(path.join(run.folder, 'schemathesis.toml'), run.settings);
  const args = [
    ...['run', file, '--url', run.url, '--seed', String(run.seed), '-n', String(run.examples)],
    // Every check is on where the settings do not say otherwise; named here, it would win over them.
    ...['--continue-on-failure', '--no-color', '--suppress-health-check', 'all'],
    ...run.operations.flatMap((name) => ['--include-name', name]),
    ...(run.bearer === undefined ? [] : ['-H', `Authorization: Bearer ${run.bearer}`]),
  ];
  const child = spawn('python3', [path.join(place, 'bin', 'schemathesis'), ...args], {
    cwd: run.folder,
    env: { ...process.env, PYTHONPATH: place, HYPOTHESIS_STORAGE_DIRECTORY: path.join(run.folder, '.hypothesis') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { code, said };
}
