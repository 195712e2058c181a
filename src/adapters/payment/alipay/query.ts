import { z } from 'zod';
import { SERVED } from '../../donation/alipay/errors';
import { timeOnWire } from '../../donation/alipay/time';
import type { AlipayTransport } from '../../donation/alipay/transport';
import { yuanOnWire } from '../../donation/alipay/yuan';
import type { QueryOutcome } from '../port';
import { refusalOf } from './refusals';
import { PRODUCT } from './submit';

const transfer = z.object({
  out_biz_no: z.string(),
  order_id: z.string().min(1),
  status: z.string(),
  trans_amount: yuanOnWire.optional(),
  pay_date: timeOnWire.optional(),
  error_code: z.string().optional(),
  fail_reason: z.string().default(''),
});

/** Asks for a transfer by our number (`alipay.fund.trans.common.query`). @throws {RangeError} when the seller is not ours. */
export async function query(transport: AlipayTransport, payoutId: string, merchantId: string): Promise<QueryOutcome> {
  const answer = await transport.call(merchantId, 'alipay.fund.trans.common.query', { out_biz_no: payoutId, ...PRODUCT });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.code !== SERVED) {
    const refusal = refusalOf(answer);
    // A question that is refused says nothing of the transfer.
    return refusal.kind === 'REJECTED' ? { kind: 'UNKNOWN', reason: `${answer.code} ${refusal.code}` } : refusal;
  }
  const parsed = transfer.safeParse(answer.body);
  if (!parsed.success) return { kind: 'UNKNOWN', reason: 'the answer is not a transfer' };
  if (parsed.data.out_biz_no !== payoutId) return { kind: 'UNKNOWN', reason: 'the answer is about another transfer' };
  return outcomeOf(parsed.data);
}

function outcomeOf(t: z.infer<typeof transfer>): QueryOutcome {
  switch (t.status) {
    case 'DEALING':
    case 'WAIT_PAY':
      return { kind: 'PENDING', code: t.status };
    case 'SUCCESS':
    case 'REFUND': {
      if (t.trans_amount === undefined || t.pay_date === undefined) return { kind: 'UNKNOWN', reason: `${t.status} without amount or time` };
      const booked = { reference: t.order_id, bookedAt: t.pay_date, amountFen: t.trans_amount };
      return t.status === 'SUCCESS'
        ? { kind: 'SUCCEEDED', ...booked }
        : { kind: 'RETURNED', ...booked, code: t.error_code ?? 'REFUND', text: t.fail_reason };
    }
    case 'FAIL':
    case 'CLOSED':
      return { kind: 'FAILED', code: t.error_code ?? t.status, text: t.fail_reason };
    default:
      return { kind: 'UNKNOWN', reason: `status ${t.status}` };
  }
}
