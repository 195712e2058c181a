import { randomUUID } from 'node:crypto';
import { signedNotice } from './crypto';
import type { GatewayKeys } from './keys';
import { type OrderCall, text } from './orders';
import { gatewayTime, NO_TRANSFER, refused, served, type Reply } from './reply';
import type { AlipaySimulator } from './simulator';
import type { Transfer, TransferTerms } from './transferState';
import { fenOfYuan, yuan } from './yuan';

/** What a person may be sent at once, and the least (fen). */
const MOST = 5_000_000n;
const LEAST = 10n;
/** How long a transfer is DEALING. */
const DEALING_MS = { business: 60_000, wall: 300 };
const SCENES = ['现金营销', '企业退款', '佣金报酬', '业务结算', '二手回收', '公益补助', '行政补贴和退款', '保险理赔'];

/** `alipay.fund.trans.uni.transfer`: out_biz_no is the idempotency key; the same fields hear of the same transfer, others are refused. */
export async function askTransfer(simulator: AlipaySimulator, call: OrderCall): Promise<Reply> {
  const terms = readTransfer(call);
  if (typeof terms === 'string') return refused('INVALID_PARAMETER', terms);
  const book = simulator.state.transferBook;
  const known = book.find(terms.sellerId, terms.outBizNo);
  if (known !== undefined)
    return same(known.terms, terms) ? made(known) : refused('PAYMENT_INFO_INCONSISTENCY', '两次请求商户单号一样，但是参数不一致');
  if (BigInt(terms.fen) < LEAST) return refused('EXCEED_LIMIT_SM_MIN_AMOUNT', '单笔最低转账金额0.1元');
  if (BigInt(terms.fen) > MOST) return refused('EXCEED_LIMIT_PERSONAL_SM_AMOUNT', '转账给个人支付宝账户单笔超限');
  const real = book.names.get(terms.identity);
  if (real !== undefined && real !== terms.name) return refused('PAYEE_USER_INFO_ERROR', '支付宝账号和姓名不匹配');
  const atMs = simulator.nowMs(terms.sellerId);
  const dueMs = atMs + (simulator.state.seller(terms.sellerId).terms.clockId === null ? DEALING_MS.wall : DEALING_MS.business);
  const orderId = `${gatewayTime(atMs).slice(0, 10).replaceAll('-', '')}110070000006${String(book.transfers.size + 1).padStart(10, '0')}`;
  await simulator.journal.record({ type: 'transfer-asked', ...terms, orderId, atMs, dueMs });
  return made(book.find(terms.sellerId, terms.outBizNo)!);
}

/** `alipay.fund.trans.common.query` by out_biz_no. */
export function queryTransfer({ state }: AlipaySimulator, sellerId: string, biz: OrderCall['biz']): Reply {
  if (biz['product_code'] !== 'TRANS_ACCOUNT_NO_PWD' || biz['biz_scene'] !== 'DIRECT_TRANSFER') return refused('INVALID_PARAMETER', 'product_code');
  const transfer = state.transferBook.find(sellerId, text(biz['out_biz_no']));
  if (transfer === undefined) return NO_TRANSFER;
  return served(viewOf(transfer));
}

/** A transfer's time has come: it reaches the account, or does not. */
export async function transferDue(simulator: AlipaySimulator, transferKey: string): Promise<void> {
  const transfer = simulator.state.transferBook.transfers.get(transferKey);
  if (transfer?.status !== 'DEALING') return;
  const isDead = simulator.state.transferBook.dead.has(transfer.terms.identity);
  await move(simulator, transfer, isDead ? 'FAIL' : 'SUCCESS', isDead ? 'PAYEE_ACC_OCUPIED' : null);
}

/** A transfer that had arrived comes back. @returns whether there was one. */
export async function giveBack(simulator: AlipaySimulator, sellerId: string, outBizNo: string): Promise<boolean> {
  const transfer = simulator.state.transferBook.find(sellerId, outBizNo);
  if (transfer?.status !== 'SUCCESS') return false;
  await move(simulator, transfer, 'REFUND', 'CARD_BIN_ERROR');
  return true;
}

