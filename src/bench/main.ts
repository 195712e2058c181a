import path from 'node:path';
import { parseArgs } from 'node:util';
import { batchBench } from './batch';
import { donationsBench } from './donations';
import type { Figure, Say } from './figure';
import { ledgerBench } from './ledger';
import { refundsBench } from './refunds';
import { screensBench } from './screens';
import { sizesBench } from './sizes';
import { verifyBench } from './verify';

const WHOLE = /^[1-9]\d{0,8}$/;

/** The figures that can be measured, by the word of the command line. */
const FIGURES: Readonly<Record<string, (options: Options, say: Say) => Promise<Figure>>> = {
  ledger: ({ seconds, campaigns }, say) => ledgerBench({ seconds, campaigns }, say),
  donations: ({ gifts }, say) => donationsBench({ checkout: path.resolve(__dirname, '..', '..'), gifts }, say),
  refunds: ({ gifts, quota, kill }, say) => refundsBench({ checkout: path.resolve(__dirname, '..', '..'), gifts, quota, kill }, say),
  batch: ({ lines }, say) => batchBench({ checkout: path.resolve(__dirname, '..', '..'), lines }, say),
  screens: ({ cases, lines, times }, say) => screensBench({ checkout: path.resolve(__dirname, '..', '..'), cases, lines, times }, say),
  sizes: ({ seconds, largest }, say) => sizesBench({ seconds, largest }, say),
  verify: ({ transfers }, say) => verifyBench(transfers, say),
};

interface Options {
  readonly seconds: number;
  readonly campaigns: number;
  readonly gifts: number;
  readonly transfers: number;
  readonly largest: number;
  readonly quota: number;
  readonly kill: boolean;
  readonly lines: number;
  readonly cases: number;
  readonly times: number;
}

function wholeNumber(text: string, name: string): number {
  if (!WHOLE.test(text)) throw new Error(`--${name} is “${text}”, which is no whole number above 0`);
  return Number(text);
}

/** `npm run bench -- FIGURE [--json] [--seconds S] [--campaigns N] [--gifts N] [--transfers N] [--largest N] [--quota PER_SECOND] [--kill] [--lines N] [--cases N] [--times N]`: raw results on standard error, the figure as the last line of standard output. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '8' },
      campaigns: { type: 'string', default: '1000' },
      gifts: { type: 'string', default: '40000' },
      transfers: { type: 'string', default: '1000000' },
      largest: { type: 'string', default: '10000000' },
      quota: { type: 'string' },
      kill: { type: 'boolean', default: false },
      lines: { type: 'string', default: '10000' },
      cases: { type: 'string', default: '10000' },
      times: { type: 'string', default: '25' },
    },
  });
  const measure = positionals.length === 1 ? FIGURES[positionals[0]!] : undefined;
  if (!measure) throw new Error(`Name one figure: ${Object.keys(FIGURES).join(', ')}`);
  const say: Say = (line) => void process.stderr.write(`${line}\n`);
  const number = (name: 'seconds' | 'campaigns' | 'gifts' | 'transfers' | 'largest' | 'lines' | 'cases' | 'times'): number =>
    wholeNumber(values[name], name);
  const quota = values.quota === undefined ? 0 : wholeNumber(values.quota, 'quota');
  const options = {
    seconds: number('seconds'),
    campaigns: number('campaigns'),
    gifts: number('gifts'),
    transfers: number('transfers'),
    largest: number('largest'),
    quota,
    kill: values.kill,
    lines: number('lines'),
    cases: number('cases'),
    times: number('times'),
  };
  const figure = await measure(options, say);
  if (!values.json) process.stdout.write(`${figure.name}: ${figure.value} ${figure.unit}, ${figure.ratio} × ${figure.baseline}\n${figure.machine}\n`);
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
});
