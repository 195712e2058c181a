import { rfc3339Seconds } from '../support/time';
import type { Order, Refund } from './state';

/** An order as the query and the callback show it. */
export function transactionView(order: Order, state: string = order.state): Record<string, unknown> {
  const { terms } = order;
  const total = Number(terms.totalFen);
  const basic = { appid: terms.appid, mchid: terms.mchid, out_trade_no: terms.outTradeNo, trade_state: state };
  if (order.paidAtMs === undefined) {
    return { ...basic, trade_state_desc: state === 'CLOSED' ? '订单已关闭' : '订单未支付', amount: { total, currency: 'CNY' } };
  }
  return {
    ...basic,
    transaction_id: order.transactionId,
    trade_type: terms.openid === undefined ? 'NATIVE' : 'JSAPI',
    trade_state_desc: state === 'REFUND' ? '订单发生过退款' : '支付成功',
    bank_type: 'OTHERS',
    attach: '',
    success_time: rfc3339Seconds(order.paidAtMs),
    payer: { openid: order.openid },
    amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
  };
}

/** A refund as its request, its query and (with small differences) its callback show it. */
export function refundView(refund: Refund): Record<string, unknown> & { status: string; create_time: string } {
  const { terms } = refund;
  const total = Number(terms.totalFen);
  const amount = Number(terms.refundFen);
  return {
    refund_id: refund.refundId,
    out_refund_no: terms.outRefundNo,
    out_trade_no: terms.outTradeNo,
    channel: refund.card === undefined ? 'ORIGINAL' : 'OTHER_BANKCARD',
    user_received_account: refund.card === undefined ? '支付用户零钱' : `借记卡${refund.card.slice(-4)}`,
    create_time: rfc3339Seconds(refund.atMs),
    ...(refund.succeededAtMs === undefined ? {} : { success_time: rfc3339Seconds(refund.succeededAtMs) }),
    status: refund.isAbnormal ? 'ABNORMAL' : refund.succeededAtMs === undefined ? 'PROCESSING' : 'SUCCESS',
    funds_account: 'UNSETTLED',
    amount: { total, refund: amount, payer_total: total, payer_refund: amount, settlement_total: total, settlement_refund: amount, currency: 'CNY' },
  };
}
