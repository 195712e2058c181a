import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, rows } from '../database/connect';
import { runningInstance } from '../engines/runFile';
import { StartError } from '../engines/startError';
import { createLogger } from '../logging';
import { OutboxRelay } from '../outbox/relay';
import { statePaths } from '../paths';
import { tell } from '../records/outbox';
import { loadHouseKeys } from '../security/keys';
import { openTemporal } from '../temporal/client';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

/** How long workflows may take to answer, ms. */
const PATIENCE_MS = 120_000;

interface Open {
  readonly workflow: 'campaign' | 'release' | 'transfer' | 'payoutBatch' | 'refund' | 'complaint' | 'supervision' | 'reconciliation';
  readonly id: string;
  readonly tenant_id: string;
}

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
    const open = await openWorkflows(db);
    const cause = `repair-${ulid()}`;
    await inTransaction(db, async (tx) => {
      for (const { workflow, id, tenant_id } of open) await tell(tx, { workflow, tenantId: tenant_id, id, notice: 'repaired', cause });
      // Words that a dead relay had taken, or that failed while Temporal was away, go out now.
      await tx.raw('update outbox set not_before = clock_timestamp() where delivered_at is null');
      await audit(tx, { action: 'house.repaired', subject: 'workflows', actor: 'operator', data: { cause, open: open.length } });
    });
    await relay.start();
    await delivered(db, json ?? false);
    const count = (workflow: Open['workflow']) => open.filter((o) => o.workflow === workflow).length;
    const told = {
      campaigns: count('campaign'),
      releases: count('release'),
      transfers: count('transfer'),
      payoutBatches: count('payoutBatch'),
      refunds: count('refund'),
      complaints: count('complaint'),
      supervisions: count('supervision'),
      reconciliations: count('reconciliation'),
    };
    if (json) printJson({ repaired: told });
    else
      process.stdout.write(
        `✓ ${told.campaigns} campaigns, ${told.releases} releases, ${told.transfers} transfers, ${told.payoutBatches} payout batches, ${told.refunds} refunds, ${told.complaints} complaints, ${told.supervisions} supervisions and ${told.reconciliations} reconciliations go on from Postgres\n`,
      );
  } finally {
    await relay.stop();
    await temporal.connection.close();
    await db.destroy();
  }
}

async function openWorkflows(db: Database): Promise<Open[]> {
  return rows<Open>(
    db,
    `select 'campaign' as workflow, id, tenant_id from campaign where ended_at is null
     union all select 'release', r.id, c.tenant_id from release r join campaign c on c.id = r.campaign_id where r.started_at is not null and r.closed_at is null
     union all select 'transfer', p.id, p.tenant_id from payout p where p.state in ('reserved', 'submitted', 'unknown') and not p.conducted
     union all select 'payoutBatch', b.batch_id, b.tenant_id from payout_batch_run b where b.finished_at is null
     union all select 'refund', d.id, d.tenant_id from refund_round d where d.finished_at is null
     union all select 'supervision', s.id, s.tenant_id from campaign s where s.opened_at is not null and s.ended_at is null
     union all select 'reconciliation', n.id, n.tenant_id from reconciliation_day n where n.finished_at is null
     union all select 'complaint', k.id, k.tenant_id from complaint k where k.decided_at is null
       or exists (select from complaint_appeal a where a.complaint_id = k.id and a.decided_at is null)`,
  );
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
