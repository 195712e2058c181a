import type { Command } from 'commander';
import path from 'node:path';
import { proveBackup, restoreBackup, type Restored } from '../backup/restore';
import { keptSecret } from '../engines/files';
import { withLoneDatabase } from '../engines/loneDatabase';
import { statePaths } from '../paths';
import { asStartError, stateFolders } from './support/backupFolders';
import { EXIT, EXIT_HELP, printJson } from './support/output';

async function restore(options: { from: string; json?: boolean }): Promise<void> {
  const paths = statePaths();
  const state = stateFolders();
  const folder = path.resolve(options.from);
  const say = (text: string) => (options.json ? undefined : process.stderr.write(`  ${text} …\n`));
  say('checking every hash');
  const restored = await asStartError(
    proveBackup(folder, state).then((manifest) =>
      withLoneDatabase(paths, (url) => restoreBackup(url, folder, manifest, state, { appPassword: appPassword(paths.keys), say })),
    ),
  );
  report(restored, options.json ?? false);
}

/** The application role's password: of APP_DATABASE_URL where the server is the operator's, else the embedded one's. */
function appPassword(keysDir: string): string {
  const theirs = process.env.APP_DATABASE_URL;
  return theirs ? decodeURIComponent(new URL(theirs).password) : keptSecret(keysDir, 'app-password');
}

function report({ manifest, migratedSince, auditRowsLost, heldCampaigns, differences }: Restored, json: boolean): void {
  const verified = differences.length === 0;
  process.exitCode = verified ? EXIT.done : EXIT.refused;
  if (json)
    return printJson({
      restored: true,
      takenAt: manifest.takenAt,
      totals: manifest.totals,
      migratedSince,
      auditRowsLost,
      heldCampaigns,
      verified,
      differences,
    });
  for (const d of differences) process.stdout.write(`✗ ${d.what}  ${d.subject}: expected ${d.expected}, found ${d.found}\n`);
  process.stdout.write(
    `${verified ? '✓' : '✗'} restored as of ${manifest.takenAt}: ${manifest.totals.transfers} transfers, ${manifest.totals.auditEvents} audit rows\n` +
      `  ${auditRowsLost === 0n ? 'no anchor here tells of anything later' : `the anchors here prove ${auditRowsLost} later audit rows: they are lost`}\n` +
      `  ${heldCampaigns} campaigns are held. Next: "npm start", "almoner repair", "almoner reconcile".\n`,
  );
}

/** `almoner restore`. */
export function register(program: Command): void {
  program
    .command('restore')
    .description('restore a backup into an empty database: the embedded one of this state folder, or DATABASE_URL; nothing may run on it')
    .requiredOption('--from <folder>', 'what "almoner backup" wrote')
    .option('--json', 'what was restored, as JSON')
    .addHelpText(
      'after',
      `${EXIT_HELP}\n\nThe keys must lie in the state folder, unless the backup was made with --with-keys. Every campaign is held until "almoner reconcile".`,
    )
    .action(restore);
}
