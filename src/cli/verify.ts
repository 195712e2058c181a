import type { Command } from 'commander';
import { join } from 'node:path';
import { sealAndAnchor, verifyChain } from '../audit/chain';
import { row } from '../database/connect';
import { type Difference, verifyLedger } from '../ledger/verify';
import { statePaths } from '../paths';
import { loadHouseKeys } from '../security/keys';
import { openDatabase } from './support/database';
import { EXIT, EXIT_HELP, printJson } from './support/output';

interface Verdict {
  readonly verified: boolean;
  readonly counts: Record<string, bigint>;
  readonly differences: readonly Difference[];
  readonly seconds: number;
}

async function verify(options: { json?: boolean; tenant?: string }): Promise<void> {
  const began = Date.now();
  const say = (text: string) => (options.json ? undefined : process.stderr.write(`  ${text} …\n`));
  const db = openDatabase();
  try {
    const paths = statePaths();
    const anchorFile = join(paths.root, 'anchors', 'audit.jsonl');
    const { anchorKey } = loadHouseKeys(paths.keys);
    say('sealing the newest audit rows');
    while ((await sealAndAnchor(db, anchorFile, anchorKey)) > 0);
    const counts = (await row<Record<string, bigint>>(
      db,
      'select (select count(*) from ledger.transfer) as transfers, (select count(*) from ledger.account) as accounts, (select count(*) from audit.link) as "auditRows"',
    ))!;
    say(`rebuilding every balance from ${counts.transfers} transfers`);
    const ledger = await verifyLedger(db, options.tenant ?? null);
    say(`recomputing the chain of ${counts.auditRows} audit rows`);
    const chain = await verifyChain(db, anchorFile, anchorKey);
    report(
      { verified: ledger.length + chain.length === 0, counts, differences: [...ledger, ...chain], seconds: (Date.now() - began) / 1000 },
      options.json ?? false,
    );
  } finally {
    await db.destroy();
  }
}

function report(verdict: Verdict, json: boolean): void {
  if (json) printJson(verdict);
  else {
    for (const d of verdict.differences) process.stdout.write(`✗ ${d.what}  ${d.subject}: expected ${d.expected}, found ${d.found}\n`);
    const { transfers, accounts, auditRows } = verdict.counts;
    const what = `${transfers} transfers, ${accounts} accounts, ${auditRows} audit rows`;
    process.stdout.write(
      verdict.verified
        ? `✓ the books balance and the chain holds: ${what} (${verdict.seconds.toFixed(1)} s)\n`
        : `✗ ${verdict.differences.length} differences in ${what}\n`,
    );
  }
  process.exitCode = verdict.verified ? EXIT.done : EXIT.refused;
}

/** `almoner verify`. */
export function register(program: Command): void {
  program
    .command('verify')
    .description('rebuild every balance and the audit chain from their rows, and name each difference')
    .option('--tenant <id>', "check one tenant's books only (the chain is always whole)")
    .option('--json', 'the verdict as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nExit code 1 here: something differs.`)
    .action(verify);
}
