import { request } from 'undici';
import { z } from 'zod';
import type { IdentityService, IdentityVerdict } from '../port';
import { CONTENT_TYPE, tc3Authorization } from './tc3';

export interface TencentIdentityConfig {
  /** `https://faceid.tencentcloudapi.com`, or the simulator's address. */
  readonly baseUrl: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly timeoutMs: number;
}

const answer = z.object({ Response: z.object({ Result: z.string() }) });

type Action = 'IdCardVerification' | 'PhoneVerification' | 'BankCard4EVerification';

/** `Result` of each action, where it says something about the person. Everything else, codes of tomorrow included, is `unavailable`. */
const VERDICTS: Readonly<Record<Action, Readonly<Record<string, IdentityVerdict>>>> = {
  // −2 id, −3 name, −4 service, −6 upgrading, −7 daily cap.
  IdCardVerification: { '0': 'match', '-1': 'mismatch', '-5': 'no-record' },
  // −7 id, −8 parameter, −11 busy.
  PhoneVerification: { '0': 'match', '-4': 'mismatch', '-9': 'no-record' },
  // −2 … −5 formats, −7 … −17 the state of the card, −18 busy, −19 cap, −20 kind of id not supported.
  BankCard4EVerification: { '0': 'match', '-1': 'mismatch', '-6': 'mismatch' },
};

/** Tencent Cloud faceid (2018-03-01) as the identity service. Calls are billed and not idempotent: the caller caches verdicts. */
export function createTencentIdentity(config: TencentIdentityConfig): IdentityService {
  const ask = async (action: Action, elements: Readonly<Record<string, string>>): Promise<IdentityVerdict> => {
    try {
      return await verify(config, action, elements);
    } catch {
      // The port's contract: whatever the wire does is `unavailable`, which a person looks at.
      return 'unavailable';
    }
  };
  return {
    checkTwoElements: (name, idNumber) => ask('IdCardVerification', { IdCard: idNumber, Name: name }),
    checkThreeElements: (name, idNumber, phone) => ask('PhoneVerification', { IdCard: idNumber, Name: name, Phone: phone }),
    checkFourElements: (name, idNumber, card, phone) => ask('BankCard4EVerification', { Name: name, BankCard: card, IdCard: idNumber, Phone: phone }),
  };
}

async function verify(config: TencentIdentityConfig, action: Action, elements: Readonly<Record<string, string>>): Promise<IdentityVerdict> {
  const url = new URL(config.baseUrl);
  const payload = JSON.stringify(elements);
  const timestampSec = Math.floor(Date.now() / 1000);
  const { secretId, secretKey } = config;
  const signed = { secretId, secretKey, service: 'faceid', host: url.host, action, timestampSec, payload, signAction: true };
  const response = await request(url, {
    method: 'POST',
    headers: {
      'content-type': CONTENT_TYPE,
      host: url.host,
      authorization: tc3Authorization(signed),
      'x-tc-action': action,
      'x-tc-version': '2018-03-01',
      'x-tc-timestamp': String(timestampSec),
    },
    body: payload,
    signal: AbortSignal.timeout(config.timeoutMs),
  });
  if (response.statusCode !== 200) {
    await response.body.dump();
    return 'unavailable';
  }
  const body = answer.safeParse(await response.body.json());
  return body.success ? (VERDICTS[action][body.data.Response.Result] ?? 'unavailable') : 'unavailable';
}
