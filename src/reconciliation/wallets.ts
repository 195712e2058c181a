import type { QueryOutcome, Wallets } from '../adapters/payment/port';
import { type Database, inTransaction, rows } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import type { Wallet } from '../domain/wallets';
import { openException } from '../records/exceptions';
import { payoutRow } from '../records/releases';
import { takeWalletReturn } from '../records/walletReturns';

interface WalletPayout {
  readonly id: string;
  readonly campaign_id: string;
  readonly rail: Wallet;
  readonly net_fen: bigint;
  readonly merchant: string;
}

const PAYOUTS = `select p.id, p.campaign_id, p.rail, p.net_fen, case p.rail when 'wechat' then t.merchant_id else t.alipay_seller_id end as merchant
  from payout p join tenant t on t.id = p.tenant_id where p.tenant_id = :tenant and p.clearing = 'wallet'`;

/**
 * Asks the channels about each payout to a wallet that the books have as paid on a day. One that came back is taken back; of another end or amount nothing is posted, and a person is told.
 * Trade bills do not hold transfers (decision 0037).
 * @param day `YYYY-MM-DD`, Asia/Shanghai. @returns a sentence for each payout that the channel did not answer about.
 */
export async function askAboutPaid(
  db: Database,
  wallets: Wallets | undefined,
  tenant: { readonly id: string; readonly nowMs: number },
  day: string,
): Promise<string[]> {
  const from = new Date(`${day}T00:00:00+08:00`);
  const paid = await rows<WalletPayout>(db, `${PAYOUTS} and p.state = 'succeeded' and p.booked_at >= :from and p.booked_at < :to order by p.id`, {
    ...{ tenant: tenant.id, from, to: new Date(from.getTime() + DAY_MS) },
  } as never);
  const unanswered: string[] = [];
  for (const payout of paid) {
    const outcome = await ask(wallets, payout);
    const at = new Date(tenant.nowMs);
    if (outcome.kind === 'UNKNOWN') unanswered.push(`payout ${payout.id}: ${outcome.reason}`);
    else if (outcome.kind === 'RETURNED') await inTransaction(db, (tx) => takeWalletReturn(tx, payout.id, outcome, at));
    else if (outcome.kind !== 'SUCCEEDED' || outcome.amountFen !== payout.net_fen) {
      const data = {
        netFen: payout.net_fen.toString(),
        said: outcome.kind,
        ...('amountFen' in outcome ? { bookedFen: outcome.amountFen.toString() } : {}),
      };
      const about = { tenantId: tenant.id, campaignId: payout.campaign_id, businessAt: at };
      await inTransaction(db, (tx) => openException(tx, { kind: 'payout-amount', subject: payout.id, ...about, actor: 'channel', data }));
    }
  }
  return unanswered;
}

/** After a restore: payouts to wallets that the books have as unsent are asked about; what the channel knows is on its way again. @returns their ids. */
export async function recoverWallets(
  db: Database,
  wallets: Wallets | undefined,
  tenant: { readonly id: string; readonly nowMs: number },
  unasked: string[],
): Promise<string[]> {
  const recovered: string[] = [];
  for (const payout of await rows<WalletPayout>(db, `${PAYOUTS} and p.state = 'reserved' order by p.id`, { tenant: tenant.id })) {
    const outcome = await ask(wallets, payout);
    if (outcome.kind === 'UNKNOWN') unasked.push(`payout ${payout.id}: ${outcome.reason}`);
    if (outcome.kind === 'UNKNOWN' || outcome.kind === 'NOT_FOUND') continue;
    if (await wasSent(db, payout.id, tenant.nowMs)) recovered.push(payout.id);
  }
  return recovered;
}

/** The lost database had a payout as sent. From here its transfer asks, as for any other. @returns whether it was on record as unsent. */
export async function wasSent(db: Database, payoutId: string, nowMs: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const payout = await payoutRow(tx, payoutId, { lock: true });
    if (payout.state !== 'reserved') return false;
    await tx('payout')
      .where('id', payoutId)
      .update({ state: 'submitted', submits: 1, submitted_at: new Date(nowMs) });
    return true;
  });
}

async function ask(wallets: Wallets | undefined, { id, rail, merchant }: WalletPayout): Promise<QueryOutcome> {
  return wallets ? wallets[rail].query(id, merchant) : { kind: 'UNKNOWN', reason: `this house has no channel to ${rail} wallets` };
}
