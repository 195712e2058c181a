import { z } from 'zod';
import { MessageError } from '../../errors';
import type { KeyRing } from '../../keyRing';
import type { DonationNotice } from '../port';
import type { WechatPayConfig } from './config';
import { openEnvelope, parse } from './envelope';
import { fenOnWire } from './fen';
import { refundOutcome } from './refunds';
import type { Headers } from './signature';

const transaction = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string().min(1),
  trade_state: z.literal('SUCCESS'),
  success_time: z.iso.datetime({ offset: true }),
  payer: z.object({ openid: z.string() }).optional(),
  amount: z.object({ total: fenOnWire, currency: z.string().default('CNY') }),
});

const refundNotice = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1),
  refund_status: z.string(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  user_received_account: z.string().optional(),
  amount: z.object({ refund: fenOnWire, total: fenOnWire }),
});

/**
 * Verifies, decrypts and reads a callback (TRANSACTION.SUCCESS, REFUND.SUCCESS | ABNORMAL | CLOSED).
 * `amount.total` is what the donor owed; `payer_total` (after coupons) is not looked at.
 * @throws {SignatureError} not authentic; {MessageError} authentic, but it does not decrypt or is not one of these events.
 */
export function readNotice(rawBody: Buffer, headers: Headers, config: WechatPayConfig, platformKeys: KeyRing): DonationNotice {
  const { noticeId, event, plaintext, mustBeKeyOf } = openEnvelope(rawBody, headers, config, platformKeys);
  if (event === 'TRANSACTION.SUCCESS') {
    const body = parse(transaction, plaintext, 'transaction');
    mustBeKeyOf(body.mchid);
    return {
      kind: 'paid',
      noticeId,
      merchantId: body.mchid,
      orderId: body.out_trade_no,
      transactionId: body.transaction_id,
      amountFen: body.amount.total,
      currency: body.amount.currency,
      paidAt: body.success_time,
      payerId: body.payer?.openid ?? '',
    };
  }
  if (/^REFUND\.(SUCCESS|ABNORMAL|CLOSED)$/.test(event)) {
    const body = parse(refundNotice, plaintext, 'refund');
    mustBeKeyOf(body.mchid);
    if (event !== `REFUND.${body.refund_status}`) throw new MessageError('event and refund status differ');
    return {
      kind: 'refund',
      noticeId,
      merchantId: body.mchid,
      orderId: body.out_trade_no,
      refundId: body.out_refund_no,
      refundFen: body.amount.refund,
      outcome: refundOutcome(body.refund_status, body),
    };
  }
  throw new MessageError(`event ${event.slice(0, 60)} is not ours`);
}
