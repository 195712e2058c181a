import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Connection, row } from '../database/connect';
import type { Anchor } from './chain';

/** More than one anchor's line, bytes. */
const TAIL = 4_096;

/** Where the audit chain stands: not whether it holds, which `verify` recomputes. Times are of the wall. */
export interface ChainStanding {
  readonly head: { readonly position: bigint; readonly hash: string } | null;
  /** The newest head that was written down outside the database; null before the first. */
  readonly anchor: { readonly position: string; readonly hash: string; readonly at: string; readonly behind: bigint; readonly ageMs: number } | null;
  readonly sealed: bigint;
  readonly unsealed: bigint;
  /** How long the oldest unsealed event waits, ms; null when all are sealed. */
  readonly oldestUnsealedMs: number | null;
}

/** @param anchorFile need not exist yet. @returns head, last anchor, and how much is sealed and not. */
export async function chainStanding(connection: Connection, anchorFile: string): Promise<ChainStanding> {
  const head = await row<{ position: bigint; hash: string }>(
    connection,
    `select position, encode(hash, 'hex') as hash from audit.link order by position desc limit 1`,
  );
  const waiting = (await row<{ n: bigint; ms: number | null }>(
    connection,
    `select count(*) as n, (extract(epoch from now() - min(e.recorded_at)) * 1000)::float8 as ms
     from audit.event e where not exists (select from audit.link l where l.event_seq = e.seq)`,
  ))!;
  const anchor = lastAnchor(anchorFile);
  const position = head?.position ?? 0n;
  return {
    head,
    anchor: anchor && {
      position: anchor.position,
      hash: anchor.hash,
      at: anchor.at,
      behind: position - BigInt(anchor.position),
      ageMs: Date.now() - Date.parse(anchor.at),
    },
    // Positions have no gaps, so the last one is how many there are.
    sealed: position,
    unsealed: BigInt(waiting.n),
    oldestUnsealedMs: waiting.ms === null ? null : Math.max(0, Math.round(waiting.ms)),
  };
}

/** @returns the last whole line of the anchors; null when there is none. */
function lastAnchor(file: string): Anchor | null {
  if (!existsSync(file)) return null;
  const open = openSync(file, 'r');
  try {
    const size = fstatSync(open).size;
    const buffer = Buffer.alloc(Math.min(size, TAIL));
    readSync(open, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8').split('\n').slice(0, -1);
    return lines.length === 0 ? null : (JSON.parse(lines.at(-1)!) as Anchor);
  } finally {
    closeSync(open);
  }
}
