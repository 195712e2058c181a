import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuild } from './build.mjs';
import { sentenceOf } from './failure.mjs';
import { ensureDependencies } from './install.mjs';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Brings dependencies and build up to date; two at once wait for each other. @returns whether anything had to be done */
async function prepare() {
  return withLock(path.join(root, '.almoner', 'prepare.lock'), async () => {
    const installed = await ensureDependencies(root);
    const built = await ensureBuild(root);
    return installed || built;
  });
}

/** Failures of preparation are a sentence and exit 1; what comes after reports its own. */
async function orSentence(work) {
  try {
    return await work();
  } catch (error) {
    console.error(sentenceOf(error));
    process.exit(1);
  }
}

/** Prepares, then hands over to the built command line in this same process, so that signals and the pid are its own. */
export async function runCommandLine() {
  await orSentence(prepare);
  await import(pathToFileURL(path.join(root, 'dist', 'cli', 'main.js')).href);
}

/** Prepares, then hands over to the fault run. */
export async function runFaults() {
  await orSentence(prepare);
  await import(pathToFileURL(path.join(root, 'dist', 'faults', 'main.js')).href);
}

/** Prepares, then hands over to the benchmarks. */
export async function runBench() {
  await orSentence(prepare);
  await import(pathToFileURL(path.join(root, 'dist', 'bench', 'main.js')).href);
}

/** Brings dependencies up to date, then runs the simulation: it compiles copies of the sources itself. @param args of the command line. */
export async function runSimulation(args) {
  await orSentence(() => withLock(path.join(root, '.almoner', 'prepare.lock'), () => ensureDependencies(root)));
  const { simulate } = await import('./simulation.mjs');
  await simulate(args);
}

/** Prepares and ends. */
export async function buildOnly() {
  if (!(await orSentence(prepare))) console.error('✓ nothing to do: dependencies and build are fresh');
}

/** Prepares, then runs Jest with its arguments and ends with its exit code. */
export async function runTests(args) {
  await orSentence(prepare);
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // libxml2-wasm is an ES module only, and Jest loads those behind this flag.
  const options = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();
  const child = spawn(process.execPath, [jest, '-c', path.join(root, 'jest.config.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: options },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
