import { z } from 'zod';
import { readRefusal } from '../../donation/wechat/errors';
import { fenOnWire } from '../../donation/wechat/fen';
import type { WechatTransport } from '../../donation/wechat/transport';
import type { QueryOutcome } from '../port';
import { BILLS } from './submit';

const DAY_MS = 86_400_000;
const time = z.iso.datetime({ offset: true });

const bill = z.object({
  out_bill_no: z.string(),
  transfer_bill_no: z.string().min(1),
  state: z.string(),
  transfer_amount: fenOnWire,
  create_time: time,
  update_time: time.optional(),
  fail_reason: z.string().optional(),
});

/** Taken, its money being locked (stuck there: the balance is short, to be topped up under the same number), being paid, being cancelled. */
const ON_ITS_WAY = new Set(['ACCEPTED', 'PROCESSING', 'TRANSFERING', 'CANCELING']);

/** Asks for a transfer by our number; the channel knows of it for 30 days. @throws {RangeError} when the merchant is not ours. */
export async function query(transport: WechatTransport, payoutId: string, merchantId: string): Promise<QueryOutcome> {
  const answer = await transport.call(merchantId, 'GET', `${BILLS}/out-bill-no/${payoutId}`);
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) {
    const refusal = readRefusal(answer.status, answer.body);
    // A question that is refused says nothing of the transfer.
    return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `HTTP ${answer.status} ${refusal.code}` } : refusal;
  }
  const parsed = bill.safeParse(answer.body);
  if (!parsed.success) return { kind: 'UNKNOWN', reason: 'the answer is not a transfer' };
  if (parsed.data.out_bill_no !== payoutId) return { kind: 'UNKNOWN', reason: 'the answer is about another transfer' };
  return outcomeOf(parsed.data);
}

function outcomeOf(b: z.infer<typeof bill>): QueryOutcome {
  if (ON_ITS_WAY.has(b.state)) return { kind: 'PENDING', code: b.state };
  switch (b.state) {
    case 'WAIT_USER_CONFIRM':
      return { kind: 'ACTION_REQUIRED', expiresAt: new Date(Date.parse(b.create_time) + DAY_MS).toISOString() };
    case 'SUCCESS':
      return { kind: 'SUCCEEDED', reference: b.transfer_bill_no, bookedAt: b.update_time ?? b.create_time, amountFen: b.transfer_amount };
    case 'FAIL':
      return { kind: 'FAILED', code: b.fail_reason ?? 'FAIL', text: '' };
    case 'CANCELLED':
      return { kind: 'FAILED', code: b.fail_reason ?? 'CANCELLED', text: '' };
    default:
      return { kind: 'UNKNOWN', reason: `state ${b.state}` };
  }
}
