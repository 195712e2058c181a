import { z } from 'zod';
import type { RefundOrder, RefundOutcome, RefundRef } from '../port';
import { type Failure, readRefusal, SERVED } from './errors';
import { timeOnWire } from './time';
import type { AlipayTransport } from './transport';
import { wireAmount, yuanOnWire } from './yuan';

const asked = z.object({ out_trade_no: z.string(), fund_change: z.enum(['Y', 'N']).optional() });

const refundState = z.object({
  out_trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  trade_no: z.string().min(1).optional(),
  refund_amount: yuanOnWire.optional(),
  refund_status: z.string().optional(),
  gmt_refund_pay: timeOnWire.optional(),
});

/** The donor's account is gone or may not receive. */
const DEAD_ACCOUNTS = new Set(['ACQ.BUYER_NOT_EXIST', 'ACQ.BUYER_ENABLE_STATUS_FORBID', 'ACQ.BUYER_ERROR']);
/** The time within which the trade may be given back is over: asking again cannot succeed. */
const TOO_LATE = 'ACQ.TRADE_HAS_FINISHED';

/**
 * Gives a gift back (`alipay.trade.refund`). `refundId` is out_request_no: a retry keeps it, with the same amount. Whatever a served answer says
 * (`fund_change` Y: money moved now; N: it had moved before, or has not), only the query proves that the donor has it.
 * @throws {RangeError} an amount that is no amount, or a seller that is not ours.
 */
export async function refund(transport: AlipayTransport, order: RefundOrder): Promise<RefundOutcome> {
  const answer = await transport.call(order.merchantId, 'alipay.trade.refund', {
    out_trade_no: order.orderId,
    out_request_no: order.refundId,
    refund_amount: wireAmount(order.refundFen),
    refund_reason: order.reason,
  });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code !== SERVED) return readFailure(answer);
  const state = asked.safeParse(answer.body);
  if (!state.success) return { kind: 'UNKNOWN', reason: 'the answer is not a refund' };
  if (state.data.out_trade_no !== order.orderId) return { kind: 'UNKNOWN', reason: 'the answer is about another order' };
  return { kind: 'PROCESSING' };
}

/**
 * Asks for a refund by our numbers (`alipay.trade.fastpay.refund.query`, not sooner than 10 s after asking for it). Served without a refund_status means that
 * the request never came in or failed: the same number may be sent again.
 */
export async function queryRefund(transport: AlipayTransport, ref: RefundRef): Promise<RefundOutcome> {
  const answer = await transport.call(ref.merchantId, 'alipay.trade.fastpay.refund.query', {
    out_trade_no: ref.orderId,
    out_request_no: ref.refundId,
    query_options: ['gmt_refund_pay'],
  });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code !== SERVED) return readFailure(answer);
  const state = refundState.safeParse(answer.body);
  if (!state.success) return { kind: 'UNKNOWN', reason: 'the answer is not a refund' };
  if (state.data.refund_status === undefined) return { kind: 'NOT_FOUND' };
  return readState(state.data, ref);
}

function readState(state: z.infer<typeof refundState>, ref: RefundRef): RefundOutcome {
  const { refund_status: status, trade_no: tradeNo, gmt_refund_pay: refundedAt } = state;
  if (state.out_trade_no !== ref.orderId || state.out_request_no !== ref.refundId || state.refund_amount !== ref.refundFen) {
    return { kind: 'UNKNOWN', reason: 'the answer is about another refund or amount' };
  }
  switch (status) {
    case 'REFUND_SUCCESS':
      if (tradeNo === undefined) return { kind: 'UNKNOWN', reason: 'a refund that succeeded without a trade' };
      // Alipay gives a refund no number of its own: the trade's and ours name it.
      return { kind: 'SUCCEEDED', reference: `${tradeNo}/${ref.refundId}`, refundedAt: refundedAt ?? null };
    case 'REFUND_PROCESSING':
      return { kind: 'PROCESSING' };
    case 'REFUND_FAIL':
      return { kind: 'CLOSED', text: 'the refund failed' };
    default:
      return { kind: 'UNKNOWN', reason: `refund_status ${status}` };
  }
}

function readFailure(answer: Failure): RefundOutcome {
  if (DEAD_ACCOUNTS.has(answer.subCode)) return { kind: 'ABNORMAL', text: answer.text };
  if (answer.subCode === TOO_LATE) return { kind: 'CLOSED', text: answer.text };
  return readRefusal(answer);
}
