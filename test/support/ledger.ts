import { connect, type Database } from '../../src/database/connect';
import { CAMPAIGN_ACCOUNTS, openAccounts, TENANT_ACCOUNTS, type AccountRef, type Transfer } from '../../src/ledger/post';
import { verifyLedger } from '../../src/ledger/verify';
import { freshDatabase } from './database';

/** A database of one's own: as the application sees it, and as its owner (a superuser) does. */
export interface Books {
  readonly app: Database;
  readonly owner: Database;
  close(): Promise<void>;
}

/** @param connections the most that the application may hold at once. */
export async function openBooks(connections = 10): Promise<Books> {
  const fresh = await freshDatabase();
  const app = connect(fresh.appUrl, { max: connections, name: 'test-app' });
  const owner = connect(fresh.ownerUrl, { max: 4, name: 'test-owner' });
  return {
    app,
    owner,
    close: async () => {
      await app.destroy();
      await owner.destroy();
      await fresh.drop();
    },
  };
}

/** Opens a tenant's accounts and those of its campaigns. */
export async function openHouseAccounts(db: Database, tenantId: string, ...campaignIds: readonly string[]): Promise<void> {
  await openAccounts(db, tenantId, null);
  for (const campaignId of campaignIds) await openAccounts(db, tenantId, campaignId);
}

/** Every account of a tenant and its campaigns. */
export function accountsOf(...campaignIds: readonly string[]): AccountRef[] {
  return [
    ...TENANT_ACCOUNTS.map((kind) => ({ kind })),
    ...campaignIds.flatMap((campaignId) => CAMPAIGN_ACCOUNTS.map((kind) => ({ kind, campaignId }))),
  ];
}

const AT = new Date('2021-03-01T04:00:00Z');

/** One movement: by default a gift of 100 fen to campaign `c1` of tenant `t1`. */
export function transfer(over: Partial<Transfer> & { readonly key: string }): Transfer {
  return {
    kind: 'gift-credited',
    tenantId: 't1',
    debit: { kind: 'clearing' },
    credit: { kind: 'held', campaignId: 'c1' },
    amountFen: 100n,
    subject: `test/${over.key}`,
    businessAt: AT,
    ...over,
  };
}

/** The SQLSTATE that a query fails with; `none` when it does not. */
export async function sqlStateOf(query: PromiseLike<unknown>): Promise<string> {
  try {
    await query;
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
}

/** How every money test ends: each number that is kept twice agrees. */
export async function theBooksBalance(db: Database): Promise<void> {
  expect(await verifyLedger(db, null)).toEqual([]);
}
