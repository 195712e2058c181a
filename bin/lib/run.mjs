import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and keeps what it prints.
 * @returns `{ code, output }`; the code is -1 and the output the system's error code when it could not be started
 */
export function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: -1, output: error.code ?? error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
