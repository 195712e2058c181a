import { z } from 'zod';
import type { DonorCard, RefundOrder, RefundOutcome, RefundRef } from '../port';
import { readRefusal } from './errors';
import { fenOnWire, wireAmount } from './fen';
import type { Seal } from './seal';
import type { Answer, WechatTransport } from './transport';

const refundState = z.object({
  refund_id: z.string().min(1),
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  status: z.string(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  user_received_account: z.string().optional(),
  amount: z.object({ refund: fenOnWire, total: fenOnWire }),
});

type RefundState = z.infer<typeof refundState>;

/**
 * Gives a gift back (`POST /v3/refund/domestic/refunds`). A retry keeps `refundId`; a new number would pay twice.
 * @throws {RangeError} an amount that is no amount, or a merchant that is not ours.
 */
export async function refund(transport: WechatTransport, order: RefundOrder): Promise<RefundOutcome> {
  const answer = await transport.call(order.merchantId, 'POST', '/v3/refund/domestic/refunds', {
    out_trade_no: order.orderId,
    out_refund_no: order.refundId,
    reason: order.reason,
    ...(order.notifyUrl === undefined ? {} : { notify_url: order.notifyUrl }),
    amount: { refund: wireAmount(order.refundFen), total: wireAmount(order.totalFen), currency: 'CNY' },
  });
  return read(
    answer,
    order.refundId,
    (state) => state.out_trade_no === order.orderId && state.amount.refund === order.refundFen && state.amount.total === order.totalFen,
  );
}

/** Asks for a refund by our number (`GET /v3/refund/domestic/refunds/{out_refund_no}`). */
export async function queryRefund(transport: WechatTransport, ref: RefundRef): Promise<RefundOutcome> {
  const target = `/v3/refund/domestic/refunds/${encodeURIComponent(ref.refundId)}`;
  const answer = await transport.call(ref.merchantId, 'GET', target);
  return read(answer, ref.refundId, (state) => state.out_trade_no === ref.orderId && state.amount.refund === ref.refundFen);
}

/**
 * Sends an ABNORMAL refund to a card of the donor's (`POST …/refunds/{refund_id}/apply-abnormal-refund`). It is asked for first: an earlier attempt may have
 * landed, and the call names the refund by WeChat Pay's own number. Asked twice it is one refund.
 * @param seal the platform's key, under which card and name travel.
 */
export async function refundToCard(transport: WechatTransport, seal: Seal, ref: RefundRef, card: DonorCard): Promise<RefundOutcome> {
  const isOurs = (state: RefundState): boolean => state.out_trade_no === ref.orderId && state.amount.refund === ref.refundFen;
  const asked = await transport.call(ref.merchantId, 'GET', `/v3/refund/domestic/refunds/${encodeURIComponent(ref.refundId)}`);
  const before = read(asked, ref.refundId, isOurs);
  const state = asked.kind === 'answer' ? refundState.safeParse(asked.body).data : undefined;
  if (before.kind !== 'ABNORMAL' || state === undefined) return before;
  const target = `/v3/refund/domestic/refunds/${encodeURIComponent(state.refund_id)}/apply-abnormal-refund`;
  const payload = {
    out_refund_no: ref.refundId,
    type: 'USER_BANK_CARD',
    bank_type: `${card.bank}_DEBIT`,
    bank_account: seal.close(card.number),
    real_name: seal.close(card.holder),
  };
  const answer = await transport.call(ref.merchantId, 'POST', target, payload, { 'wechatpay-serial': seal.serial });
  return read(answer, ref.refundId, isOurs);
}

function read(answer: Answer, refundId: string, isOurs: (state: RefundState) => boolean): RefundOutcome {
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) return readRefusal(answer.status, answer.body);
  const state = refundState.safeParse(answer.body);
  if (!state.success) return { kind: 'UNKNOWN', reason: 'the answer is not a refund' };
  if (state.data.out_refund_no !== refundId || !isOurs(state.data)) {
    return { kind: 'UNKNOWN', reason: 'the answer is about another refund or amount' };
  }
  return refundOutcome(state.data.status, state.data);
}

/** The four states of a refund; ABNORMAL means that the donor's card is dead and the money is still with the merchant. */
export function refundOutcome(
  status: string,
  state: { readonly refund_id: string; readonly success_time?: string | undefined; readonly user_received_account?: string | undefined },
): RefundOutcome {
  switch (status) {
    case 'PROCESSING':
      return { kind: 'PROCESSING' };
    case 'SUCCESS':
      return state.success_time === undefined
        ? { kind: 'UNKNOWN', reason: 'a refund that succeeded without a time' }
        : { kind: 'SUCCEEDED', reference: state.refund_id, refundedAt: state.success_time };
    case 'ABNORMAL':
      return { kind: 'ABNORMAL', text: state.user_received_account ?? 'the payer account cannot receive' };
    case 'CLOSED':
      return { kind: 'CLOSED', text: `refund ${state.refund_id} was closed` };
    default:
      return { kind: 'UNKNOWN', reason: `refund status ${status}` };
  }
}
