import { openField } from './crypto';
import { paramError, type Reply } from './orders';
import type { WechatSimulator } from './simulator';
import { refundView } from './views';

/** Banks whose debit cards may be named. */
const BANK = /^(CMB|COMM|ABC|CCB|ICBC|BOC|PAB|SPDB|CITIC|CEB|CMBC|CIB|GDB|PSBC|NBCB)_DEBIT$/;

/**
 * `POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund`: a refund that failed goes to a card. Card and name are sealed under the platform's key that
 * `Wechatpay-Serial` names.
 */
export async function nameCard(simulator: WechatSimulator, mchid: string, refundId: string, serial: string, raw: Buffer): Promise<Reply> {
  const refund = [...simulator.state.refunds.values()].find((each) => each.refundId === refundId && each.terms.mchid === mchid);
  if (refund === undefined) return { status: 404, body: { code: 'RESOURCE_NOT_EXISTS', message: '退款单不存在' } };
  if (serial !== simulator.keys.platformKeyId) return paramError('Wechatpay-Serial 不是当前的平台密钥');
  const body = JSON.parse(raw.toString('utf8')) as Record<string, unknown>;
  if (body['out_refund_no'] !== refund.terms.outRefundNo) return paramError('out_refund_no 与 refund_id 不一致');
  if (body['type'] !== 'USER_BANK_CARD' || !BANK.test(String(body['bank_type']))) return paramError('type 或 bank_type 不支持');
  const [card, name] = [body['bank_account'], body['real_name']].map((sealed) => openField(simulator.keys, sealed));
  if (!/^\d{16,19}$/.test(card ?? '') || !name) return paramError('bank_account 或 real_name 解密失败');
  if (!refund.isAbnormal) return { status: 400, body: { code: 'INVALID_REQUEST', message: '退款单状态不是退款异常' } };
  const atMs = simulator.nowMs(mchid);
  const dueMs = simulator.refundDueMs(mchid, atMs);
  await simulator.journal.record({ type: 'card-named', mchid, outRefundNo: refund.terms.outRefundNo, card: card!, atMs, dueMs });
  return { status: 200, body: refundView(refund) };
}
