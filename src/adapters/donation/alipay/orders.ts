import { z } from 'zod';
import type { CloseOutcome, GiftOrder, OrderOutcome, PaymentState } from '../port';
import { readRefusal, SERVED } from './errors';
import { timeOnWire } from './time';
import type { AlipayTransport } from './transport';
import { wireAmount, yuanOnWire } from './yuan';

const created = z.object({ out_trade_no: z.string(), qr_code: z.string().min(1) });

const tradeState = z.object({
  out_trade_no: z.string(),
  trade_status: z.string(),
  trade_no: z.string().min(1).optional(),
  send_pay_date: timeOnWire.optional(),
  total_amount: yuanOnWire.optional(),
  trans_currency: z.string().optional(),
});

/** “The trade is not in a state that may be closed”: it was paid, or closed before. */
const NOT_OPEN = new Set(['ACQ.TRADE_STATUS_ERROR', 'ACQ.REASON_TRADE_STATUS_INVALID', 'ACQ.REASON_ILLEGAL_STATUS', 'ACQ.TRADE_HAS_SUCCESS']);

/**
 * Orders a payment by QR code (`alipay.trade.precreate`), for a telephone's browser by Alipay's own page (`alipay.trade.wap.pay`: an address that we sign, and
 * no call of ours). The order number is the idempotency key. The trade itself begins when somebody scans the code, or logs in on the page.
 * @throws {RangeError} an amount that is no amount, a seller that is not ours, or a page inside of WeChat, which opens nothing of Alipay's.
 */
export async function createOrder(transport: AlipayTransport, order: GiftOrder): Promise<OrderOutcome> {
  if (order.client?.kind === 'wechat') throw new RangeError('Alipay cannot be paid inside of WeChat');
  const biz = {
    out_trade_no: order.orderId,
    seller_id: order.merchantId,
    total_amount: wireAmount(order.amountFen),
    subject: order.description,
  };
  if (order.client?.kind === 'browser') {
    const { backUrl } = order.client;
    const page = { ...biz, product_code: 'QUICK_WAP_WAY', quit_url: backUrl };
    return { kind: 'CREATED', payUrl: await transport.pageUrl(order.merchantId, 'alipay.trade.wap.pay', page, order.notifyUrl, backUrl) };
  }
  const answer = await transport.call(order.merchantId, 'alipay.trade.precreate', biz, order.notifyUrl);
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code === SERVED) {
    const body = created.safeParse(answer.body);
    if (!body.success) return { kind: 'UNKNOWN', reason: 'served without a code' };
    if (body.data.out_trade_no !== order.orderId) return { kind: 'UNKNOWN', reason: 'the answer is about another order' };
    return { kind: 'CREATED', codeUrl: body.data.qr_code };
  }
  // A closed trade takes no money under this number any more.
  if (answer.subCode === 'ACQ.TRADE_HAS_CLOSE') return { kind: 'REJECTED', code: answer.subCode, text: answer.text };
  const refusal = readRefusal(answer);
  return refusal.kind === 'NOT_FOUND' ? { kind: 'UNKNOWN', reason: 'no trade, to an order' } : refusal;
}

/** Asks for an order by our number (`alipay.trade.query`). Nobody scanned the code yet: NOT_FOUND. */
export async function queryOrder(transport: AlipayTransport, merchantId: string, orderId: string): Promise<PaymentState> {
  const answer = await transport.call(merchantId, 'alipay.trade.query', { out_trade_no: orderId });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code !== SERVED) {
    const refusal = readRefusal(answer);
    return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `${refusal.code}: ${refusal.text}` } : refusal;
  }
  const body = tradeState.safeParse(answer.body);
  if (!body.success) return { kind: 'UNKNOWN', reason: 'the answer is not a trade' };
  if (body.data.out_trade_no !== orderId) return { kind: 'UNKNOWN', reason: 'the answer is about another order' };
  return readState(body.data);
}

/** Closes an order (`alipay.trade.close`). Where it is not open any more, a query says whether somebody was quicker. */
export async function closeOrder(transport: AlipayTransport, merchantId: string, orderId: string): Promise<CloseOutcome> {
  const answer = await transport.call(merchantId, 'alipay.trade.close', { out_trade_no: orderId });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code === SERVED || answer.subCode === 'ACQ.TRADE_HAS_CLOSE') return { kind: 'CLOSED' };
  if (NOT_OPEN.has(answer.subCode)) {
    const state = await queryOrder(transport, merchantId, orderId);
    if (state.kind === 'PAID' || state.kind === 'CLOSED') return { kind: state.kind };
    return { kind: 'UNKNOWN', reason: `${answer.subCode}, and the query says ${state.kind}` };
  }
  const refusal = readRefusal(answer);
  return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `${refusal.code}: ${refusal.text}` } : refusal;
}

/** The four states of a trade. One that was given back in full is TRADE_CLOSED as well: it was paid, and its time of payment says so. */
function readState(trade: z.infer<typeof tradeState>): PaymentState {
  switch (trade.trade_status) {
    case 'WAIT_BUYER_PAY':
      return { kind: 'NOT_PAID' };
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return readPaid(trade);
    case 'TRADE_CLOSED':
      return trade.send_pay_date === undefined ? { kind: 'CLOSED' } : readPaid(trade);
    default:
      return { kind: 'UNKNOWN', reason: `trade_status ${trade.trade_status}` };
  }
}

function readPaid({
  trade_no: transactionId,
  send_pay_date: paidAt,
  total_amount: amountFen,
  trans_currency,
}: z.infer<typeof tradeState>): PaymentState {
  if (transactionId === undefined || paidAt === undefined || amountFen === undefined) {
    return { kind: 'UNKNOWN', reason: 'a paid trade without number, time or amount' };
  }
  if ((trans_currency ?? 'CNY') !== 'CNY') return { kind: 'UNKNOWN', reason: `currency ${trans_currency}` };
  return { kind: 'PAID', transactionId, amountFen, paidAt };
}
