import { createHash } from 'node:crypto';
import type { OrderTerms } from './events';
import { gatewayTime, NO_TRADE, refused, served, type Reply } from './reply';
import type { AlipaySimulator } from './simulator';
import { key, type Trade } from './state';
import { fenOfYuan, yuan } from './yuan';

export type Biz = Readonly<Record<string, unknown>>;

/** Who orders, and what. */
export interface OrderCall {
  readonly sellerId: string;
  readonly appId: string;
  readonly biz: Biz;
  readonly notifyUrl: string;
}

/** `alipay.trade.precreate`: the same number with the same fields gives the same code; other fields are refused. */
export async function precreate(simulator: AlipaySimulator, call: OrderCall): Promise<Reply> {
  const { sellerId } = call;
  const terms = readOrder(call);
  if (typeof terms === 'string') return refused('ACQ.INVALID_PARAMETER', terms);
  const known = simulator.state.trades.get(key(sellerId, terms.outTradeNo));
  if (known === undefined) {
    await simulator.journal.record({ type: 'ordered', ...terms, atMs: simulator.nowMs(sellerId) });
    return code(terms);
  }
  if (known.paidAtMs !== undefined) return refused('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  if (known.state === 'TRADE_CLOSED') return refused('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  return same(known.terms, terms) ? code(terms) : refused('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
}

/** `alipay.trade.wap.pay`: somebody opened the address in a telephone's browser and logged in, so there is a trade. Once more with the same fields: the same. */
export async function openPage(simulator: AlipaySimulator, call: OrderCall): Promise<Reply> {
  const { product_code: product, quit_url: quitUrl } = call.biz;
  if (product !== 'QUICK_WAP_WAY') return refused('ACQ.INVALID_PARAMETER', 'product_code');
  if (typeof quitUrl !== 'string' || !URL.canParse(quitUrl)) return refused('ACQ.INVALID_PARAMETER', 'quit_url');
  const reply = await precreate(simulator, call);
  if (reply['code'] === '10000') await scan(simulator, simulator.state.trade(call.sellerId, text(call.biz['out_trade_no'])));
  return reply;
}

/** `alipay.trade.query`. */
export function queryTrade({ state }: AlipaySimulator, sellerId: string, biz: Biz): Reply {
  const trade = state.trades.get(key(sellerId, text(biz['out_trade_no'])));
  if (trade === undefined || trade.state === 'CODE') return NO_TRADE;
  return served({
    out_trade_no: trade.terms.outTradeNo,
    trade_no: trade.tradeNo,
    trade_status: trade.state,
    total_amount: yuan(BigInt(trade.terms.totalFen)),
    buyer_logon_id: 'don***@sandbox.example',
    ...(trade.paidAtMs === undefined ? {} : { send_pay_date: gatewayTime(trade.paidAtMs), buyer_user_id: trade.buyerId ?? '' }),
  });
}

/** `alipay.trade.close`: only a trade that waits for its buyer. */
export async function closeTrade(simulator: AlipaySimulator, sellerId: string, biz: Biz): Promise<Reply> {
  const trade = simulator.state.trades.get(key(sellerId, text(biz['out_trade_no'])));
  if (trade === undefined || trade.state === 'CODE') return NO_TRADE;
  if (trade.state !== 'WAIT_BUYER_PAY') return refused('ACQ.REASON_TRADE_STATUS_INVALID', '交易状态不合法');
  await simulator.journal.record({ type: 'closed', sellerId, outTradeNo: trade.terms.outTradeNo });
  return served({ out_trade_no: trade.terms.outTradeNo, trade_no: trade.tradeNo });
}

/** Somebody scans the code: now there is a trade. */
export async function scan(simulator: AlipaySimulator, trade: Trade): Promise<void> {
  if (trade.state !== 'CODE') return;
  const { sellerId, outTradeNo } = trade.terms;
  const atMs = simulator.nowMs(sellerId);
  const tradeNo = `${gatewayTime(atMs).slice(0, 10).replaceAll('-', '')}22001${String(simulator.state.tradeCount + 1).padStart(15, '0')}`;
  await simulator.journal.record({ type: 'scanned', sellerId, outTradeNo, tradeNo, atMs });
}

/** A text field of a request; empty when it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readOrder({ sellerId, appId, biz, notifyUrl }: OrderCall): OrderTerms | string {
  const { out_trade_no: outTradeNo, subject, total_amount: total, seller_id: named = sellerId } = biz;
  if (typeof outTradeNo !== 'string' || !/^\w{1,64}$/.test(outTradeNo)) return 'out_trade_no';
  if (typeof subject !== 'string' || subject.length < 1 || subject.length > 256 || /[/=&]/.test(subject)) return 'subject';
  if (named !== sellerId) return 'seller_id';
  if (notifyUrl !== '' && (!URL.canParse(notifyUrl) || !/^https?:$/.test(new URL(notifyUrl).protocol))) return 'notify_url';
  const totalFen = fenOfYuan(total);
  if (totalFen === null) return 'total_amount';
  return { sellerId, appId, outTradeNo, subject, totalFen: String(totalFen), notifyUrl };
}

function same(a: OrderTerms, b: OrderTerms): boolean {
  return a.appId === b.appId && a.subject === b.subject && a.totalFen === b.totalFen && a.notifyUrl === b.notifyUrl;
}

function code(terms: OrderTerms): Reply {
  const token = createHash('sha1').update(key(terms.sellerId, terms.outTradeNo)).digest('hex').slice(0, 24);
  return served({ out_trade_no: terms.outTradeNo, qr_code: `https://qr.alipay.com/bax0${token}` });
}
