import { execFile } from 'node:child_process';

/**
 * Runs a program to its end, without a shell.
 * @param timeoutMs after which it is killed
 * @returns its standard output. Throws an Error with the last line of its standard error, or with what the system said.
 */
export function runCommand(command: string, args: string[], { timeoutMs, env }: { timeoutMs: number; env?: NodeJS.ProcessEnv }): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL', env, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const lastLine = stderr.trim().split('\n').at(-1);
      reject(new Error(`${command}: ${error.killed ? `no end within ${timeoutMs / 1000} s` : lastLine || error.message}`));
    });
  });
}
