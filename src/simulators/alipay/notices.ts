import { signedNotice } from './crypto';
import type { GatewayKeys } from './keys';
import { gatewayTime } from './reply';
import type { TradeNotice } from './state';
import { yuan } from './yuan';

/** Ways in which a notice can be wrong on purpose: another amount or seller under a good signature, or a bad signature. */
export type Forgery = 'amount-tampered' | 'seller-tampered' | 'bad-signature';

/** Builds and signs one notice as it is sent now. @returns the form. */
export async function noticeForm(keys: GatewayKeys, noticeId: string, notice: TradeNotice, nowMs: number, forgery?: Forgery): Promise<string> {
  const { trade, refund } = notice;
  const { terms } = trade;
  const total = BigInt(terms.totalFen);
  const params: Record<string, string> = {
    notify_id: noticeId,
    notify_type: 'trade_status_sync',
    notify_time: gatewayTime(nowMs),
    charset: 'utf-8',
    version: '1.0',
    app_id: terms.appId,
    auth_app_id: terms.appId,
    seller_id: forgery === 'seller-tampered' ? String(BigInt(terms.sellerId) + 1n) : terms.sellerId,
    buyer_id: trade.buyerId ?? '',
    trade_no: trade.tradeNo,
    out_trade_no: terms.outTradeNo,
    trade_status: refund === null ? 'TRADE_SUCCESS' : trade.state,
    subject: terms.subject,
    total_amount: yuan(forgery === 'amount-tampered' ? total * 10n : total),
    receipt_amount: yuan(total),
    buyer_pay_amount: yuan(total),
    invoice_amount: yuan(total),
    point_amount: '0.00',
    fund_bill_list: JSON.stringify([{ amount: yuan(total), fundChannel: 'ALIPAYACCOUNT' }]),
    gmt_create: gatewayTime(trade.createdAtMs),
    gmt_payment: gatewayTime(trade.paidAtMs ?? nowMs),
    ...(refund === null
      ? {}
      : { gmt_refund: gatewayTime(refund.succeededAtMs ?? nowMs), refund_fee: yuan(trade.refundFen), out_biz_no: refund.terms.outRequestNo }),
  };
  const signed = await signedNotice(params, keys.gatewayKey);
  return new URLSearchParams(forgery === 'bad-signature' ? { ...signed, total_amount: yuan(total + 1n) } : signed).toString();
}
