import type { Command } from 'commander';
import { loadConfig } from '../config';
import { runningInstance } from '../engines/runFile';
import { StartError } from '../engines/startError';
import { openOutside } from '../outside';
import { statePaths } from '../paths';
import { type Reconciled, reconcile as reconcileHouse, restoredAsOf, settleDifference, SettlementError } from '../reconciliation/reconcile';
import { loadHouseKeys } from '../security/keys';
import { PersonalData } from '../security/personalData';
import { openDatabase } from './support/database';
import { EXIT, EXIT_HELP, printJson } from './support/output';

async function reconcile(options: { since?: string; json?: boolean }): Promise<void> {
  const db = openDatabase();
  try {
    const since = options.since === undefined ? await restoredAsOf(db) : new Date(options.since);
    if (since === null) throw new StartError('This database was never restored: say from when on with --since, for example 2026-01-31.');
    if (Number.isNaN(since.getTime())) throw new StartError(`${options.since} is no time: write it as 2026-01-31 or in RFC 3339.`);
    const config = loadConfig({ ...runningInstance(statePaths().runFile)?.environment, ...process.env });
    const { banks, channels } = openOutside(config);
    const simulators = config.simulatorsUrl ? { url: config.simulatorsUrl, token: config.sandboxToken } : null;
    const outside = { banks, channels, simulators, callbacksUrl: `${config.publicUrl}/callbacks` };
    report(await reconcileHouse(db, outside, new PersonalData(loadHouseKeys(config.paths.keys)), since), options.json ?? false);
  } finally {
    await db.destroy();
  }
}

function report(found: Reconciled, json: boolean): void {
  process.exitCode = found.differences.length === 0 && found.held === 0 ? EXIT.done : EXIT.refused;
  if (json) return printJson(found);
  for (const each of found.differences)
    process.stdout.write(`✗ ${each.id}  ${each.kind}  ${each.subject}  ${each.campaignId ?? 'no campaign'}  ${JSON.stringify(each.data)}\n`);
  for (const each of found.unasked) process.stdout.write(`? no answer for ${each}\n`);
  process.stdout.write(
    `${process.exitCode === EXIT.done ? '✓' : '!'} since ${found.since}: ${found.bankLines} bank lines, ${found.giftsFound} gifts and ${found.payoutsRecovered.length} payouts found, ` +
      `${found.differences.length} open differences; ${found.released} campaigns go on, ${found.held} stay held\n`,
  );
}

async function settle(id: string, options: { release?: string; by?: string; reason?: string; json?: boolean }): Promise<void> {
  const db = openDatabase();
  try {
    const by = options.by === undefined ? 'operator' : `operator:${options.by}`;
    const { released } = await settleDifference(db, id, options.release ?? null, by, options.reason ?? null);
    if (options.json) printJson({ settled: id, released });
    else process.stdout.write(`✓ ${id} is settled${released > 0 ? '; its campaign goes on' : ''}\n`);
  } catch (error) {
    throw error instanceof SettlementError ? new StartError(error.message) : error;
  } finally {
    await db.destroy();
  }
}

/** `almoner reconcile` and `almoner settle`. */
export function register(program: Command): void {
  program
    .command('reconcile')
    .description(
      'ask bank and channel what moved since the restore, or since a day: take in what is ours, name the rest, let settled campaigns go on',
    )
    .option('--since <time>', 'a day or RFC 3339 time; left out: since the backup that was restored')
    .option('--json', 'what was found, as JSON')
    .addHelpText(
      'after',
      `${EXIT_HELP}\n\nExit code 1 here: a difference is open, or a campaign stays held.\nNot seen: gifts ordered and refunds begun after the backup, but as sums when the channel settles; see docs/operations.md.`,
    )
    .action(reconcile);
  program
    .command('settle')
    .argument('<event>', "the money event's id, as reconcile names it")
    .description('settle a money event that was looked into')
    .option('--release <id>', 'the release that a debit without a payout was for: signed again, it takes the bank’s payment and makes none')
    .option('--by <who>', 'who acted, for the record; left out: the operator of this machine')
    .option('--reason <text>', 'what was found and done')
    .option('--json', 'as JSON')
    .addHelpText('after', EXIT_HELP)
    .action(settle);
}
