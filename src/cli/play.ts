import { type Command, InvalidArgumentError } from 'commander';
import { Problem } from './play/api';
import { describe } from './play/compare';
import { exitCodes, PlayFailure } from './play/failure';
import { type Played, playCase } from './play/playCase';
import { runningSystem } from './play/system';
import { InvalidCase, readCase } from './play/validate';

type Options = { json?: boolean; realTimers?: number; limitMinutes: number; alipay: number };

const help = `
Plays one campaign's story (cases/README.md) on the running system, through its public API only. The system is found by PORT
(default 8080) and the credentials of its first start (ALMONER_STATE, or .almoner in the checkout). Progress goes to standard error.

Exit codes:
  0  the result contains everything the case expects
  1  it does not; each difference is named with its JSON pointer
  2  the file is not a valid case, each fault is named with its JSON pointer; or wrong usage
  3  the running system has no route for something the case needs
  4  the play could not be brought to its end (no system, an unexpected answer, or the time limit)`;

const say = (line: string) => process.stderr.write(`${line}\n`);

function positiveInteger(value: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(value)) throw new InvalidArgumentError('a positive whole number is needed');
  return Number(value);
}

function percent(value: string): number {
  if (!/^(100|[1-9]?[0-9])$/.test(value)) throw new InvalidArgumentError('a whole number from 0 to 100 is needed');
  return Number(value);
}

function report({ result, differences, broken }: Played, json: boolean | undefined): number {
  for (const sentence of broken) say(`✗ always: ${sentence}`);
  for (const difference of differences) say(`✗ ${describe(difference)}`);
  const asExpected = differences.length === 0;
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    for (const [field, value] of Object.entries(result)) process.stdout.write(`${field.padEnd(22)}${JSON.stringify(value)}\n`);
    process.stdout.write(`${asExpected ? '✓' : '✗'} ${result.case}: ${asExpected ? 'as expected' : `${differences.length} differences`}\n`);
  }
  return asExpected ? exitCodes.asExpected : exitCodes.different;
}

function failed(error: unknown): number {
  if (error instanceof InvalidCase) {
    for (const { pointer, message } of error.faults) say(`✗ ${pointer || '(whole file)'}: ${message}`);
    return exitCodes.invalidCase;
  }
  // Anything else is a defect and keeps its stack; exit code 1 stays with the comparison.
  const expected = error instanceof PlayFailure || error instanceof Problem;
  say(`✗ ${expected ? error.message : ((error as Error).stack ?? String(error))}`);
  return error instanceof PlayFailure ? error.exitCode : exitCodes.notPlayed;
}

async function play(file: string, { json, realTimers, limitMinutes, alipay }: Options): Promise<number> {
  try {
    const theCase = readCase(file);
    const options = { realTimersSpeed: realTimers, limitMs: limitMinutes * 60_000, alipayPercent: alipay };
    return report(await playCase(theCase, runningSystem(), options), json);
  } catch (error) {
    return failed(error);
  }
}

/** Adds `almoner play FILE` to the command line. */
export function register(program: Command): void {
  program
    .command('play')
    .argument('<file>', 'a case file')
    .description('play a case on the running system and compare the outcome with what the rules demand')
    .option('--json', 'print the result as one line of JSON')
    .option('--real-timers <speed>', 'no test clock: real timers, with the windows so many times as fast', positiveInteger)
    .option('--limit-minutes <minutes>', 'give up after so many minutes', positiveInteger, 10)
    .option('--alipay <percent>', 'so many of a hundred gifts by Alipay, the others by WeChat Pay', percent, 0)
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      process.exitCode = await play(file, options);
    });
}
