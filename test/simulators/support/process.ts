import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TOKEN } from './sandbox';

const ROOT = path.join(__dirname, '../../..');

/** Compiles the simulators' process into `dir`, so that a test may kill it. @returns the script. */
export function compileSimulators(dir: string): string {
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
  symlinkSync(path.join(ROOT, 'src'), path.join(dir, 'src'));
  const sources = readdirSync(path.join(ROOT, 'src/simulators'), { recursive: true, encoding: 'utf8' }).map((name) => path.join('simulators', name));
  for (const name of [...sources, 'simulatorsMain.ts', 'security/redaction.ts'].filter((each) => each.endsWith('.ts'))) {
    const { code } = transformFileSync(path.join(ROOT, 'src', name), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs', ignoreDynamic: true },
    });
    const file = path.join(dir, 'dist', name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  return path.join(dir, 'dist/simulatorsMain.js');
}

/** Starts the process and waits for its one line. */
export async function startSimulators(script: string, stateDir: string, port = 0): Promise<{ child: ChildProcess; url: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', SIMULATORS_PORT: String(port), SIMULATORS_STATE: stateDir, SANDBOX_TOKEN: TOKEN };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (line: Buffer) => {
      const match = /http:\/\/\S+/.exec(line.toString());
      if (match) resolve(match[0]);
    });
    child.once('exit', (code) => reject(new Error(`the simulators ended with ${code}`)));
  });
  return { child, url };
}

/** Ends a process that the test started. @returns its exit code, null after a signal. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  child.kill(signal);
  return ended;
}
