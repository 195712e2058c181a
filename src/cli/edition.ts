import type { Command } from 'commander';
import { diffEditions, editionValues } from '../domain/convention/editionDiff';
import { EDITIONS, type Edition, editionOf } from '../domain/convention/editions';
import { EXIT, EXIT_HELP, printJson } from './support/output';

interface Options {
  readonly json?: boolean;
}

const line = (text: string): void => void process.stdout.write(`${text}\n`);
const summary = ({ id, effectiveOn, reportedOn, rules }: Edition) => ({ id, effectiveOn, reportedOn, rules: [...rules] });

/** @returns the edition, or null after saying on standard error that there is none. */
function named(id: string): Edition | null {
  if (EDITIONS.some((e) => e.id === id)) return editionOf(id);
  process.stderr.write(`✗ there is no edition ${id}; there are ${EDITIONS.map((e) => e.id).join(', ')}\n`);
  process.exitCode = EXIT.usage;
  return null;
}

function list({ json }: Options): void {
  if (json) return printJson({ editions: EDITIONS.map(summary) });
  for (const e of EDITIONS)
    line(`${e.id.padEnd(16)} in force from ${e.effectiveOn}, reported ${e.reportedOn ?? '(not asked for then)'}, ${e.rules.size} rules`);
}

function show(id: string, { json }: Options): void {
  const edition = named(id);
  if (!edition) return;
  const values = Object.fromEntries(editionValues(edition));
  if (json) return printJson({ ...summary(edition), values });
  line(`${edition.id}\n  rules ${[...edition.rules].join(' ')}`);
  for (const [path, value] of Object.entries(values)) line(`  ${path} ${value}`);
}

function diff(one: string, other: string, { json }: Options): void {
  const [from, to] = [named(one), named(other)];
  if (!from || !to) return;
  const found = diffEditions(from, to);
  if (json) return printJson({ from: from.id, to: to.id, ...found });
  for (const rule of found.rulesAdded) line(`+ ${rule}`);
  for (const rule of found.rulesRemoved) line(`- ${rule}`);
  for (const { path, from: before, to: after } of found.changed) line(`~ ${path}: ${before ?? '(none)'} → ${after ?? '(none)'}`);
}

/** `almoner edition list | show | diff`. */
export function register(program: Command): void {
  const edition = program.command('edition').description("the Convention's editions as data, without a running system");
  edition
    .command('list')
    .description('every edition, in order of effect')
    .option('--json', 'one JSON object')
    .addHelpText('after', EXIT_HELP)
    .action(list);
  edition
    .command('show')
    .argument('<edition>')
    .description('rules, thresholds and windows of an edition')
    .option('--json', 'one JSON object')
    .addHelpText('after', EXIT_HELP)
    .action(show);
  edition
    .command('diff')
    .argument('<from>')
    .argument('<to>')
    .description('rules added and removed, and each value that changed')
    .option('--json', 'one JSON object')
    .addHelpText('after', EXIT_HELP)
    .action(diff);
}
