import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, type Database, row, rows } from '../database/connect';
import type { Difference } from '../ledger/verify';

/** How many events one seal takes at most, and one page of a verification reads. */
const PAGE = 2_000;
/** An event older than this that no link holds was slipped past the sealer, seconds. */
const UNSEALED_TOO_LONG_S = 300;

/** The chain's head at a moment, kept outside the database: a chain alone cannot show that its end was cut off or all of it written anew. */
export interface Anchor {
  readonly position: string;
  readonly hash: string;
  readonly at: string;
  readonly signature: string;
}

/** What an anchor's signature is over. */
export const anchorText = (a: Omit<Anchor, 'signature'>): Buffer => Buffer.from(`almoner-audit-anchor\n${a.position}\n${a.hash}\n${a.at}\n`);

/** Seals committed audit rows into the chain, and anchors the new head. @returns how many were sealed. */
export async function sealAndAnchor(db: Database, anchorFile: string, anchorKey: KeyObject): Promise<number> {
  const result = await row<{ sealed: number }>(db, 'select audit.seal(?) as sealed', [PAGE]);
  if (result!.sealed === 0) return 0;
  const head = (await row<{ position: bigint; hash: string }>(
    db,
    `select position, encode(hash, 'hex') as hash from audit.link order by position desc limit 1`,
  ))!;
  const anchor = { position: head.position.toString(), hash: head.hash, at: new Date().toISOString() };
  appendWhole(anchorFile, `${JSON.stringify({ ...anchor, signature: sign(null, anchorText(anchor), anchorKey).toString('base64') })}\n`);
  return result!.sealed;
}

/** Appends a line whole or not at all: half an anchor, left by a full disk, would look like a forged one for ever. The next seal anchors the head. */
function appendWhole(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'a', 0o600);
  try {
    const { size } = fstatSync(handle);
    try {
      appendFileSync(handle, line);
    } catch (error) {
      ftruncateSync(handle, size);
      throw error;
    }
  } finally {
    closeSync(handle);
  }
}

/** Recomputes the chain from the events and holds it against every anchor. @returns each difference: the row, or the anchor, that does not fit. */
export async function verifyChain(connection: Connection, anchorFile: string | null, anchorKey: KeyObject | null): Promise<Difference[]> {
  const differences: Difference[] = [];
  const anchors = anchorFile === null ? new Map<string, string>() : readAnchors(anchorFile, anchorKey, differences);
  let hash: Buffer = createHash('sha256').update('almoner').digest();
  let position = 0n;
  for (;;) {
    const page = await rows<{ position: bigint; event_seq: bigint; hash: Buffer; canonical: string | null }>(
      connection,
      `select l.position, l.event_seq, l.hash, case when e.seq is not null then audit.canonical(e) end as canonical from audit.link l left join audit.event e on e.seq = l.event_seq
       where l.position > ? order by l.position limit ${PAGE}`,
      [position.toString()],
    );
    if (page.length === 0) break;
    for (const link of page) {
      if (link.position !== position + 1n)
        differences.push({ what: 'chain.gap', subject: `link/${position + 1n}`, expected: 'a link', found: `link/${link.position}` });
      position = link.position;
      const expected = createHash('sha256')
        .update(hash)
        .update(link.canonical ?? '')
        .digest();
      if (link.canonical === null)
        differences.push({ what: 'chain.event', subject: `event/${link.event_seq}`, expected: 'the event', found: 'nothing' });
      else if (!expected.equals(link.hash))
        differences.push({
          what: 'chain.hash',
          subject: `event/${link.event_seq} (link/${position})`,
          expected: expected.toString('hex'),
          found: link.hash.toString('hex'),
        });
      // Go on from what stands written, so that one altered row is named alone and not everything after it.
      hash = link.hash;
      const anchored = anchors.get(position.toString());
      if (anchored !== undefined && anchored !== hash.toString('hex'))
        differences.push({ what: 'chain.anchor', subject: `link/${position}`, expected: anchored, found: hash.toString('hex') });
      anchors.delete(position.toString());
    }
  }
  for (const [missing, expected] of anchors) differences.push({ what: 'chain.truncated', subject: `link/${missing}`, expected, found: 'nothing' });
  const stray = await rows<{ seq: bigint }>(
    connection,
    `select e.seq from audit.event e where e.recorded_at < now() - make_interval(secs => ${UNSEALED_TOO_LONG_S}) and not exists (select from audit.link l where l.event_seq = e.seq) limit 1000`,
  );
  differences.push(...stray.map((s) => ({ what: 'chain.unsealed', subject: `event/${s.seq}`, expected: 'sealed', found: 'no link' })));
  return differences;
}

/** @returns hash by position of each anchor whose signature holds. */
function readAnchors(file: string, key: KeyObject | null, differences: Difference[]): Map<string, string> {
  const anchors = new Map<string, string>();
  if (!existsSync(file)) return anchors;
  const publicKey = key && createPublicKey(key);
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').filter(Boolean).entries()) {
    const anchor = parse(line);
    if (!anchor || (publicKey && !verify(null, anchorText(anchor), publicKey, Buffer.from(anchor.signature, 'base64')))) {
      differences.push({ what: 'anchor.signature', subject: `anchor line ${i + 1}`, expected: "the house's signature", found: 'another or none' });
    } else anchors.set(anchor.position, anchor.hash);
  }
  return anchors;
}

function parse(line: string): Anchor | null {
  try {
    return JSON.parse(line) as Anchor;
  } catch {
    return null;
  }
}
