import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';
import { z } from 'zod';

const FORMAT = 'almoner-backup/1';
const MANIFEST = 'manifest.json';
const SIGNATURE = 'manifest.sig';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.string().regex(/^\d+$/);
const fileEntry = z.strictObject({ path: z.string(), sha256: hash, bytes: z.number().int().nonnegative() });
/** What must be the same after a restore as it was in the snapshot. */
const totals = z.strictObject({
  transfers: count,
  transferredFen: count,
  accounts: count,
  debitsFen: count,
  creditsFen: count,
  auditEvents: count,
  head: z.strictObject({ position: count, hash: z.string() }),
});
const manifestShape = z.strictObject({
  format: z.literal(FORMAT),
  /** Wall time at which the snapshot was taken, RFC 3339. */
  takenAt: z.iso.datetime(),
  version: z.string(),
  postgres: z.string(),
  migrations: z.array(z.strictObject({ name: z.string(), sha256: hash })),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), rows: count, file: z.string() })),
  sequences: z.array(z.strictObject({ name: z.string(), value: count })),
  totals,
  /** Business time of each platform at the snapshot: the bank and the channel are asked from there on. */
  businessTimes: z.array(z.strictObject({ tenantId: z.string(), now: z.iso.datetime() })),
  keys: z.strictObject({ included: z.boolean(), fingerprints: z.record(z.string(), hash) }),
  files: z.array(fileEntry),
});

export type Manifest = z.infer<typeof manifestShape>;
export type Totals = z.infer<typeof totals>;
export type FileEntry = z.infer<typeof fileEntry>;

/** @returns the sums that a restore must come to again. */
export async function totalsOf(client: Client): Promise<Totals> {
  const { rows } = await client.query<Omit<Totals, 'head'> & { position: string; hash: string }>(
    `select (select count(*) from ledger.transfer)::text as transfers, (select coalesce(sum(amount_fen), 0) from ledger.transfer)::text as "transferredFen",
       (select count(*) from ledger.account)::text as accounts, (select coalesce(sum(debits_fen), 0) from ledger.account)::text as "debitsFen",
       (select coalesce(sum(credits_fen), 0) from ledger.account)::text as "creditsFen", (select count(*) from audit.event)::text as "auditEvents",
       coalesce((select max(position) from audit.link), 0)::text as position,
       coalesce((select encode(hash, 'hex') from audit.link order by position desc limit 1), '') as hash`,
  );
  const { position, hash: head, ...sums } = rows[0]!;
  return { ...sums, head: { position, hash: head } };
}

/** Writes the signature, then the manifest by its name: a folder without one is half a backup. @param key the house's anchor key. @returns the manifest's bytes. */
export async function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>, key: KeyObject): Promise<Buffer> {
  const bytes = Buffer.from(`${JSON.stringify({ format: FORMAT, ...manifest }, null, 1)}\n`);
  await writeDurably(path.join(folder, SIGNATURE), Buffer.from(sign(null, bytes, key).toString('base64')));
  const draft = path.join(folder, `${MANIFEST}.part`);
  await writeDurably(draft, bytes);
  await rename(draft, path.join(folder, MANIFEST));
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
  return bytes;
}

async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Why a folder cannot be restored, in a sentence for who asked. */
export class BackupError extends Error {}

/** @returns the manifest as it stands, unproven. @throws {BackupError} when there is none, or it is not of this format. */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, MANIFEST);
  if (!existsSync(file)) throw new BackupError(`${folder} is no backup, or one that was cut short: it has no ${MANIFEST}.`);
  const parsed = manifestShape.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new BackupError(`${file} is not a manifest of ${FORMAT}: ${parsed.error.issues[0]?.path.join('.')}.`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @throws {BackupError} when the house did not sign this manifest. */
export function checkSignature(folder: string, key: KeyObject): void {
  const file = path.join(folder, SIGNATURE);
  const bytes = readFileSync(path.join(folder, MANIFEST));
  if (!existsSync(file) || !verify(null, bytes, createPublicKey(key), Buffer.from(readFileSync(file, 'utf8'), 'base64')))
    throw new BackupError(`The manifest in ${folder} does not bear this house's signature: it was altered, or is another house's.`);
}
