import type { Command } from 'commander';
import { audit } from '../audit/append';
import { inTransaction } from '../database/connect';
import { statePaths } from '../paths';
import { rewrapAll, wrappedByKey } from '../records/rewrap';
import { addKey, loadRing, removeKey } from '../security/keyRing';
import { KEY_ENCRYPTION_KEYS } from '../security/keys';
import { ringVault } from '../security/vault';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

interface Done {
  readonly current: number;
  readonly wrappedAnew: number;
  readonly wraps: Record<string, number>;
  readonly removed: readonly number[];
}

/**
 * Makes a new key-encryption key, unless a rotation was cut short, and wraps everything anew under it. Running processes find the new key by themselves;
 * what they still wrap under the one before is found by the next run.
 */
async function rotate(options: { json?: boolean; resume?: boolean; removeUnused?: boolean }): Promise<void> {
  const keysDir = statePaths().keys;
  const db = openDatabase();
  try {
    const before = loadRing(keysDir, KEY_ENCRYPTION_KEYS).current;
    const unfinished = [...(await wrappedByKey(db)).keys()].some((number) => number !== before);
    if (!options.resume && !unfinished) addKey(keysDir, KEY_ENCRYPTION_KEYS);
    const vault = ringVault(() => loadRing(keysDir, KEY_ENCRYPTION_KEYS));
    const wrappedAnew = await rewrapAll(db, vault);
    const wraps = await wrappedByKey(db);
    const unused = [...loadRing(keysDir, KEY_ENCRYPTION_KEYS).keys.keys()].filter((number) => number !== vault.current && !wraps.has(number));
    const removed = options.removeUnused ? unused : [];
    for (const number of removed) removeKey(keysDir, KEY_ENCRYPTION_KEYS, number);
    await inTransaction(db, (tx) =>
      audit(tx, { action: 'house.keys_rotated', subject: 'keys', actor: 'operator', data: { current: vault.current, wrappedAnew, removed } }),
    );
    report({ current: vault.current, wrappedAnew, wraps: Object.fromEntries(wraps), removed }, options.json ?? false);
  } finally {
    await db.destroy();
  }
}

function report(done: Done, json: boolean): void {
  if (json) return printJson(done);
  const kept = Object.entries(done.wraps).map(([number, n]) => `key ${number} wraps ${n}`);
  process.stdout.write(`✓ key ${done.current} is current; ${done.wrappedAnew} wrapped anew; ${kept.join(', ') || 'nothing is wrapped yet'}\n`);
  if (done.removed.length > 0) process.stdout.write(`✓ removed ${done.removed.map((number) => `key ${number}`).join(', ')}\n`);
}

/** `almoner keys rotate`. */
export function register(program: Command): void {
  program
    .command('keys')
    .description("the house's own keys")
    .command('rotate')
    .description('makes a new key-encryption key and wraps every data key anew under it; goes on where it was cut short')
    .option('--resume', 'make no new key, only wrap anew what is not under the current one')
    .option('--remove-unused', 'remove older keys that wrap nothing any more: backups from before can then not be read')
    .option('--json', 'what was done, as JSON')
    .addHelpText('after', EXIT_HELP)
    .action(rotate);
}
