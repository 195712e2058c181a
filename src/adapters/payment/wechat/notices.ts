import { z } from 'zod';
import { MessageError } from '../../errors';
import type { KeyRing } from '../../keyRing';
import { openEnvelope, parse } from '../../donation/wechat/envelope';
import type { Headers } from '../../donation/wechat/signature';
import type { WalletNotice } from '../port';
import type { WechatTransfersConfig } from './transfers';

const finished = z.object({ mch_id: z.string(), out_bill_no: z.string().regex(/^[0-9A-Z]{26}$/) });

/**
 * Verifies, decrypts and reads MCHTRANSFER.BILL.FINISHED. It only tells of which transfer: a query says how it ended.
 * @throws {SignatureError} not authentic; {MessageError} authentic, but it does not decrypt, is another event, or another merchant's key sealed it.
 */
export function readNotice(rawBody: Buffer, headers: Headers, config: WechatTransfersConfig, platformKeys: KeyRing): WalletNotice {
  const { noticeId, event, plaintext, mustBeKeyOf } = openEnvelope(rawBody, headers, config, platformKeys);
  if (event !== 'MCHTRANSFER.BILL.FINISHED') throw new MessageError(`event ${event.slice(0, 60)} is not about a transfer`);
  const body = parse(finished, plaintext, 'transfer of ours');
  mustBeKeyOf(body.mch_id);
  return { messageId: noticeId, payoutId: body.out_bill_no };
}
