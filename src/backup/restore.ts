import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { sealAndAnchor, verifyChain } from '../audit/chain';
import { connect, type Database, inTransaction, rows } from '../database/connect';
import { type Difference, verifyLedger } from '../ledger/verify';
import { placeHold, RESTORED } from '../records/releases';
import { loadHouseKeys } from '../security/keys';
import { checkFiles, placeOf } from './files';
import { keysThatDiffer } from './keys';
import { loadBackup, mustBeEmpty } from './load';
import { BackupError, checkSignature, type Manifest, readManifest } from './manifest';
import type { StateFolders } from './write';

const REASON = 'restored from a backup: nothing is paid before the bank and the channel have been asked what moved since';

export interface Restored {
  readonly manifest: Manifest;
  readonly migratedSince: readonly string[];
  /** How many audit rows the surviving anchors prove beyond the backup: they are lost with what they tell. */
  readonly auditRowsLost: bigint;
  readonly heldCampaigns: number;
  readonly differences: readonly Difference[];
}

/**
 * Proves a backup before anything is touched: its keys, its signature and the hash of every file. Keys that are in it are put where none lie.
 * @returns its manifest. @throws {BackupError}
 */
export async function proveBackup(folder: string, state: StateFolders): Promise<Manifest> {
  const manifest = readManifest(folder);
  const carried = path.join(folder, 'keys');
  const missing = keysThatDiffer(state.keys, manifest.keys.fingerprints);
  if (missing.length > 0 && (!manifest.keys.included || existsSync(path.join(state.keys, missing[0]!))))
    throw new BackupError(
      `The keys of this backup are not in ${state.keys}: ${missing.join(', ')}. Put back the copy of keys/ that is kept apart, then restore.`,
    );
  checkSignature(folder, loadHouseKeys(missing.length > 0 ? carried : state.keys).anchorKey);
  await checkFiles(folder, manifest.files);
  if (missing.length > 0) {
    mkdirSync(state.keys, { recursive: true, mode: 0o700 });
    cpSync(carried, state.keys, { recursive: true, force: false });
  }
  return manifest;
}

/**
 * Restores a proven backup into an empty database, its documents and anchors beside it, holds every campaign, and verifies books and chain.
 * @throws {BackupError} when the database is in use, or what was loaded is not what was backed up.
 */
export async function restoreBackup(
  databaseUrl: string,
  folder: string,
  manifest: Manifest,
  state: StateFolders,
  options: { readonly appPassword?: string; readonly say: (text: string) => void },
): Promise<Restored> {
  await mustBeEmpty(databaseUrl, manifest);
  const migratedSince = await loadBackup(databaseUrl, folder, manifest, options);
  options.say('documents and anchors');
  for (const { path: name } of manifest.files.filter((file) => file.path.startsWith('documents/'))) {
    const file = path.join(state.documents, ...name.split('/').slice(1));
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    cpSync(placeOf(folder, name), file);
  }
  const db = connect(databaseUrl, { max: 2, name: 'almoner-restore' });
  try {
    const { anchorKey } = loadHouseKeys(state.keys);
    const auditRowsLost = await putAnchorsBack(db, folder, manifest, state.anchorFile);
    const heldCampaigns = await holdEverything(db, manifest, auditRowsLost);
    while ((await sealAndAnchor(db, state.anchorFile, anchorKey)) > 0);
    options.say('verifying');
    const differences = [...(await verifyLedger(db, null)), ...(await verifyChain(db, state.anchorFile, anchorKey))];
    return { manifest, migratedSince, auditRowsLost, heldCampaigns, differences };
  } finally {
    await db.destroy();
  }
}

/** The anchors of the lost database tell of links that are no more: they are kept beside, as evidence of how much is lost, and the backup's take their place. */
async function putAnchorsBack(db: Database, folder: string, manifest: Manifest, anchorFile: string): Promise<bigint> {
  const lost = (await verifyChain(db, existsSync(anchorFile) ? anchorFile : null, null)).filter((each) => each.what === 'chain.truncated');
  const furthest = lost.reduce((most, each) => (BigInt(each.subject.split('/')[1]!) > most ? BigInt(each.subject.split('/')[1]!) : most), 0n);
  if (existsSync(anchorFile)) renameSync(anchorFile, `${anchorFile}.lost-${ulid()}`);
  if (manifest.files.some((file) => file.path === 'anchors/audit.jsonl')) {
    mkdirSync(path.dirname(anchorFile), { recursive: true, mode: 0o700 });
    cpSync(placeOf(folder, 'anchors/audit.jsonl'), anchorFile);
  }
  return furthest === 0n ? 0n : furthest - BigInt(manifest.totals.head.position);
}

async function holdEverything(db: Database, manifest: Manifest, auditRowsLost: bigint): Promise<number> {
  return inTransaction(db, async (tx) => {
    const open = await rows<{ id: string; now: Date | null }>(
      tx,
      `select c.id, k.now from campaign c join tenant t on t.id = c.tenant_id left join test_clock k on k.id = t.clock_id where ended_at is null or exists (select from gift_return r where r.campaign_id = c.id and r.status in ('due', 'processing')) order by c.id`,
    );
    // Held since the last moment that the books know of, in business time: from there on the bank is asked.
    for (const { id, now } of open)
      await placeHold(tx, { id: ulid(), campaignId: id, releaseId: null, rule: RESTORED, reason: REASON, at: now ?? new Date(manifest.takenAt) });
    await audit(tx, {
      action: 'house.restored',
      subject: 'house',
      actor: 'operator',
      data: { takenAt: manifest.takenAt, head: manifest.totals.head, auditRowsLost, held: open.length },
    });
    return open.length;
  });
}
