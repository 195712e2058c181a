import type { Command } from 'commander';
import type { Check } from '../engines/checks';
import { engineChecks } from '../engines/engineChecks';
import { instanceChecks } from '../engines/instanceChecks';
import { machineChecks } from '../engines/machineChecks';
import { statePaths } from '../paths';
import { EXIT, EXIT_HELP, printJson } from './support/output';

function lineOf({ name, ok, blocks, found, todo }: Check): string {
  const sign = ok ? '✓' : blocks ? '✗' : '!';
  return `${sign} ${name}: ${found}${todo ? `\n    → ${todo}` : ''}`;
}

async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const paths = statePaths();
  const checks = [...(await machineChecks(paths)), ...(await engineChecks(paths)), ...(await instanceChecks(paths))];
  const canStart = checks.every(({ blocks }) => !blocks);
  if (json) printJson({ canStart, checks });
  else
    process.stdout.write(
      `${checks.map(lineOf).join('\n')}\n\n${canStart ? 'Nothing stands in the way of a start.' : 'A start would fail: see ✗.'}\n`,
    );
  process.exitCode = canStart ? EXIT.done : EXIT.refused;
}

/** `almoner doctor`. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('explain this machine: what is there, what is missing, what runs, and what to do')
    .option('--json', '{canStart, checks: [{name, ok, blocks, found, todo}]}')
    .addHelpText('after', `${EXIT_HELP}\n\nHere 1 means that something blocks a start.`)
    .action(doctor);
}
