import { z } from 'zod';
import { codeOf, readRefusal } from '../../donation/wechat/errors';
import { wireAmount } from '../../donation/wechat/fen';
import { sealOf } from '../../donation/wechat/seal';
import type { WechatTransport } from '../../donation/wechat/transport';
import type { Confirmation, SubmitOutcome, WalletOrder } from '../port';
import type { WechatTransfersConfig } from './transfers';

export const BILLS = '/v3/fund-app/mch-transfer/transfer-bills';

/** Below this nothing is compared, so the interface takes no name (fen). */
const NAMELESS_BELOW_FEN = 30n;

const created = z.object({
  out_bill_no: z.string(),
  transfer_bill_no: z.string().min(1),
  state: z.string(),
  package_info: z.string().min(1).optional(),
});

/**
 * Refusals that say that this very request can do nothing, whenever it is sent. Every other one (SIGN_ERROR, NOT_ENOUGH: the balance is short, ACCOUNT_ERROR…) may be
 * about us or about now: the same number is sent again, after a query.
 */
const FOR_GOOD = new Set(['PARAM_ERROR', 'INVALID_REQUEST', 'NO_AUTH', 'APPID_MCHID_NOT_MATCH', 'MCH_NOT_EXISTS']);

/** Creates the transfer, or is told of the one that is there: the same number with the same fields. Acceptance is no payment, whatever `state` says. @throws {RangeError} a merchant that is not ours, or an amount that is none. */
export async function submit(transport: WechatTransport, config: WechatTransfersConfig, order: WalletOrder): Promise<SubmitOutcome> {
  const merchant = config.merchants(order.merchantId);
  if (merchant === undefined) throw new RangeError(`merchant ${order.merchantId} is not configured`);
  const seal = sealOf(config.platformKeys);
  const named = order.amountFen >= NAMELESS_BELOW_FEN;
  const body = {
    appid: merchant.appid,
    out_bill_no: order.payoutId,
    transfer_scene_id: order.scene,
    openid: order.identity,
    ...(named ? { user_name: seal.close(order.name) } : {}),
    transfer_amount: wireAmount(order.amountFen),
    transfer_remark: order.remark,
    notify_url: config.notifyUrl,
    transfer_scene_report_infos: order.sceneInfos.map(({ type, content }) => ({ info_type: type, info_content: content })),
  };
  const answer = await transport.call(order.merchantId, 'POST', BILLS, body, { 'wechatpay-serial': seal.serial });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) return refused(answer.status, answer.body);
  const bill = created.safeParse(answer.body);
  if (!bill.success) return { kind: 'UNKNOWN', reason: 'the answer is not a transfer' };
  if (bill.data.out_bill_no !== order.payoutId) return { kind: 'UNKNOWN', reason: 'the answer is about another transfer' };
  const { transfer_bill_no: reference, package_info: packageInfo } = bill.data;
  if (packageInfo === undefined) return { kind: 'ACCEPTED', reference };
  const confirmation: Confirmation = { mchId: order.merchantId, appId: merchant.appid, package: packageInfo };
  return { kind: 'ACCEPTED', reference, confirmation };
}

/** Asks to cancel a transfer that waits for its receiver; what became of it is for the query to say. @throws {RangeError} when the merchant is not ours. */
export async function cancel(transport: WechatTransport, payoutId: string, merchantId: string): Promise<void> {
  await transport.call(merchantId, 'POST', `${BILLS}/out-bill-no/${payoutId}/cancel`);
}

function refused(status: number, body: unknown): SubmitOutcome {
  const refusal = readRefusal(status, body);
  if (refusal.kind === 'REJECTED') return { ...refusal, final: FOR_GOOD.has(refusal.code) };
  return { kind: 'UNKNOWN', reason: refusal.kind === 'NOT_FOUND' ? `HTTP ${status} ${codeOf(body)}` : refusal.reason };
}
