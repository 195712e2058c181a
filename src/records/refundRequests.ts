import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, type Transaction } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { DomainError } from '../domain/errors';
import { type CampaignRow, campaignRow } from './campaigns';
import { beginRefund, refundableNow } from './refunds';

export interface GiftRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly amount_fen: bigint;
  readonly credited_fen: bigint;
  readonly excess_fen: bigint;
  readonly status: 'ordered' | 'refused' | 'paid';
  readonly channel: 'wechat' | 'alipay';
  readonly client: 'code' | 'browser' | 'wechat';
  readonly code_url: string | null;
  readonly ordered_at: Date;
  readonly paid_at: Date | null;
}

/** @throws {DomainError} object.not_found, also for another tenant's. */
export async function giftRow(connection: Connection, id: string, tenantId?: string): Promise<GiftRow> {
  const gift = await row<GiftRow>(connection, 'select * from gift where id = ?', [id]);
  if (!gift || (tenantId !== undefined && gift.tenant_id !== tenantId))
    throw new DomainError('object.not_found', { zh: '没有该笔捐赠', en: 'There is no such gift' });
  return gift;
}

/** REFUND: a donor asks for a gift back. @returns the request's id. @throws {DomainError} refund.wrong_state. */
export async function askForRefund(
  tx: Transaction,
  gift: GiftRow,
  asked: { readonly reasonEnc: Buffer; readonly through: 'donor-page' | 'platform'; readonly actor: string; readonly at: Date },
): Promise<string> {
  const campaign = await campaignRow(tx, gift.campaign_id, { lock: true });
  if (gift.status !== 'paid' || gift.credited_fen === 0n)
    throw new DomainError(
      'refund.wrong_state',
      { zh: '该笔捐赠没有计入该活动', en: 'Nothing of this gift was credited to the campaign' },
      { rules: ['REFUND'] },
    );
  const open = await row(tx, `select 1 from refund_request where gift_id = ? and state = 'asked'`, [gift.id]);
  if (open)
    throw new DomainError(
      'refund.wrong_state',
      { zh: '该笔捐赠已有待处理的退款申请', en: 'A request for this gift is open already' },
      { rules: ['REFUND'] },
    );
  if ((await refundableNow(tx, campaign, gift.id)) === 0n)
    throw new DomainError(
      'refund.nothing_left',
      { zh: '该笔捐赠的余额已使用、已申请拨付，或正在退回', en: 'What is left of this gift is spent, asked for, or on its way back already' },
      { rules: ['REFUND'] },
    );
  const id = ulid();
  const dueMs = asked.at.getTime() + (editionOf(campaign.edition).windows.refundDecidedDays * DAY_MS) / campaign.window_speed;
  await tx('refund_request').insert({
    id,
    tenant_id: gift.tenant_id,
    campaign_id: gift.campaign_id,
    gift_id: gift.id,
    reason_enc: asked.reasonEnc,
    asked_at: asked.at,
    due_at: new Date(dueMs),
    asked_through: asked.through,
  });
  await audit(tx, event(campaign, id, 'refund.asked', asked.actor, asked.at, { giftId: gift.id }));
  return id;
}

/**
 * A named person answers a donor. Granted: the gift's part of the unspent money goes back at once, as a round of its own.
 * @param campaign locked.
 */
export async function decideRefund(
  tx: Transaction,
  campaign: CampaignRow,
  requestId: string,
  decision: { readonly grant: boolean; readonly reply: string; readonly staffId: string; readonly actor: string; readonly at: Date },
): Promise<void> {
  const request = await row<{ gift_id: string; state: string }>(tx, 'select gift_id, state from refund_request where id = ? for update', [requestId]);
  if (request!.state !== 'asked')
    throw new DomainError(
      'refund.wrong_state',
      { zh: `该申请已有决定：${request!.state}`, en: `The request is decided: ${request!.state}` },
      { rules: ['REFUND'] },
    );
  const { at, actor } = decision;
  let roundId: string | null = null;
  if (decision.grant) {
    const amountFen = await refundableNow(tx, campaign, request!.gift_id);
    if (amountFen === 0n)
      throw new DomainError(
        'refund.nothing_left',
        { zh: '该笔捐赠的余额已使用、已申请拨付，或正在退回', en: 'What is left of this gift is spent, asked for, or on its way back already' },
        {
          rules: ['REFUND'],
        },
      );
    roundId = await beginRefund(tx, campaign, { cause: 'request', giftId: request!.gift_id, amountFen, actor, at });
  }
  await tx('refund_request')
    .where('id', requestId)
    .update({
      state: decision.grant ? 'granted' : 'refused',
      decided_at: at,
      decided_by: decision.staffId,
      reply: decision.reply,
      round_id: roundId,
    });
  await audit(tx, event(campaign, requestId, decision.grant ? 'refund.granted' : 'refund.refused', actor, at, { giftId: request!.gift_id, roundId }));
}

function event(campaign: CampaignRow, requestId: string, action: string, actor: string, businessAt: Date, data: Record<string, unknown>) {
  return { action, subject: `refund-request/${requestId}`, actor, tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt, data };
}
