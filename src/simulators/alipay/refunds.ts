import { type Biz, text } from './orders';
import { gatewayTime, NO_TRADE, refused, served, type Reply } from './reply';
import type { AlipaySimulator } from './simulator';
import { key, type Trade } from './state';
import { fenOfYuan, yuan } from './yuan';

/** `alipay.trade.refund`: out_request_no is the idempotency key; together never more than was paid. */
export async function askRefund(simulator: AlipaySimulator, sellerId: string, biz: Biz): Promise<Reply> {
  const { out_trade_no: outTradeNo, out_request_no: outRequestNo, refund_reason: reason = '' } = biz;
  const refundFen = fenOfYuan(biz['refund_amount']);
  if (typeof outTradeNo !== 'string' || typeof outRequestNo !== 'string' || !/^\w{1,64}$/.test(outRequestNo)) return invalid('out_request_no');
  if (refundFen === null) return invalid('refund_amount');
  if (typeof reason !== 'string' || reason.length > 256) return invalid('refund_reason');
  const trade = simulator.state.trades.get(key(sellerId, outTradeNo));
  if (trade === undefined || trade.state === 'CODE') return NO_TRADE;
  if (trade.paidAtMs === undefined) return refused('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  const known = simulator.state.refunds.get(key(sellerId, outRequestNo));
  if (known !== undefined) {
    const { terms } = known;
    if (terms.outTradeNo !== outTradeNo || terms.refundFen !== String(refundFen)) return refused('ACQ.DISCORDANT_REPEAT_REQUEST', '请求信息不一致');
    return taken(trade, 'N');
  }
  if (trade.state === 'TRADE_CLOSED') return refused('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  if (trade.refundFen + refundFen > BigInt(trade.terms.totalFen)) return refused('ACQ.REASON_TRADE_REFUND_FEE_ERR', '退款金额无效');
  const atMs = simulator.nowMs(sellerId);
  const terms = { sellerId, outTradeNo, outRequestNo, refundFen: String(refundFen), reason };
  await simulator.journal.record({ type: 'refund-asked', ...terms, atMs, dueMs: simulator.refundDueMs(sellerId, atMs) });
  return taken(trade, 'Y');
}

/** `alipay.trade.fastpay.refund.query`: a refund that has not come through yet is served without a status. */
export function queryRefund({ state }: AlipaySimulator, sellerId: string, biz: Biz): Reply {
  const trade = state.trades.get(key(sellerId, text(biz['out_trade_no'])));
  if (trade === undefined || trade.state === 'CODE') return NO_TRADE;
  const refund = state.refunds.get(key(sellerId, text(biz['out_request_no'])));
  if (refund?.succeededAtMs === undefined || refund.terms.outTradeNo !== trade.terms.outTradeNo) return served({});
  const withTime = Array.isArray(biz['query_options']) && biz['query_options'].includes('gmt_refund_pay');
  return served({
    out_trade_no: trade.terms.outTradeNo,
    trade_no: trade.tradeNo,
    out_request_no: refund.terms.outRequestNo,
    total_amount: yuan(BigInt(trade.terms.totalFen)),
    refund_amount: yuan(BigInt(refund.terms.refundFen)),
    refund_status: 'REFUND_SUCCESS',
    ...(withTime ? { gmt_refund_pay: gatewayTime(refund.succeededAtMs) } : {}),
  });
}

/** `refund_fee` is what was given back of the trade altogether. */
function taken(trade: Trade, fundChange: 'Y' | 'N'): Reply {
  return served({
    out_trade_no: trade.terms.outTradeNo,
    trade_no: trade.tradeNo,
    refund_fee: yuan(trade.refundFen),
    fund_change: fundChange,
  });
}

function invalid(field: string): Reply {
  return refused('ACQ.INVALID_PARAMETER', field);
}