/** Builds and signs `alipay.fund.trans.order.changed` as it is sent now. @returns the form. */
export async function transferForm(keys: GatewayKeys, noticeId: string, transfer: Transfer, nowMs: number): Promise<string> {
  const params = {
    notify_id: noticeId,
    utc_timestamp: String(nowMs),
    msg_method: 'alipay.fund.trans.order.changed',
    app_id: transfer.terms.appId,
    charset: 'UTF-8',
    version: '1.1',
    biz_content: JSON.stringify({
      ...viewOf(transfer),
      action_type: 'FINISH',
      origin_interface: 'alipay.fund.trans.uni.transfer',
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
    }),
  };
  return new URLSearchParams(await signedNotice(params, keys.gatewayKey)).toString();
}

async function move(simulator: AlipaySimulator, { terms }: Transfer, status: 'SUCCESS' | 'FAIL' | 'REFUND', errorCode: string | null): Promise<void> {
  const { sellerId, outBizNo } = terms;
  const noticeId = randomUUID();
  await simulator.journal.record({ type: 'transfer-moved', sellerId, outBizNo, status, errorCode, atMs: simulator.nowMs(sellerId), noticeId });
  await simulator.deliver(noticeId);
}

function made(transfer: Transfer): Reply {
  const { terms, orderId, status, atMs } = transfer;
  return served({ out_biz_no: terms.outBizNo, order_id: orderId, pay_fund_order_id: orderId, status, trans_date: gatewayTime(atMs) });
}

function viewOf(transfer: Transfer): Record<string, string> {
  const { terms, orderId, status, errorCode, paidAtMs } = transfer;
  return {
    out_biz_no: terms.outBizNo,
    order_id: orderId,
    pay_fund_order_id: orderId,
    status,
    trans_amount: yuan(BigInt(terms.fen)),
    ...(paidAtMs === null ? {} : { pay_date: gatewayTime(paidAtMs) }),
    ...(errorCode === null ? {} : { error_code: errorCode, fail_reason: '收款账户不能收款' }),
  };
}

function readTransfer({ sellerId, appId, biz, notifyUrl }: OrderCall): TransferTerms | string {
  const { out_biz_no: outBizNo, order_title: title, transfer_scene_name: scene, transfer_scene_report_infos: infos } = biz;
  const { identity, identity_type: identityType, name } = (biz['payee_info'] ?? {}) as Record<string, unknown>;
  const fen = fenOfYuan(biz['trans_amount']);
  if (typeof outBizNo !== 'string' || !/^\w{1,64}$/.test(outBizNo)) return 'out_biz_no';
  if (fen === null) return 'trans_amount';
  if (biz['product_code'] !== 'TRANS_ACCOUNT_NO_PWD' || biz['biz_scene'] !== 'DIRECT_TRANSFER') return 'product_code';
  if (typeof title !== 'string' || title.length < 1 || title.length > 128) return 'order_title';
  if (typeof identity !== 'string' || identity === '' || typeof name !== 'string' || name === '') return 'payee_info';
  if (identityType !== (/^2088\d{12}$/.test(identity) ? 'ALIPAY_USER_ID' : 'ALIPAY_OPEN_ID')) return 'payee_info.identity_type';
  if (typeof scene !== 'string' || !SCENES.includes(scene)) return 'transfer_scene_name';
  if (!Array.isArray(infos) || infos.length === 0) return 'transfer_scene_report_infos';
  return { sellerId, appId, outBizNo, identity, name, fen: String(fen), title, scene, reports: JSON.stringify(infos), notifyUrl };
}

function same(a: TransferTerms, b: TransferTerms): boolean {
  const fields = ['identity', 'name', 'fen', 'title', 'scene', 'reports'] as const;
  return fields.every((field) => a[field] === b[field]);
}
