import { z } from 'zod';
import { type Failure, SERVED } from '../../donation/alipay/errors';
import type { AlipayTransport } from '../../donation/alipay/transport';
import { wireAmount } from '../../donation/alipay/yuan';
import type { SubmitOutcome, WalletOrder } from '../port';
import { refusalOf } from './refusals';

/** A transfer from the merchant's balance to an Alipay account, without a password of ours at each. */
export const PRODUCT = { product_code: 'TRANS_ACCOUNT_NO_PWD', biz_scene: 'DIRECT_TRANSFER' } as const;
const USER_ID = /^2088\d{12}$/;

const made = z.object({ out_biz_no: z.string(), order_id: z.string().min(1) });

/** Makes the transfer, or is told of the one that is there: the same number with the same fields. A served answer is no payment, whatever `status` says. @throws {RangeError} a seller that is not ours, or an amount that is none. */
export async function submit(transport: AlipayTransport, notifyUrl: string, order: WalletOrder): Promise<SubmitOutcome> {
  const answer = await transport.call(
    order.merchantId,
    'alipay.fund.trans.uni.transfer',
    {
      out_biz_no: order.payoutId,
      trans_amount: wireAmount(order.amountFen),
      ...PRODUCT,
      order_title: order.remark,
      payee_info: {
        identity: order.identity,
        identity_type: USER_ID.test(order.identity) ? 'ALIPAY_USER_ID' : 'ALIPAY_OPEN_ID',
        // Not asked for with either identity: given, it is compared.
        name: order.name,
      },
      remark: order.remark,
      transfer_scene_name: order.scene,
      transfer_scene_report_infos: order.sceneInfos.map(({ type, content }) => ({ info_type: type, info_content: content })),
    },
    notifyUrl,
  );
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code !== SERVED) return refused(answer);
  const transfer = made.safeParse(answer.body);
  if (!transfer.success) return { kind: 'UNKNOWN', reason: 'the answer is not a transfer' };
  if (transfer.data.out_biz_no !== order.payoutId) return { kind: 'UNKNOWN', reason: 'the answer is about another transfer' };
  return { kind: 'ACCEPTED', reference: transfer.data.order_id };
}

function refused(answer: Failure): SubmitOutcome {
  const refusal = refusalOf(answer);
  return refusal.kind === 'REJECTED' ? refusal : { kind: 'UNKNOWN', reason: refusal.kind === 'NOT_FOUND' ? answer.subCode : refusal.reason };
}
