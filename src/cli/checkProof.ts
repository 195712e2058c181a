import type { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { checkProof } from '../audit/proof';
import { StartError } from '../engines/startError';
import { EXIT, EXIT_HELP, printJson } from './support/output';

async function check(file: string, { json = false }: { json?: boolean }): Promise<void> {
  const proven = await checkProof(createInterface({ input: createReadStream(file), crlfDelay: Infinity })).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw error instanceof SyntaxError || code !== undefined ? new StartError(`${file} is no proof that can be read: ${message}`) : error;
  });
  process.exitCode = proven.differences.length === 0 ? EXIT.done : EXIT.refused;
  if (json) return printJson(proven);
  for (const d of proven.differences) process.stdout.write(`✗ ${d.what}  ${d.subject}: expected ${d.expected}, found ${d.found}\n`);
  const { links, events, anchors, keyFingerprint, madeAt, differences } = proven;
  process.stdout.write(
    `${differences.length === 0 ? '✓ the chain holds' : `✗ ${differences.length} differences`}: ${links} links, ${events} of their events hashed anew, ${anchors} signed anchors, made ${madeAt}\n` +
      `  anchors signed by the key of SHA-256 ${keyFingerprint}\n`,
  );
}

/** `almoner check-proof`. */
export function register(program: Command): void {
  program
    .command('check-proof')
    .argument('<file>', 'what GET /v1/audit/proof, or the auditor’s page of the console, gave')
    .description('check a proof of the audit chain by itself: no house, no network')
    .option('--json', 'the verdict as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nExit code 1 here: something differs, and is named.`)
    .action(check);
}
