import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Database, inTransaction, row } from '../database/connect';
import { runningInstance } from '../engines/runFile';
import { StartError } from '../engines/startError';
import { createLogger } from '../logging';
import { OutboxRelay } from '../outbox/relay';
import { statePaths } from '../paths';
import { openWork, type Work } from '../records/operations';
import { tell } from '../records/outbox';
import { loadHouseKeys } from '../security/keys';
import { openTemporal } from '../temporal/client';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

/** How long workflows may take to answer, ms. */
const PATIENCE_MS = 120_000;

/**
 * Tells every open workflow, as Postgres knows it, to look at its story again; one that Temporal has lost is begun anew and goes on from there.
 * A payment is not repeated: its transfer asks the bank about the id on record before anything else.
 */
async function repair({ json }: { json?: boolean }): Promise<void> {
  const run = runningInstance(statePaths().runFile);
  for (const [name, value] of Object.entries(run?.environment ?? {})) if (name.startsWith('TEMPORAL_')) process.env[name] ??= value;
  const db = openDatabase();
  const temporal = openTemporal(loadHouseKeys(statePaths().keys).payloadKeys);
  const relay = new OutboxRelay(
    db,
    process.env.DATABASE_URL ?? run!.environment.DATABASE_URL!,
    temporal,
    createLogger('repair', { write: () => undefined }),
  );
  try {
    const open = await openWork(db);
    const cause = `repair-${ulid()}`;
    await inTransaction(db, async (tx) => {
      for (const { workflow, id, tenant_id } of open) await tell(tx, { workflow, tenantId: tenant_id, id, notice: 'repaired', cause });
      // Words that a dead relay had taken, or that failed while Temporal was away, go out now.
      await tx.raw('update outbox set not_before = clock_timestamp() where delivered_at is null');
      await audit(tx, { action: 'house.repaired', subject: 'workflows', actor: 'operator', data: { cause, open: open.length } });
    });
    await relay.start();
    await delivered(db, json ?? false);
    const count = (workflow: Work['workflow']) => open.filter((o) => o.workflow === workflow).length;
    const told = {
      campaigns: count('campaign'),
      releases: count('release'),
      transfers: count('transfer'),
      payoutBatches: count('payoutBatch'),
      refunds: count('refund'),
      complaints: count('complaint'),
      supervisions: count('supervision'),
      reconciliations: count('reconciliation'),
      recalls: count('recall'),
    };
    if (json) printJson({ repaired: told });
    else
      process.stdout.write(
        `✓ ${told.campaigns} campaigns, ${told.releases} releases, ${told.transfers} transfers, ${told.payoutBatches} payout batches, ${told.refunds} refunds, ${told.complaints} complaints, ${told.supervisions} supervisions, ${told.reconciliations} reconciliations and ${told.recalls} recalls go on from Postgres\n`,
      );
  } finally {
    await relay.stop();
    await temporal.connection.close();
    await db.destroy();
  }
}

async function delivered(db: Database, quiet: boolean): Promise<void> {
  for (const began = Date.now(); ; await pause(200)) {
    const left = (await row<{ n: number }>(db, 'select count(*)::int as n from outbox where delivered_at is null'))!.n;
    if (left === 0) return;
    if (!quiet) process.stderr.write(`  ${left} words on their way …\n`);
    if (Date.now() - began > PATIENCE_MS)
      throw new StartError('The workflows do not answer: is Temporal up, and a worker with it? "almoner doctor" tells.');
  }
}

/** `almoner repair`. */
export function register(program: Command): void {
  program
    .command('repair')
    .description("after Temporal's data was lost or restored: every open campaign goes on from Postgres, and nothing is paid twice")
    .option('--json', 'what was told, as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nSafe at any time: a workflow that is well is only told to look again.`)
    .action(repair);
}
