import './seededIds';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { verifyLedger } from '../ledger/verify';
import { throwAwayPostgres } from './engine';
import { Grounds } from './ground';
import { type Chunk, chunkInProcess, chunksOf, inJobs, nothingYet, type Scoreboard } from './jobs';
import { OPERATIONS, planOf } from './plan';
import { runSeed } from './run';
import { shrink } from './shrink';

/** Seeds that share a database before it is verified whole and replaced: small tables keep each seed quick. */
const SEEDS_A_DATABASE = 25;
const SHRINKING_RUNS = 120;
/** Processes that run seeds at a time: most of a seed's time is spent waiting for the database. */
const JOBS = 3;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error(`--${name} is “${text}”, which is no whole number`);
  return Number(text);
}

interface Wish {
  readonly from: number;
  readonly seeds: number;
  /** Stops at the first violation: that is what is looked for. */
  readonly planted: boolean;
  /** Prints what happened in each seed that went wrong. */
  readonly story: boolean;
  /** Only these operations of the plan, as a shrunk plan names them; null: all. */
  readonly only: ReadonlySet<number> | null;
}

/** Runs the seeds of a chunk one after another. */
async function simulate(grounds: Grounds, { from: first, seeds, planted, story, only }: Wish): Promise<Scoreboard> {
  const board = nothingYet();
  const ground = await grounds.open();
  try {
    for (let seed = first; seed < first + seeds; seed += 1) {
      const ran = await runSeed(
        ground,
        seed,
        planOf(seed).filter(({ number }) => only === null || only.has(number)),
      );
      board.seeds += 1;
      board.operations += ran.operations;
      board.faults += ran.faults;
      if (ran.wrongs.length === 0) continue;
      board.violations += 1;
      board.first_violation_seed ??= seed;
      for (const { what, step } of ran.wrongs.slice(0, 5)) say(`✗ seed ${seed}, step ${step}: ${what}`);
      if (story) for (const line of ran.story) say(line);
      if (planted) return board;
      if (board.violations === 1 && only === null) await explain(grounds, seed);
    }
    const differences = await verifyLedger(ground.db, null);
    for (const d of differences) say(`✗ seeds ${first}…: verify: ${d.what} ${d.subject}: ${d.expected} expected, ${d.found} found`);
    if (differences.length > 0) {
      board.violations += 1;
      board.first_violation_seed ??= first;
      if (planted) return board;
    }
  } finally {
    await ground.close();
  }
  return board;
}

/** Prints the smallest plan found that still goes wrong. */
async function explain(grounds: Grounds, seed: number): Promise<void> {
  say(`shrinking seed ${seed} …`);
  const { plan, ran, repeats } = await shrink(grounds, seed, planOf(seed), SHRINKING_RUNS);
  if (!repeats) return say(`seed ${seed} does not go wrong again on a database of its own: what it depends on is not in its seed`);
  say(`${plan.length} of ${OPERATIONS} operations still go wrong (--from ${seed} --seeds 1 --only ${plan.map(({ number }) => number).join(',')}):`);
  for (const line of ran.story) say(`  ${line}`);
  for (const { what, step } of ran.wrongs) say(`  ✗ step ${step}: ${what}`);
}

/** A chunk, in the process that was begun for it: the engine and the database that all are cloned from are there. */
async function runChunk(wish: Wish, adminUrl: string, template: string, folder: string): Promise<Scoreboard> {
  const grounds = new Grounds(adminUrl, folder, template);
  return simulate(grounds, wish);
}

/** All chunks, on an engine of their own, in as many processes at a time as were asked for. */
async function runAll(wish: Wish, jobs: number, flags: readonly string[], folder: string): Promise<Scoreboard> {
  const engine = process.env.SIMULATION_DATABASE_URL
    ? { adminUrl: process.env.SIMULATION_DATABASE_URL, end: async () => undefined }
    : await throwAwayPostgres(folder);
  const grounds = new Grounds(engine.adminUrl, folder);
  try {
    await grounds.prepare();
    const env = { SIMULATION_TEMPLATE: grounds.template, SIMULATION_DATABASE_URL: engine.adminUrl, SIMULATION_GROUND: folder };
    const run = (chunk: Chunk): Promise<Scoreboard> => chunkInProcess(chunk, flags, env);
    return await inJobs(jobs, chunksOf(wish.from, wish.seeds, SEEDS_A_DATABASE), run, wish.planted);
  } finally {
    await grounds.end();
    await engine.end();
  }
}

/** `npm run simulate`: see docs/simulation.md. Exit code 1 when anything is not as it must be. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '500' },
      jobs: { type: 'string' },
      plant: { type: 'string' },
      json: { type: 'boolean', default: false },
      story: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const [from, seeds] = [wholeNumber(values.from, 'from'), wholeNumber(values.seeds, 'seeds')];
  // A planted bug is mostly found by the first seeds: the first violation ends the run.
  const jobs = values.jobs === undefined ? (values.plant === undefined ? JOBS : 1) : wholeNumber(values.jobs, 'jobs');
  if (jobs < 1) throw new Error('--jobs is 0: at least one process runs the seeds');
  const only = values.only === undefined ? null : new Set(values.only.split(',').map((n) => wholeNumber(n, 'only')));
  const wish: Wish = { from, seeds, planted: values.plant !== undefined, story: values.story, only };
  const began = Date.now();
  const { SIMULATION_TEMPLATE: template, SIMULATION_DATABASE_URL: adminUrl, SIMULATION_GROUND: ground } = process.env;
  const flags = [
    ...(values.plant === undefined ? [] : ['--plant', values.plant]),
    ...(values.story ? ['--story'] : []),
    ...(values.only === undefined ? [] : ['--only', values.only]),
  ];
  const board =
    template && adminUrl && ground
      ? await runChunk(wish, adminUrl, template, ground)
      : await runAll(wish, jobs, flags, path.join(process.env.SIMULATION_FOLDER ?? '.almoner/simulation', `run-${process.pid}`));
  if (!values.json) say(`${board.seeds} seeds in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  process.stdout.write(`${JSON.stringify(board)}\n`);
  process.exitCode = board.violations === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(2);
});
