import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';

export type TenantAccount = 'custody' | 'clearing' | 'clearing-alipay' | 'disbursed' | 'returned' | 'excess' | 'suspense' | 'interest' | 'chargeback';
export type CampaignAccount = 'held' | 'reserved' | 'paid' | 'fees' | 'refunded';
export const TENANT_ACCOUNTS: readonly TenantAccount[] = [
  'custody',
  'clearing',
  'clearing-alipay',
  'disbursed',
  'returned',
  'excess',
  'suspense',
  'interest',
  'chargeback',
];
export const CAMPAIGN_ACCOUNTS: readonly CampaignAccount[] = ['held', 'reserved', 'paid', 'fees', 'refunded'];

export type AccountRef = { readonly kind: TenantAccount } | { readonly kind: CampaignAccount; readonly campaignId: string };

/** @returns the account of what a channel owes; WeChat Pay's has the name that the one account of both had before there was a second (0208). */
export const clearingOf = (channel: 'wechat' | 'alipay'): 'clearing' | 'clearing-alipay' => (channel === 'alipay' ? 'clearing-alipay' : 'clearing');

/** One movement of money. `key` is its idempotency key for ever: the same movement again is skipped, another under the same key refused. */
export interface Transfer {
  readonly key: string;
  readonly kind: string;
  readonly tenantId: string;
  readonly debit: AccountRef;
  readonly credit: AccountRef;
  readonly amountFen: bigint;
  readonly subject: string;
  readonly businessAt: Date;
}

/**
 * Posts transfers in the caller's transaction, all or none, through the only function that may write the ledger.
 * @returns how many were new. @throws when a guarded balance would go below zero, or a key was used for another movement.
 */
export async function post(tx: Connection, transfers: readonly Transfer[], actor: string): Promise<number> {
  const moving = transfers.filter((t) => t.amountFen !== 0n);
  if (moving.length === 0) return 0;
  const text = JSON.stringify(moving, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  const result = await row<{ count: number }>(tx, 'select ledger.post(?::jsonb, ?) as count', [text, actor]);
  return result!.count;
}

/** Opens the accounts of a tenant, or of a campaign; those that stand stay as they are. */
export async function openAccounts(tx: Connection, tenantId: string, campaignId: string | null): Promise<void> {
  await tx.raw('select ledger.open_accounts(?, ?, ?)', [tenantId, campaignId, [...(campaignId === null ? TENANT_ACCOUNTS : CAMPAIGN_ACCOUNTS)]]);
}

/** @returns the balance of an account in fen, on its normal side. @throws {DomainError} object.not_found. */
export async function balanceOf(connection: Connection, tenantId: string, ref: AccountRef): Promise<bigint> {
  const account = await row<{ balance: bigint }>(
    connection,
    `select case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end as balance
     from ledger.account where tenant_id = ? and coalesce(campaign_id, '') = ? and kind = ?`,
    [tenantId, 'campaignId' in ref ? ref.campaignId : '', ref.kind],
  );
  if (!account) throw new DomainError('object.not_found', { zh: `没有 ${ref.kind} 账户`, en: `There is no account ${ref.kind}` });
  return account.balance;
}
