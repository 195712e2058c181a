import { type Command, Option } from 'commander';
import { folderStore } from '../documents/store';
import { statePaths } from '../paths';
import { applyRetention, dueByClass } from '../records/retention';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

async function retention({ apply, json }: { apply?: boolean; json?: boolean }): Promise<void> {
  const db = openDatabase();
  try {
    const classes = apply ? await applyRetention(db, folderStore(statePaths().documents)) : await dueByClass(db);
    if (json) return printJson({ applied: apply ?? false, classes });
    for (const [name, n] of Object.entries(classes)) process.stdout.write(`${apply ? '✓' : '·'} ${name}: ${n} ${apply ? 'removed' : 'due'}\n`);
  } finally {
    await db.destroy();
  }
}

/** `almoner retention`. */
export function register(program: Command): void {
  program
    .command('retention')
    .description('what is kept longer than its class says (docs/retention.md), and its removal')
    .addOption(new Option('--dry-run', 'only count (this is also what happens without an option)').conflicts('apply'))
    .option('--apply', 'remove what is due')
    .option('--json', 'per class, as JSON')
    .addHelpText('after', EXIT_HELP)
    .action(retention);
}
