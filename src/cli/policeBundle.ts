import type { Command } from 'commander';
import path from 'node:path';
import { folderStore } from '../documents/store';
import { statePaths } from '../paths';
import { writePoliceBundle } from '../police/bundle';
import { loadHouseKeys } from '../security/keys';
import { PersonalData } from '../security/personalData';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

async function policeBundle(campaignId: string, options: { out: string; reason: string; json?: boolean }): Promise<void> {
  const paths = statePaths();
  const db = openDatabase();
  try {
    const dependencies = { personalData: new PersonalData(loadHouseKeys(paths.keys)), documents: folderStore(paths.documents) };
    const folder = path.resolve(options.out);
    const bundle = await writePoliceBundle(db, dependencies, campaignId, folder, options.reason);
    if (options.json) printJson({ folder, ...bundle });
    else
      process.stdout.write(
        `✓ ${bundle.files} files in ${folder}\n  SHA-256 of MANIFEST.json, for the report: ${bundle.sha256}\n  Personal data in the clear: hand it over, then remove it.\n`,
      );
  } finally {
    await db.destroy();
  }
}

/** `almoner police-bundle`. */
export function register(program: Command): void {
  program
    .command('police-bundle')
    .argument('<campaign>', "the campaign's id")
    .description('write everything known of a campaign into a new folder, hashed, for public security (POLICE)')
    .requiredOption('--out <folder>', 'a folder that does not exist yet')
    .requiredOption('--reason <text>', 'why: its hash goes on the audit chain, its words into the manifest')
    .option('--json', 'folder, number of files and hash as JSON')
    .addHelpText('after', `${EXIT_HELP}\n\nThe hash is what POST /v1/complaints/{id}/police-reports records.`)
    .action(policeBundle);
}
