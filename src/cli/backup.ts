import type { Command } from 'commander';
import path from 'node:path';
import { sealAndAnchor } from '../audit/chain';
import { writeBackup } from '../backup/write';
import { readJson } from '../engines/files';
import { checkoutRoot } from '../paths';
import { loadHouseKeys } from '../security/keys';
import { asStartError, stateFolders } from './support/backupFolders';
import { databaseUrl, openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

async function backup(options: { out: string; withKeys?: boolean; json?: boolean }): Promise<void> {
  const began = Date.now();
  const state = stateFolders();
  const { anchorKey } = loadHouseKeys(state.keys);
  const db = openDatabase();
  try {
    while ((await sealAndAnchor(db, state.anchorFile, anchorKey)) > 0);
  } finally {
    await db.destroy();
  }
  const folder = path.resolve(options.out);
  const { manifest, sha256 } = await asStartError(
    writeBackup(databaseUrl(), {
      folder,
      state,
      anchorKey,
      withKeys: options.withKeys ?? false,
      version: readJson<{ version: string }>(path.join(checkoutRoot(), 'package.json'))!.version,
      say: (text) => (options.json ? undefined : process.stderr.write(`  ${text} …\n`)),
    }),
  );
  const rows = manifest.tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const seconds = (Date.now() - began) / 1000;
  const { takenAt, totals } = manifest;
  if (options.json)
    return printJson({ folder, sha256, takenAt, tables: manifest.tables.length, rows, files: manifest.files.length, bytes, totals, seconds });
  process.stdout.write(
    `✓ ${rows} rows of ${manifest.tables.length} tables, as of ${takenAt}, in ${folder} (${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s)\n  SHA-256 of manifest.json: ${sha256}\n${
      options.withKeys
        ? '  The keys are in it: whoever has this folder can read everything.\n'
        : '  The keys are not in it: keep a copy of keys/ elsewhere, or nothing of this can be read.\n'
    }`,
  );
}

/** `almoner backup`. */
export function register(program: Command): void {
  program
    .command('backup')
    .description('write one consistent export of the running house into a new folder: every table, documents, anchors, each hashed, the whole signed')
    .requiredOption('--out <folder>', 'a folder that does not exist yet, or is empty')
    .option('--with-keys', 'put the keys in too; without them the folder cannot be read, which is why they are kept apart')
    .option('--json', 'folder, counts and sums as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nTemporal's data is not in it: "almoner repair" begins the workflows anew from Postgres.`)
    .action(backup);
}
