import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { audit } from '../../src/audit/append';
import { sealAndAnchor, verifyChain } from '../../src/audit/chain';
import type { Connection } from '../../src/database/connect';
import type { Difference } from '../../src/ledger/verify';
import { aFolder } from './folder';
import { type Books, openBooks } from './ledger';

/** A database with an audit chain, its anchors in a file of their own and the key that signs them. */
export interface Chain extends Books {
  readonly anchorFile: string;
  readonly anchorKey: KeyObject;
  /** Appends `n` events, each in a transaction of its own. */
  happen(n: number, connection?: Connection): Promise<void>;
  /** Seals everything there is. @returns how many events were sealed. */
  seal(): Promise<number>;
  verify(connection?: Connection): Promise<Difference[]>;
  /** Runs with the anchor file changed, then puts it back. */
  withAnchors(change: (lines: string[]) => string[], look: () => Promise<void>): Promise<void>;
}

export async function aChain(connections = 10): Promise<Chain> {
  const books = await openBooks(connections);
  const folder = aFolder();
  const anchorFile = path.join(folder.path, 'anchors', 'audit.jsonl');
  const anchorKey = generateKeyPairSync('ed25519').privateKey;
  let events = 0;
  return {
    ...books,
    anchorFile,
    anchorKey,
    happen: async (n, connection = books.app) => {
      for (let i = 0; i < n; i += 1) {
        events += 1;
        await audit(connection, {
          action: 'test.happened',
          subject: `event-${events}`,
          actor: 'tester',
          tenantId: 't1',
          campaignId: 'c1',
          businessAt: new Date(1_600_000_000_000),
          data: { amountFen: BigInt(events) },
        });
      }
    },
    seal: async () => {
      let sealed = 0;
      for (let n = 0; (n = await sealAndAnchor(books.app, anchorFile, anchorKey)) > 0; ) sealed += n;
      return sealed;
    },
    verify: (connection = books.app) => verifyChain(connection, anchorFile, anchorKey),
    withAnchors: async (change, look) => {
      const before = readFileSync(anchorFile, 'utf8');
      writeFileSync(
        anchorFile,
        change(before.split('\n').filter(Boolean))
          .map((line) => `${line}\n`)
          .join(''),
      );
      try {
        await look();
      } finally {
        writeFileSync(anchorFile, before);
      }
    },
    close: async () => {
      await books.close();
      folder.remove();
    },
  };
}
