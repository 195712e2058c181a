import { z } from 'zod';
import type { CloseOutcome, GiftOrder, MeansToPay, OrderOutcome, PaymentState } from '../port';
import type { WechatPayConfig } from './config';
import { codeOf, readRefusal } from './errors';
import { fenOnWire, wireAmount } from './fen';
import { payRequest } from './payRequest';
import type { WechatTransport } from './transport';

const created = z.object({ code_url: z.string().min(1) });
const prepaid = z.object({ prepay_id: z.string().min(1).max(64) });

const orderState = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().optional(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  amount: z.object({ total: fenOnWire, currency: z.string().optional() }).optional(),
});

/**
 * Orders a payment: inside of WeChat for its openid (`POST /v3/pay/transactions/jsapi`), for every other client by code (`…/native`; WeChat Pay's own product for
 * a telephone's browser is not used). The order number is the idempotency key: asking again with the same fields renews the code or the prepay number, which
 * live two hours.
 * @throws {RangeError} an amount that is no amount, or a merchant that is not ours.
 */
export async function createOrder(transport: WechatTransport, config: WechatPayConfig, order: GiftOrder): Promise<OrderOutcome> {
  const { client } = order;
  const isInside = client?.kind === 'wechat';
  const appid = config.merchants(order.merchantId)?.appid;
  const answer = await transport.call(order.merchantId, 'POST', `/v3/pay/transactions/${isInside ? 'jsapi' : 'native'}`, {
    appid,
    mchid: order.merchantId,
    description: order.description,
    out_trade_no: order.orderId,
    notify_url: order.notifyUrl,
    amount: { total: wireAmount(order.amountFen), currency: 'CNY' },
    ...(isInside ? { payer: { openid: client.openid } } : {}),
  });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status === 200) {
    const means = isInside ? await readPrepaid(transport, order.merchantId, appid!, answer.body) : readCode(answer.body);
    return means === null ? { kind: 'UNKNOWN', reason: 'HTTP 200 without what is paid with' } : { kind: 'CREATED', ...means };
  }
  const refusal = readRefusal(answer.status, answer.body);
  return refusal.kind === 'NOT_FOUND' ? { kind: 'UNKNOWN', reason: 'HTTP 404 to an order' } : refusal;
}

function readCode(body: unknown): MeansToPay | null {
  const read = created.safeParse(body);
  return read.success ? { codeUrl: read.data.code_url } : null;
}

async function readPrepaid(transport: WechatTransport, merchantId: string, appid: string, body: unknown): Promise<MeansToPay | null> {
  const read = prepaid.safeParse(body);
  if (!read.success) return null;
  return { wechatPay: await payRequest(appid, read.data.prepay_id, (message) => transport.sign(merchantId, message)) };
}

/** Asks for an order by our number (`GET /v3/pay/transactions/out-trade-no/{id}`). */
export async function queryOrder(transport: WechatTransport, merchantId: string, orderId: string): Promise<PaymentState> {
  const target = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderId)}?mchid=${encodeURIComponent(merchantId)}`;
  const answer = await transport.call(merchantId, 'GET', target);
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) {
    const refusal = readRefusal(answer.status, answer.body);
    return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `${refusal.code}: ${refusal.text}` } : refusal;
  }
  const body = orderState.safeParse(answer.body);
  if (!body.success) return { kind: 'UNKNOWN', reason: 'the answer is not an order' };
  if (body.data.mchid !== merchantId || body.data.out_trade_no !== orderId) {
    return { kind: 'UNKNOWN', reason: 'the answer is about another order' };
  }
  return readState(body.data);
}

/** Closes an order (`POST …/out-trade-no/{id}/close`): 204, or ORDERPAID when somebody was quicker. */
export async function closeOrder(transport: WechatTransport, merchantId: string, orderId: string): Promise<CloseOutcome> {
  const target = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderId)}/close`;
  const answer = await transport.call(merchantId, 'POST', target, { mchid: merchantId });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status === 204) return { kind: 'CLOSED' };
  const code = codeOf(answer.body);
  if (code === 'ORDERPAID') return { kind: 'PAID' };
  if (code === 'ORDER_CLOSED') return { kind: 'CLOSED' };
  const refusal = readRefusal(answer.status, answer.body);
  return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `${refusal.code}: ${refusal.text}` } : refusal;
}

/** Trade states of APIv3; REFUND is a paid order of which something went back. A state we do not know is UNKNOWN. */
function readState(order: z.infer<typeof orderState>): PaymentState {
  switch (order.trade_state) {
    case 'SUCCESS':
    case 'REFUND':
      return readPaid(order);
    case 'NOTPAY':
    case 'USERPAYING':
      return { kind: 'NOT_PAID' };
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'CLOSED' };
    default:
      return { kind: 'UNKNOWN', reason: `trade_state ${order.trade_state}` };
  }
}

function readPaid(order: z.infer<typeof orderState>): PaymentState {
  const { transaction_id: transactionId, success_time: paidAt, amount } = order;
  if (transactionId === undefined || paidAt === undefined || amount === undefined) {
    return { kind: 'UNKNOWN', reason: 'a paid order without transaction, time or amount' };
  }
  if ((amount.currency ?? 'CNY') !== 'CNY') return { kind: 'UNKNOWN', reason: `currency ${amount.currency}` };
  return { kind: 'PAID', transactionId, amountFen: amount.total, paidAt };
}
