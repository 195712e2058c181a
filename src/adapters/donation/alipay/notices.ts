import { z } from 'zod';
import { MessageError } from '../../errors';
import type { DonationNotice } from '../port';
import type { AlipayConfig } from './config';
import { readSignedForm } from './form';
import { timeOnWire } from './time';
import type { AlipayTransport } from './transport';
import { yuanOnWire } from './yuan';

const notice = z.object({
  notify_type: z.literal('trade_status_sync'),
  notify_id: z.string().min(1),
  app_id: z.string(),
  seller_id: z.string(),
  out_trade_no: z.string().min(1),
  trade_no: z.string().min(1),
  trade_status: z.string(),
  total_amount: yuanOnWire,
  gmt_payment: timeOnWire.optional(),
  buyer_id: z.string().default(''),
  buyer_open_id: z.string().default(''),
  trans_currency: z.string().default('CNY'),
  /** Ours of the refund, where the notice is about one. */
  out_biz_no: z.string().optional(),
  gmt_refund: z.string().optional(),
  refund_fee: z.string().optional(),
});

/**
 * Verifies and reads a callback (form POST, `trade_status_sync`).
 * @throws {SignatureError} not authentic; {MessageError} authentic, but not of ours: another application's seller, or not such a notice.
 */
export function readNotice(rawBody: Buffer, config: AlipayConfig, transport: AlipayTransport): DonationNotice {
  const params = readSignedForm(rawBody, transport);
  const parsed = notice.safeParse(params);
  if (!parsed.success) throw new MessageError('not a trade notice', { cause: parsed.error });
  // One application's key must not vouch for another application's seller.
  if (config.merchants(parsed.data.seller_id)?.app.appId !== parsed.data.app_id)
    throw new MessageError('a seller that this application does not act for');
  return readTrade(parsed.data);
}

/**
 * A payment is proven by its notice. A trade that waits or was closed, and a refund (its `refund_fee` is the sum of all refunds of the trade, not of this
 * one), are only said to have changed: a query says how.
 */
function readTrade(trade: z.infer<typeof notice>): DonationNotice {
  const common = { noticeId: trade.notify_id, merchantId: trade.seller_id, orderId: trade.out_trade_no };
  const refunds = trade.gmt_refund !== undefined || trade.refund_fee !== undefined;
  if (refunds) return { kind: 'changed', ...common, refundId: trade.out_biz_no ?? null };
  switch (trade.trade_status) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      if (trade.gmt_payment === undefined) throw new MessageError('a payment without its time');
      return {
        kind: 'paid',
        ...common,
        transactionId: trade.trade_no,
        amountFen: trade.total_amount,
        currency: trade.trans_currency,
        paidAt: trade.gmt_payment,
        payerId: trade.buyer_id || trade.buyer_open_id,
      };
    case 'WAIT_BUYER_PAY':
    case 'TRADE_CLOSED':
      return { kind: 'changed', ...common, refundId: null };
    default:
      throw new MessageError(`trade_status ${trade.trade_status.slice(0, 40)} is not one of ours`);
  }
}
