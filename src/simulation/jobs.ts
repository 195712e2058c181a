import { spawn } from 'node:child_process';

/** What seeds came to. */
export interface Scoreboard {
  seeds: number;
  operations: number;
  faults: number;
  violations: number;
  first_violation_seed: number | null;
}

export const nothingYet = (): Scoreboard => ({ seeds: 0, operations: 0, faults: 0, violations: 0, first_violation_seed: null });

/** Seeds that follow each other and share a database. */
export interface Chunk {
  readonly from: number;
  readonly seeds: number;
}

/** @returns the seeds of a range, cut into chunks of at most `size`. */
export function chunksOf(from: number, seeds: number, size: number): Chunk[] {
  return Array.from({ length: Math.ceil(seeds / size) }, (_, i) => ({ from: from + i * size, seeds: Math.min(size, seeds - i * size) }));
}

/**
 * Runs chunks in processes of their own, several at a time, each on a database of its own: most of a seed's time is spent waiting for the database. No seed sees another's.
 * @param run one chunk. @param stopAtFirst no further chunk is begun after a violation.
 */
export async function inJobs(
  jobs: number,
  chunks: readonly Chunk[],
  run: (chunk: Chunk) => Promise<Scoreboard>,
  stopAtFirst: boolean,
): Promise<Scoreboard> {
  const board = nothingYet();
  const left = [...chunks];
  const job = async (): Promise<void> => {
    for (let chunk = left.shift(); chunk !== undefined; chunk = left.shift()) {
      const came = await run(chunk);
      board.seeds += came.seeds;
      board.operations += came.operations;
      board.faults += came.faults;
      board.violations += came.violations;
      if (came.first_violation_seed !== null)
        board.first_violation_seed = Math.min(came.first_violation_seed, board.first_violation_seed ?? came.first_violation_seed);
      if (stopAtFirst && board.violations > 0) left.length = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, chunks.length) }, job));
  return board;
}

/** Runs this program again for one chunk. What it says of a violation goes to our standard error. @throws when it ends without a result. */
export function chunkInProcess({ from, seeds }: Chunk, flags: readonly string[], env: NodeJS.ProcessEnv): Promise<Scoreboard> {
  return new Promise((resolve, reject) => {
    const args = [...process.execArgv, process.argv[1]!, '--from', String(from), '--seeds', String(seeds), '--json', ...flags];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    const end = (signal: NodeJS.Signals) => (): void => void child.kill(signal);
    const ends = (['SIGINT', 'SIGTERM'] as const).map((signal) => [signal, end(signal)] as const);
    for (const [signal, kill] of ends) process.on(signal, kill);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      for (const [signal, kill] of ends) process.off(signal, kill);
      if (code === 0 || code === 1) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '') as Scoreboard);
      else reject(new Error(`the simulation of seeds ${from} to ${from + seeds - 1} ended with ${code}`));
    });
  });
}
