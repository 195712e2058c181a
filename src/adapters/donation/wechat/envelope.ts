import { z } from 'zod';
import { MessageError } from '../../errors';
import { isStanding, type KeyRing, type StandingKey, textOf } from '../../keyRing';
import { decryptResource } from './aead';
import type { WechatPayConfig } from './config';
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

/** A callback whose signature held, opened. */
export interface OpenedEnvelope {
  readonly noticeId: string;
  readonly event: string;
  readonly plaintext: string;
  /** One merchant's key must not vouch for another merchant's money. @throws {MessageError} when the merchant has another key than the one that opened it. */
  readonly mustBeKeyOf: (merchantId: string) => void;
}

/** Verifies and decrypts a callback of any event. @throws {SignatureError} not authentic; {MessageError} authentic, but no envelope, or it does not decrypt. */
export function openEnvelope(rawBody: Buffer, headers: Headers, config: WechatPayConfig, platformKeys: KeyRing): OpenedEnvelope {
  verifyMessage(rawBody, headers, platformKeys, Date.now());
  const message = parse(envelope, rawBody.toString('utf8'), 'callback');
  const { plaintext, apiV3Key } = open(message.resource, config.apiV3Keys);
  return {
    noticeId: message.id,
    event: message.event_type,
    plaintext,
    mustBeKeyOf: (merchantId) => {
      if (!standing(config.merchants(merchantId)?.apiV3Keys ?? []).has(apiV3Key))
        throw new MessageError(`merchant ${merchantId} has another APIv3 key`);
    },
  };
}

/** @returns what a JSON text says. @throws {MessageError} when it is not that. */
export function parse<T extends z.ZodType>(schema: T, json: string, what: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new MessageError(`not a ${what}`, { cause });
  }
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
