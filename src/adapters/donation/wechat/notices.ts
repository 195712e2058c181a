import { z } from 'zod';
import { MessageError } from '../../errors';
import { isStanding, type KeyRing, type StandingKey, textOf } from '../../keyRing';
import type { DonationNotice } from '../port';
import { decryptResource } from './aead';
import type { WechatPayConfig } from './config';
import { fenOnWire } from './fen';
import { refundOutcome } from './refunds';
import { verifyMessage, type Headers } from './signature';

const envelope = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().optional(),
    original_type: z.string().optional(),
  }),
});

const transaction = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string().min(1),
  trade_state: z.literal('SUCCESS'),
  success_time: z.iso.datetime({ offset: true }),
  payer: z.object({ openid: z.string() }).optional(),
  amount: z.object({ total: fenOnWire, currency: z.string().default('CNY') }),
});

const refundNotice = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1),
  refund_status: z.string(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  user_received_account: z.string().optional(),
  amount: z.object({ refund: fenOnWire, total: fenOnWire }),
});

/**
 * Verifies, decrypts and reads a callback (TRANSACTION.SUCCESS, REFUND.SUCCESS | ABNORMAL | CLOSED).
 * `amount.total` is what the donor owed; `payer_total` (after coupons) is not looked at.
 * @throws {SignatureError} not authentic; {MessageError} authentic, but it does not decrypt or is not one of these events.
 */
export function readNotice(rawBody: Buffer, headers: Headers, config: WechatPayConfig, platformKeys: KeyRing): DonationNotice {
  verifyMessage(rawBody, headers, platformKeys, Date.now());
  const message = parse(envelope, rawBody.toString('utf8'), 'callback');
  const { plaintext, apiV3Key } = open(message.resource, config.apiV3Keys);
  if (message.event_type === 'TRANSACTION.SUCCESS') {
    const body = parse(transaction, plaintext, 'transaction');
    assertKeyOf(config, body.mchid, apiV3Key);
    return {
      kind: 'paid',
      noticeId: message.id,
      merchantId: body.mchid,
      orderId: body.out_trade_no,
      transactionId: body.transaction_id,
      amountFen: body.amount.total,
      currency: body.amount.currency,
      paidAt: body.success_time,
      payerId: body.payer?.openid ?? '',
    };
  }
  if (/^REFUND\.(SUCCESS|ABNORMAL|CLOSED)$/.test(message.event_type)) {
    const body = parse(refundNotice, plaintext, 'refund');
    assertKeyOf(config, body.mchid, apiV3Key);
    if (message.event_type !== `REFUND.${body.refund_status}`) throw new MessageError('event and refund status differ');
    return {
      kind: 'refund',
      noticeId: message.id,
      merchantId: body.mchid,
      orderId: body.out_trade_no,
      refundId: body.out_refund_no,
      refundFen: body.amount.refund,
      outcome: refundOutcome(body.refund_status, body),
    };
  }
  throw new MessageError(`event ${message.event_type.slice(0, 60)} is not ours`);
}

/** The envelope names no merchant: the key that authenticates the ciphertext is the right one. */
function open(
  resource: z.infer<typeof envelope>['resource'],
  apiV3Keys: readonly StandingKey[],
): { readonly plaintext: string; readonly apiV3Key: string } {
  let last: unknown;
  for (const apiV3Key of standing(apiV3Keys)) {
    try {
      return { plaintext: decryptResource(resource, apiV3Key), apiV3Key };
    } catch (error) {
      last = error;
    }
  }
  throw last ?? new MessageError('no APIv3 key is configured');
}

/** @returns the keys that are good now, each once. */
function standing(keys: readonly StandingKey[]): Set<string> {
  return new Set(keys.filter((key) => isStanding(key)).map(textOf));
}

/** One merchant's key must not vouch for another merchant's money. */
function assertKeyOf(config: WechatPayConfig, merchantId: string, apiV3Key: string): void {
  if (!standing(config.merchants(merchantId)?.apiV3Keys ?? []).has(apiV3Key)) throw new MessageError(`merchant ${merchantId} has another APIv3 key`);
}

function parse<T extends z.ZodType>(schema: T, json: string, what: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new MessageError(`not a ${what}`, { cause });
  }
}
