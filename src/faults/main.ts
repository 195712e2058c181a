import path from 'node:path';
import { parseArgs } from 'node:util';
import { faultRun, type Outcome, RECOVERY_LIMIT_S } from './run';

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is “${text}”, which is no whole number`);
  return Number(text);
}

/** `npm run faults -- --count N --seed S [--json]`: exit code 1 when anything is not as it must be. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
  });
  const [count, seed] = [wholeNumber(values.count, 'count'), wholeNumber(values.seed, 'seed')];
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const outcome = await faultRun({ count, seed, checkout: path.resolve(__dirname, '..', '..'), say });
  for (const sentence of outcome.wrong) say(`✗ ${sentence}`);
  if (!values.json) table(outcome);
  process.stdout.write(`${JSON.stringify(outcome.scoreboard)}\n`);
  process.exitCode = outcome.wrong.length === 0 ? 0 : 1;
}

function table({ scoreboard, recoveries, storiesEnded }: Outcome): void {
  const slowest = [...recoveries].sort((one, other) => other.seconds - one.seconds).slice(0, 5);
  const lines = [
    ...Object.entries(scoreboard).map(([name, value]) => `${name.padEnd(22)} ${value}`),
    `${'campaigns ended'.padEnd(22)} ${storiesEnded}`,
    `slowest recoveries (limit ${RECOVERY_LIMIT_S} s):`,
    ...slowest.map(({ fault, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${fault}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
