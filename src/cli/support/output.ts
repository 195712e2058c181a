import type { Progress } from '../../engines/progress';
import { StartError } from '../../engines/startError';

/** Exit codes that mean the same on every command; a command's help names what it adds. */
export const EXIT = { done: 0, refused: 1, usage: 2, interrupted: 130 } as const;

export const EXIT_HELP = `
Exit codes:
  0    done
  1    refused or failed; one sentence on standard error says what to do
  2    wrong usage
  130  interrupted before it was done`;

/** Prints one JSON value on one line of standard output. Amounts are written as decimal strings. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))}\n`);
}

/** The sentence of an error that a person can act on; anything else is a defect and keeps its stack. */
function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 'The disk is full: free some space and start again.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Reports a failed command: as JSON on standard output where `--json` was given, else its sentence on standard error. */
export function reportFailure(error: unknown, json: boolean): void {
  if (json) printJson({ error: sentenceOf(error) });
  else process.stderr.write(`✗ ${sentenceOf(error)}\n`);
}

const seconds = (began: number) => Number(((Date.now() - began) / 1000).toFixed(1));

/** Shows steps as lines for a person, or one JSON object a line. */
export function terminalProgress(json: boolean): Progress {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  return {
    async step(name, work, outcome) {
      const began = Date.now();
      const say = (detail: string) => (json ? printJson({ step: name, state: 'working', detail }) : line(`  ${detail} …`));
      const result = await work(say);
      const text = outcome(result);
      if (json) printJson({ step: name, state: 'done', detail: text, seconds: seconds(began) });
      else line(`✓ ${text} (${seconds(began).toFixed(1)} s)`);
      return result;
    },
    note: (text) => (json ? printJson({ note: text }) : line(`! ${text}`)),
  };
}
