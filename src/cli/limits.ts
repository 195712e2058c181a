import type { Command } from 'commander';
import { audit } from '../audit/append';
import { inTransaction, row } from '../database/connect';
import { parseFen } from '../domain/money';
import { StartError } from '../engines/startError';
import { openDatabase } from './support/database';
import { EXIT_HELP } from './support/output';

interface Options {
  readonly tenant: string;
  readonly day?: string;
  readonly month?: string;
}

/** @returns fen; null where no limit is wanted. @throws {StartError} for what is no amount. */
function limitOf(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  try {
    if (parseFen(text) > 0n) return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new StartError(`${option} is “${text}”, which is no whole number of fen above 0.`);
}

/** Sets a platform's rolling limits: no log-in can, nor the application's own role, so that whoever pays cannot lift what limits them. */
async function set({ tenant, day, month }: Options): Promise<void> {
  const limits = { day_fen: limitOf(day, '--day'), month_fen: limitOf(month, '--month') };
  const db = openDatabase();
  try {
    await inTransaction(db, async (tx) => {
      if (!(await row(tx, 'select 1 from tenant where id = ?', [tenant]))) throw new StartError(`There is no tenant ${tenant}.`);
      await tx('payout_limit').insert({ tenant_id: tenant, ...limits, set_by: 'command' });
      await audit(tx, {
        action: 'payout-limit.set',
        subject: `tenant/${tenant}`,
        actor: 'command',
        tenantId: tenant,
        data: { dayFen: limits.day_fen, monthFen: limits.month_fen },
      });
    });
    process.stdout.write(
      `✓ payout batches above ${limits.day_fen ?? 'no limit'} fen in 24 hours or ${limits.month_fen ?? 'no limit'} fen in 30 days need a third checker\n`,
    );
  } finally {
    await db.destroy();
  }
}

/** `almoner limits set`. */
export function register(program: Command): void {
  program
    .command('limits')
    .description('rolling limits of payout batches')
    .command('set')
    .description('set what a platform may pay in payout batches with two checkers; above it a third signs')
    .requiredOption('--tenant <id>', 'the platform')
    .option('--day <fen>', 'net fen in any 24 hours; left out: no limit')
    .option('--month <fen>', 'net fen in any 30 days; left out: no limit')
    .addHelpText('after', EXIT_HELP)
    .action(set);
}
