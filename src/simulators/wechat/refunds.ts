import type { RefundTerms } from './events';
import { isCallbackUrl, paramError, type Reply } from './orders';
import type { WechatSimulator } from './simulator';
import { key } from './state';
import { refundView } from './views';

/** `POST /v3/refund/domestic/refunds`: out_refund_no is the idempotency key; together never more than was paid. */
export async function askRefund(simulator: WechatSimulator, mchid: string, raw: Buffer): Promise<Reply> {
  if (!simulator.takesRefund()) return { status: 429, body: { code: 'FREQUENCY_LIMITED', message: '频率超限' } };
  const terms = readRefund(mchid, raw);
  if (typeof terms === 'string') return paramError(terms);
  const known = simulator.state.refunds.get(key(mchid, terms.outRefundNo));
  if (known !== undefined) {
    return same(known.terms, terms)
      ? { status: 200, body: refundView(known) }
      : { status: 400, body: { code: 'INVALID_REQUEST', message: '退款单号已存在且参数不一致' } };
  }
  const order = simulator.state.orders.get(key(mchid, terms.outTradeNo));
  if (order === undefined || order.paidAtMs === undefined) {
    return { status: 404, body: { code: 'RESOURCE_NOT_EXISTS', message: '订单不存在或未支付' } };
  }
  if (order.terms.totalFen !== terms.totalFen) return paramError('订单金额与原订单不一致');
  if (order.refundFen + BigInt(terms.refundFen) > BigInt(terms.totalFen)) {
    return { status: 400, body: { code: 'INVALID_REQUEST', message: '申请退款金额超过订单可退金额' } };
  }
  const atMs = simulator.nowMs(mchid);
  const refundId = `50000${String(simulator.state.refundCount + 1).padStart(23, '0')}`;
  await simulator.journal.record({ type: 'refund-asked', ...terms, refundId, atMs, dueMs: simulator.refundDueMs(mchid, atMs) });
  const refund = simulator.state.refunds.get(key(mchid, terms.outRefundNo));
  return refund === undefined ? paramError('退款单不存在') : { status: 200, body: refundView(refund) };
}

function readRefund(mchid: string, raw: Buffer): RefundTerms | string {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(raw.toString('utf8')) as Record<string, unknown>;
  } catch {
    return '请求不是合法的 JSON';
  }
  const { out_trade_no: outTradeNo, out_refund_no: outRefundNo, reason = '', notify_url: notifyUrl = null } = body;
  if (typeof outTradeNo !== 'string') return 'out_trade_no 缺失';
  if (typeof outRefundNo !== 'string' || !/^[0-9A-Za-z_\-|*@]{1,64}$/.test(outRefundNo)) return 'out_refund_no 格式错误';
  if (typeof reason !== 'string' || reason.length > 80) return 'reason 最长 80 个字符';
  if (notifyUrl !== null && (typeof notifyUrl !== 'string' || !isCallbackUrl(notifyUrl))) return 'notify_url 格式错误';
  const { refund, total, currency } = (body['amount'] ?? {}) as Record<string, unknown>;
  if (!isFen(refund) || !isFen(total) || refund > total) return 'amount 错误';
  if (currency !== 'CNY') return 'amount.currency 只支持 CNY';
  return { mchid, outTradeNo, outRefundNo, reason, notifyUrl, refundFen: String(refund), totalFen: String(total) };
}

function isFen(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function same(a: RefundTerms, b: RefundTerms): boolean {
  return a.outTradeNo === b.outTradeNo && a.refundFen === b.refundFen && a.totalFen === b.totalFen;
}
