import { createHash } from 'node:crypto';
import type { OrderTerms } from './events';
import type { WechatSimulator } from './simulator';
import { key } from './state';

/** What a call is answered with; a null body is an empty one. */
export interface Reply {
  readonly status: number;
  readonly body: object | null;
}

export type TradeType = 'NATIVE' | 'JSAPI';

/** `POST /v3/pay/transactions/native` and `…/jsapi`: the same number with the same fields renews code or prepay number; other fields are refused. */
export async function placeOrder(simulator: WechatSimulator, mchid: string, raw: Buffer, type: TradeType): Promise<Reply> {
  const terms = readOrder(raw, type);
  if (typeof terms === 'string') return paramError(terms);
  if (terms.mchid !== mchid) return paramError('mchid 与签名商户号不一致');
  if (terms.appid !== simulator.state.merchant(mchid).terms.appid) {
    return { status: 400, body: { code: 'APPID_MCHID_NOT_MATCH', message: 'appid和mchid不匹配' } };
  }
  const known = simulator.state.orders.get(key(mchid, terms.outTradeNo));
  if (known === undefined) {
    await simulator.journal.record({ type: 'ordered', ...terms, atMs: simulator.nowMs(mchid) });
    return code(terms);
  }
  if (known.paidAtMs !== undefined) return { status: 400, body: { code: 'ORDERPAID', message: '该订单已支付' } };
  if (known.state === 'CLOSED') return { status: 400, body: { code: 'ORDER_CLOSED', message: '订单已关闭' } };
  return same(known.terms, terms) ? code(terms) : { status: 400, body: { code: 'INVALID_REQUEST', message: '请求重入时，参数与首次请求时不一致' } };
}

export function paramError(message: string): Reply {
  return { status: 400, body: { code: 'PARAM_ERROR', message } };
}

function readOrder(raw: Buffer, type: TradeType): OrderTerms | string {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(raw.toString('utf8')) as Record<string, unknown>;
  } catch {
    return '请求不是合法的 JSON';
  }
  const amount = (body['amount'] ?? {}) as Record<string, unknown>;
  const { appid, mchid, description, out_trade_no: outTradeNo, notify_url: notifyUrl } = body;
  if (typeof appid !== 'string' || typeof mchid !== 'string') return 'appid 或 mchid 缺失';
  if (typeof description !== 'string' || description.length < 1 || description.length > 127) return 'description 长度应为 1 至 127';
  if (typeof outTradeNo !== 'string' || !/^[0-9A-Za-z_\-|*]{6,32}$/.test(outTradeNo)) return 'out_trade_no 格式错误';
  if (typeof notifyUrl !== 'string' || !isCallbackUrl(notifyUrl)) return 'notify_url 格式错误';
  const total = amount['total'];
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 1) return 'amount.total 应为正整数（分）';
  if ((amount['currency'] ?? 'CNY') !== 'CNY') return 'amount.currency 只支持 CNY';
  const terms = { appid, mchid, description, outTradeNo, notifyUrl, totalFen: String(total) };
  if (type === 'NATIVE') return terms;
  const { openid } = (body['payer'] ?? {}) as Record<string, unknown>;
  return typeof openid === 'string' && /^[\w-]{1,128}$/.test(openid) ? { ...terms, openid } : 'payer.openid 缺失';
}

/** A callback address is absolute and carries no query string (APIv3). */
export function isCallbackUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('?');
}

function same(a: OrderTerms, b: OrderTerms): boolean {
  return a.appid === b.appid && a.description === b.description && a.totalFen === b.totalFen && a.notifyUrl === b.notifyUrl && a.openid === b.openid;
}

/** What the order is paid with. */
function code(terms: OrderTerms): Reply {
  const hash = createHash('sha1').update(key(terms.mchid, terms.outTradeNo));
  if (terms.openid !== undefined) return { status: 200, body: { prepay_id: `wx${hash.digest('hex').slice(0, 34)}` } };
  const token = hash.digest('base64url').slice(0, 9);
  return { status: 200, body: { code_url: `weixin://wxpay/bizpayurl?pr=${token}` } };
}
