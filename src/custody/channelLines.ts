import type { ChannelName } from '../adapters/donation/port';
import type { BankEntry } from '../adapters/payment/port';
import { row, type Transaction } from '../database/connect';
import { balanceOf, clearingOf } from '../ledger/post';

/** A platform with its account at each channel; null: it has none there. */
export interface CustodyTenant {
  readonly id: string;
  readonly merchant_id: string;
  readonly alipay_seller_id: string | null;
}

/** @returns the channel whose merchant number of the platform a line's words name, as a settlement does; null where they name none, or both. */
export function channelNamed(remittance: string | null, tenant: CustodyTenant): ChannelName | null {
  const words = (remittance ?? '').split(/[^0-9A-Za-z]+/);
  const [wechat, alipay] = [words.includes(tenant.merchant_id), tenant.alipay_seller_id !== null && words.includes(tenant.alipay_seller_id)];
  return wechat === alipay ? null : wechat ? 'wechat' : 'alipay';
}

/**
 * Whose settlement a line without a payment's id is: it names our merchant number, or its bank gives no words at all and no other channel can have sent or
 * collected it. Nothing is told by its amount. @returns null where it is no settlement, or may be either channel's: that is a person's.
 */
export async function settlementOf(tx: Transaction, entry: BankEntry, tenant: CustodyTenant): Promise<ChannelName | null> {
  if (entry.remittance !== null) return channelNamed(entry.remittance, tenant);
  if (tenant.alipay_seller_id === null) return 'wechat';
  const could: ChannelName[] = [];
  for (const channel of ['wechat', 'alipay'] as const) {
    const mostFen = await (entry.sign === 'CRDT' ? mostSwept : givenBackUnfunded)(tx, tenant.id, channel);
    if (mostFen > 0n) could.push(channel);
  }
  return could.length > 1 ? null : (could[0] ?? 'wechat');
}

/** @returns the most that a channel can sweep now, fen: what it owes, and refunds that it has made and may not have netted yet. */
export async function mostSwept(tx: Transaction, tenantId: string, channel: ChannelName): Promise<bigint> {
  return (await balanceOf(tx, tenantId, { kind: clearingOf(channel) })) + (await givenBackUnfunded(tx, tenantId, channel));
}

/** @returns what a channel gave back to the tenant's donors, or paid to payees' wallets, and has not collected from custody as such, fen; what the bank paid them is no debt to the channel. */
export async function givenBackUnfunded(tx: Transaction, tenantId: string, channel: ChannelName): Promise<bigint> {
  const sums = await row<{ fen: bigint }>(
    tx,
    `select (coalesce((select sum(r.amount_fen) from gift_return r join gift g on g.id = r.gift_id where g.tenant_id = :tenant and g.channel = :channel and r.status = 'returned'
           and not exists (select from bank_match m where m.return_id = r.id and m.undone_at is null)), 0)
       + coalesce((select sum(net_fen) from payout where tenant_id = :tenant and rail = :channel and clearing = 'wallet' and state = 'succeeded'), 0)
       - coalesce((select sum(amount_fen) from bank_line where tenant_id = :tenant and channel = :channel and kind = 'refund-funding' and applied_at is not null), 0))::bigint as fen`,
    { tenant: tenantId, channel },
  );
  return sums!.fen;
}
