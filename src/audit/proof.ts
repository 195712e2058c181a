import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type Connection, rows } from '../database/connect';
import type { Difference } from '../ledger/verify';
import { type Anchor, anchorText } from './chain';

const PAGE = 2_000;
const START = createHash('sha256').update('almoner').digest('hex');

/** The first line of a proof: whose events it has in full, when it was made, and the key that signed its anchors. */
interface Head {
  readonly almonerProof: 1;
  readonly tenantId: string | null;
  readonly madeAt: string;
  readonly start: string;
  readonly anchorKey: string;
}
/** One link of the chain: its position, its hash, and the event's canonical text where it is the reader's to see. */
interface Link {
  readonly p: string;
  readonly h: string;
  readonly e?: string;
}

/**
 * The sealed chain as lines of JSON that anybody checks without the house: every link with its hash, the events of one platform in full (of all for null), every anchor.
 * @param anchorFile where the anchors are; need not exist. @param key the house's own
 */
export async function* proofLines(connection: Connection, tenantId: string | null, anchorFile: string, key: KeyObject): AsyncGenerator<string> {
  const anchorKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  yield line({ almonerProof: 1, tenantId, madeAt: new Date().toISOString(), start: START, anchorKey } satisfies Head);
  let last = '0';
  for (;;) {
    const page = await rows<{ position: bigint; hash: string; canonical: string | null }>(
      connection,
      `select l.position, encode(l.hash, 'hex') as hash, case when :tenant::text is null or e.tenant_id = :tenant then audit.canonical(e) end as canonical
       from audit.link l join audit.event e on e.seq = l.event_seq where l.position > :last order by l.position limit ${PAGE}`,
      { tenant: tenantId, last } as never,
    );
    for (const { position, hash, canonical } of page)
      yield line({ p: position.toString(), h: hash, ...(canonical === null ? {} : { e: canonical }) } satisfies Link);
    if (page.length < PAGE) break;
    last = page.at(-1)!.position.toString();
  }
  if (existsSync(anchorFile)) for (const anchor of readFileSync(anchorFile, 'utf8').split('\n').filter(Boolean)) yield `{"anchor":${anchor}}\n`;
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** What a proof shows. */
export interface Proven {
  readonly tenantId: string | null;
  readonly madeAt: string;
  /** SHA-256 of the key that signed the anchors, to be held against what the house published. */
  readonly keyFingerprint: string;
  readonly links: number;
  /** Links whose event is in the proof and was hashed anew; of the others the hash is taken as it is written. */
  readonly events: number;
  readonly anchors: number;
  readonly differences: readonly Difference[];
}

/**
 * Checks a proof by itself: each event that it has against its link, the links' order, and every anchor's signature and hash.
 * @param lines the file's. @throws {SyntaxError} for what is no proof
 */
export async function checkProof(lines: AsyncIterable<string>): Promise<Proven> {
  const differences: Difference[] = [];
  let head: Head | undefined;
  let [hash, position, events, anchors] = [START, 0n, 0, 0];
  const hashes = new Map<string, string>();
  for await (const text of lines) {
    if (text === '') continue;
    const said = JSON.parse(text) as Head | Link | { readonly anchor: Anchor };
    if (!head) {
      if (!('almonerProof' in said)) throw new SyntaxError('the first line is not that of a proof');
      head = said;
    } else if ('anchor' in said) {
      anchors += 1;
      differences.push(...againstAnchor(said.anchor, head.anchorKey, hashes, position));
    } else if ('p' in said) {
      if (BigInt(said.p) !== position + 1n)
        differences.push({ what: 'chain.gap', subject: `link/${position + 1n}`, expected: 'a link', found: `link/${said.p}` });
      position = BigInt(said.p);
      if (said.e !== undefined) {
        events += 1;
        const expected = createHash('sha256').update(Buffer.from(hash, 'hex')).update(said.e).digest('hex');
        if (expected !== said.h) differences.push({ what: 'chain.hash', subject: `link/${said.p} ${said.e.slice(0, 120)}`, expected, found: said.h });
      }
      hash = said.h;
      hashes.set(said.p, said.h);
    }
  }
  if (!head) throw new SyntaxError('the file is empty');
  const keyFingerprint = createHash('sha256')
    .update(createPublicKey(head.anchorKey).export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { tenantId: head.tenantId, madeAt: head.madeAt, keyFingerprint, links: hashes.size, events, anchors, differences };
}

/** An anchor is newer than the proof when its events were sealed while it was written: it says nothing of it then. */
function againstAnchor(anchor: Anchor, key: string, hashes: ReadonlyMap<string, string>, last: bigint): Difference[] {
  const subject = `anchor/${anchor.position}`;
  if (!verify(null, anchorText(anchor), key, Buffer.from(anchor.signature, 'base64')))
    return [{ what: 'anchor.signature', subject, expected: "the house's signature", found: 'another or none' }];
  const found = hashes.get(anchor.position);
  if (found === undefined && BigInt(anchor.position) > last) return [];
  return found === anchor.hash ? [] : [{ what: 'chain.anchor', subject, expected: anchor.hash, found: found ?? 'nothing' }];
}
