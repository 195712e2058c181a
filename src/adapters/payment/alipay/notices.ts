import { z } from 'zod';
import { MessageError } from '../../errors';
import { readSignedForm } from '../../donation/alipay/form';
import type { AlipayTransport } from '../../donation/alipay/transport';
import type { WalletNotice } from '../port';

const message = z.object({ notify_id: z.string().min(1), msg_method: z.literal('alipay.fund.trans.order.changed'), biz_content: z.string() });
const changed = z.object({ out_biz_no: z.string().regex(/^[0-9A-Z]{26}$/) });

/**
 * Verifies and reads `alipay.fund.trans.order.changed`. It only tells of which transfer: a query says how it stands.
 * @throws {SignatureError} not authentic; {MessageError} authentic, but another message, or of a transfer that is not ours.
 */
export function readNotice(rawBody: Buffer, transport: AlipayTransport): WalletNotice {
  const parsed = message.safeParse(readSignedForm(rawBody, transport));
  if (!parsed.success) throw new MessageError('not a notice about a transfer', { cause: parsed.error });
  try {
    return { messageId: parsed.data.notify_id, payoutId: changed.parse(JSON.parse(parsed.data.biz_content)).out_biz_no };
  } catch (cause) {
    throw new MessageError('not a transfer of ours', { cause });
  }
}
