import { audit } from '../audit/append';
import type { Transaction } from '../database/connect';
import { clearingOf, post } from '../ledger/post';
import { openException } from './exceptions';
import { tell } from './outbox';
import { payoutRow, releaseRow } from './releases';

/** What the channel says of a return: its amount, fen, and its code. */
export interface WalletReturn {
  readonly amountFen: bigint;
  readonly code: string;
}

/**
 * The channel says that money which a wallet was paid came back: a new entry undoes the payment, the money is the channel's debt again, and the release is open. Once; of another
 * amount, or once the release is closed, nothing is posted, and a person is told.
 */
export async function takeWalletReturn(tx: Transaction, payoutId: string, returned: WalletReturn, at: Date): Promise<void> {
  const p = await payoutRow(tx, payoutId, { lock: true });
  if (p.state !== 'succeeded') return;
  const subject = `payout/${payoutId}`;
  const about = { tenantId: p.tenant_id, campaignId: p.campaign_id, businessAt: at };
  const { closed_at: closed } = await releaseRow(tx, p.release_id);
  if (returned.amountFen !== p.net_fen || closed !== null) {
    const data = { netFen: p.net_fen.toString(), returnedFen: returned.amountFen.toString() };
    await openException(tx, { kind: 'partial-return', subject: payoutId, ...about, actor: 'channel', data });
    return;
  }
  const common = { tenantId: p.tenant_id, amountFen: p.net_fen, subject, businessAt: at };
  const [paid, reserved] = (['paid', 'reserved'] as const).map((kind) => ({ kind, campaignId: p.campaign_id }));
  await post(
    tx,
    [
      { ...common, key: `${subject}/returned`, kind: 'payout-returned', debit: paid!, credit: reserved! },
      {
        ...common,
        key: `${subject}/channel-back`,
        kind: 'channel-returned',
        debit: { kind: clearingOf(p.rail === 'alipay' ? 'alipay' : 'wechat') },
        credit: { kind: 'disbursed' },
      },
    ],
    'channel',
  );
  await tx('payout').where('id', payoutId).update({ state: 'returned', returned_at: at, failure_code: returned.code });
  await audit(tx, { action: 'payout.returned', subject, actor: 'channel', ...about, data: { netFen: p.net_fen, code: returned.code } });
  await tell(tx, { workflow: 'release', tenantId: p.tenant_id, id: p.release_id, notice: 'bank-returned', cause: `returned-${payoutId}` });
}
