import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { row, type Transaction } from '../database/connect';
import { unspentShare } from '../domain/refund';
import { balanceOf } from '../ledger/post';
import type { CampaignRow } from './campaigns';
import { tell } from './outbox';

/** Why money goes back: a stop, a declared surplus, or the donor's own request. */
export type RefundCause = 'stopped' | 'surplus' | 'request';

/**
 * Begins a refund round: the amount is shared out and reserved in one transaction, and the `refund` workflow gives it back. Source: SURPLUS, REFUND.
 * @param campaign locked by the caller. @param round.giftId null shares over all gifts. @returns the round's id.
 */
export async function beginRefund(
  tx: Transaction,
  campaign: Pick<CampaignRow, 'id' | 'tenant_id'>,
  round: { readonly cause: RefundCause; readonly giftId: string | null; readonly amountFen: bigint; readonly actor: string; readonly at: Date },
): Promise<string> {
  const id = ulid();
  const begun = await row<{ gifts: number }>(tx, 'select begin_refund(?, ?, ?, ?, ?, ?, ?) as gifts', [
    id,
    campaign.id,
    round.cause,
    round.giftId,
    round.amountFen.toString(),
    round.actor,
    round.at,
  ]);
  await audit(tx, {
    action: 'refund.begun',
    subject: `refund/${id}`,
    actor: round.actor,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: round.at,
    data: { cause: round.cause, amountFen: round.amountFen, gifts: begun!.gifts },
  });
  await tell(tx, { workflow: 'refund', tenantId: campaign.tenant_id, id, notice: 'started', cause: 'begun' });
  return id;
}

/** REFUND: @returns what a gift's donor may get back now, fen: the gift's part of the money that is neither paid out nor asked for. */
export async function refundableNow(tx: Transaction, campaign: Pick<CampaignRow, 'id' | 'tenant_id'>, giftId: string): Promise<bigint> {
  const left = await row<{ gift: bigint; all: bigint }>(
    tx,
    `with left_of as (
       select g.id, g.credited_fen - coalesce((select sum(r.amount_fen) from gift_return r where r.gift_id = g.id and r.round_id is not null), 0) as fen
       from gift g where g.campaign_id = ? and g.status = 'paid'
     ) select coalesce((select fen from left_of where id = ?), 0)::bigint as gift, coalesce(sum(fen), 0)::bigint as all from left_of`,
    [campaign.id, giftId],
  );
  const unspentFen = await balanceOf(tx, campaign.tenant_id, { kind: 'held', campaignId: campaign.id });
  return unspentShare(left!.gift, left!.all, unspentFen);
}
