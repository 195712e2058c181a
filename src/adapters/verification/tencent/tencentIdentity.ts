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

const ACTION = 'IdCardVerification';

const answer = z.object({ Response: z.object({ Result: z.string() }) });

/** `Result` of IdCardVerification. Formats, upgrades and daily caps (−2, −3, −4, −6, −7) say nothing about the person. */
const VERDICTS: Readonly<Record<string, IdentityVerdict>> = { '0': 'match', '-1': 'mismatch', '-5': 'no-record' };

/** Tencent Cloud faceid (2018-03-01) as the identity service. Calls are billed and not idempotent: the caller caches verdicts. */
export function createTencentIdentity(config: TencentIdentityConfig): IdentityService {
  return {
    checkTwoElements: async (name, idNumber) => {
      try {
        return await verify(config, name, idNumber);
      } catch {
        // The port's contract: whatever the wire does is `unavailable`, which a person looks at.
        return 'unavailable';
      }
    },
  };
}

async function verify(config: TencentIdentityConfig, name: string, idNumber: string): Promise<IdentityVerdict> {
  const url = new URL(config.baseUrl);
  const payload = JSON.stringify({ IdCard: idNumber, Name: name });
  const timestampSec = Math.floor(Date.now() / 1000);
  const { secretId, secretKey } = config;
  const signed = { secretId, secretKey, service: 'faceid', host: url.host, action: ACTION, timestampSec, payload, signAction: true };
  const response = await request(url, {
    method: 'POST',
    headers: {
      'content-type': CONTENT_TYPE,
      host: url.host,
      authorization: tc3Authorization(signed),
      'x-tc-action': ACTION,
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
  return body.success ? (VERDICTS[body.data.Response.Result] ?? 'unavailable') : 'unavailable';
}
