import { createHash } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id of a release's payout to a wallet: the same however often it is made up. No statement tells what a channel paid under ids that a restored house has lost, so that
 * house asks under the same id, and the channel, whose key it is, pays nothing twice (decision 0037).
 * @param releaseId a ULID; the id begins with its time. @param attempt from 1. @returns `[0-9A-Z]{26}`.
 */
export function walletPayoutId(releaseId: string, attempt: number): string {
  const hash = createHash('sha256').update(`wallet/${releaseId}/${attempt}`).digest();
  return releaseId.slice(0, 10) + Array.from(hash.subarray(0, 16), (byte) => CROCKFORD[byte & 31]).join('');
}
