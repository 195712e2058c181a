import type { Response } from 'express';
import { type Database, row } from '../database/connect';
import { eventsAfter } from './routes/events';

/** How long the head of the chain is good for, ms: however many listen, it is asked for so often and no more. */
const HEAD_MS = 500;
/** How often a stream that nothing happens on says that it is there, ms. */
const BEAT_MS = 15_000;
const PAGE = 100;

/** Where the audit chain ends, asked for once for all who listen in this process. */
class ChainHead {
  #asked: Promise<bigint> | null = null;

  read(db: Database): Promise<bigint> {
    this.#asked ??= this.#ask(db);
    return this.#asked;
  }

  async #ask(db: Database): Promise<bigint> {
    setTimeout(() => (this.#asked = null), HEAD_MS).unref();
    return (await row<{ position: bigint }>(db, 'select coalesce(max(position), 0) as position from audit.link'))!.position;
  }
}
const head = new ChainHead();

/** Whose events go out, from where, and for how long. */
export interface Listening {
  readonly tenantId: string;
  /** A place in the chain; null: from now on. */
  readonly after: string | null;
  /** Seconds; 0: what there is, and no waiting. */
  readonly seconds: number;
  readonly isEnding: () => boolean;
}

/**
 * Sends a tenant's events as server-sent events, each under its place in the sealed chain, so that who comes back with the last one misses nothing and gets
 * nothing twice. Thin: type, subject and campaign; who wants more asks with their own rights. It ends by itself, and who listens on is asked who they are again.
 */
export async function sendLive(res: Response, db: Database, { tenantId, after, seconds, isEnding }: Listening): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  let gone = false;
  res.once('close', () => (gone = true));
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
  let at = after ?? (await head.read(db)).toString();
  let saidAt = Date.now();
  res.write(`retry: 2000\nid: ${at}\nevent: listening\ndata: {}\n\n`);
  // The first look is at the chain itself: the head that others asked for may be of a moment ago.
  for (let first = true; ; first = false) {
    const moved = first || (await head.read(db)) > BigInt(at);
    const page = moved ? await eventsAfter(db, tenantId, at, PAGE) : null;
    for (const { id, type, subject, campaignId } of page?.events ?? [])
      res.write(`id: ${id}\ndata: ${JSON.stringify({ type, subject, campaignId })}\n\n`);
    if (page) at = page.next;
    if (page?.events.length) saidAt = Date.now();
    if (page?.events.length === PAGE) continue;
    if (gone || isEnding() || Date.now() >= until) break;
    if (Date.now() - saidAt > BEAT_MS) {
      res.write(`: ${at}\n\n`);
      saidAt = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, HEAD_MS));
  }
  res.end();
}
