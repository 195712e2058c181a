import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

interface Ended {
  readonly code: number | null;
  readonly last: unknown;
  readonly said: string;
}

/** Runs the command as a person would. */
export function simulate(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'bin', 'simulate.mjs'), ...args, '--json'], { cwd: root });
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('exit', (code) => resolve({ code, last: JSON.parse(out.trim().split('\n').at(-1) || 'null') as unknown, said }));
  });
}
