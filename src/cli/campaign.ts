import type { Command } from 'commander';
import { campaignView } from '../api/views';
import { type Connection, rows } from '../database/connect';
import { formatYuan } from '../domain/money';
import { campaignStatement } from '../ledger/statement';
import { campaignRow } from '../records/campaigns';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

interface Options {
  readonly json?: boolean;
}

async function withDatabase(work: (db: Connection) => Promise<void>): Promise<void> {
  const db = openDatabase();
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

async function list(options: Options & { limit: string }): Promise<void> {
  await withDatabase(async (db) => {
    const campaigns = await rows<{ id: string; phase: string; title: string; raised_fen: bigint; ask_fen: bigint; platform: string }>(
      db,
      'select c.id, c.phase, c.title, c.raised_fen, c.ask_fen, t.platform from campaign c join tenant t on t.id = c.tenant_id order by c.submitted_at desc, c.id desc limit ?',
      [Number(options.limit)],
    );
    if (options.json)
      return printJson({
        campaigns: campaigns.map((c) => ({
          id: c.id,
          phase: c.phase,
          title: c.title,
          platform: c.platform,
          raisedFen: c.raised_fen,
          askFen: c.ask_fen,
        })),
      });
    for (const c of campaigns)
      process.stdout.write(
        `${c.id}  ${c.phase.padEnd(22)} ${c.platform.padEnd(18)} ${formatYuan(c.raised_fen).padStart(14)} of ${formatYuan(c.ask_fen)}  ${c.title}\n`,
      );
  });
}

async function show(id: string, options: Options): Promise<void> {
  await withDatabase(async (db) => {
    const view = await campaignView(db, await campaignRow(db, id));
    if (options.json) return printJson(view);
    const money = view.money as Record<string, bigint>;
    process.stdout.write(`${id}  ${String(view.title)}\n${String(view.edition)}, ${String(view.phase)} since ${String(view.phaseSince)}\n`);
    for (const [word, fen] of Object.entries(money))
      process.stdout.write(`  ${word.replace(/Fen$/, '').padEnd(18)} ${formatYuan(fen).padStart(18)}\n`);
    for (const r of view.releases as { seq: number; mode: string; stage: string; grossFen: bigint; receipt: string | null }[]) {
      process.stdout.write(`  release ${r.seq}  ${r.mode} ${formatYuan(r.grossFen)}  ${r.stage}${r.receipt ? `, receipt ${r.receipt}` : ''}\n`);
    }
  });
}

async function statement(id: string, options: Options): Promise<void> {
  await withDatabase(async (db) => {
    await campaignRow(db, id);
    for (let after = 0n; ; ) {
      const page = await campaignStatement(db, id, after, 1_000);
      if (page.length === 0) return;
      after = page.at(-1)!.id;
      for (const line of page) {
        if (options.json) printJson(line);
        else
          process.stdout.write(
            `${line.businessAt.toISOString()}  ${line.kind.padEnd(18)} ${formatYuan(line.amountFen).padStart(16)}  ${line.debit} → ${line.credit}  ${line.subject}\n`,
          );
      }
    }
  });
}

/** `almoner campaign list | show | statement`. */
export function register(program: Command): void {
  const campaign = program.command('campaign').description('look at campaigns and their books').addHelpText('after', EXIT_HELP);
  campaign
    .command('list')
    .description('the newest campaigns')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'as JSON')
    .action(list);
  campaign
    .command('show')
    .argument('<id>')
    .description('a campaign: its money words, releases and findings')
    .option('--json', 'the whole view as JSON')
    .action(show);
  campaign
    .command('statement')
    .argument('<id>')
    .description("every movement of the campaign's accounts")
    .option('--json', 'one JSON object a line')
    .action(statement);
}
