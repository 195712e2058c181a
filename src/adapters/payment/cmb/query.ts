import { z } from 'zod';
import { MessageError, WireError } from '../../errors';
import { readFen } from '../bank/amount';
import type { BankEntry, QueryOutcome } from '../port';
import { linesOf } from './lines';
import { BUSINESS } from './pay';
import { codeOf, standingOf, unclear } from './status';
import { dayAfter } from './time';
import type { CmbTransport } from './transport';

/** A payment as BB1PAYQR and the push FINS name it. `backwardDay` and `trxSeqBackward`: the day and the line of its return. */
export const paid = z.object({
  yurRef: z.string(),
  dbtAcc: z.string(),
  trsAmt: z.string(),
  reqSts: z.string(),
  rtnFlg: z.string().default(''),
  rtnNar: z.string().default(''),
  /** The day on which the bank took the order. */
  oprDat: z.string().default(''),
  backwardDay: z.string().default(''),
  trxSeqBackward: z.string().default(''),
});
type Paid = z.infer<typeof paid>;
const found = z.object({ bb1payqrz1: z.array(paid).default([]) });

/** An order waits at most this long for approval or for its working day before it is debited. */
const MOST_DAYS = 10;

/**
 * Asks by BB1PAYQR. The status alone never ends it: SUCCEEDED needs the booked debit as well, FAILED its absence, RETURNED the booked credit. Contradictions are UNKNOWN.
 */
export async function query(transport: CmbTransport, payoutId: string, accountNumber: string): Promise<QueryOutcome> {
  const answer = await transport.call('BB1PAYQR', { bb1payqrx1: [{ busCod: BUSINESS, yurRef: payoutId }] });
  if (answer.kind === 'unknown') return unknown(answer.reason);
  const parsed = found.safeParse(answer.body);
  if (!parsed.success) return unknown('the answer is not about a payment');
  const [payment, ...others] = parsed.data.bb1payqrz1.filter((each) => each.yurRef === payoutId);
  if (payment === undefined) return { kind: 'NOT_FOUND' };
  if (others.length > 0) return unknown('the bank names more than one payment under this reference');
  if (payment.dbtAcc !== accountNumber) return unknown('the payment is from another account');
  try {
    return await judge(transport, payment);
  } catch (error) {
    if (error instanceof MessageError || error instanceof WireError) return unknown(error.message);
    throw error;
  }
}

async function judge(transport: CmbTransport, payment: Paid): Promise<QueryOutcome> {
  const status = { ...payment, text: payment.rtnNar };
  const standing = standingOf(status);
  if (standing === 'on-its-way') return { kind: 'PENDING', code: codeOf(status) };
  if (standing === 'unclear') return unclear(status);
  // What failed can only have been debited on the day it was taken; what was paid may have waited.
  const debit = await lineUnder(transport, payment, 'DBIT', payment.oprDat, standing === 'failed' ? 1 : MOST_DAYS);
  if (standing === 'failed') {
    return debit === null ? { kind: 'FAILED', code: codeOf(status), text: payment.rtnNar } : unknown('the bank says failed, yet its debit is booked');
  }
  if (debit === null) return { kind: 'PENDING', code: codeOf(status) };
  if (debit.amountFen !== readFen(payment.trsAmt, 'CNY')) return unknown('the debit has another amount than the order');
  const credit = standing === 'returned' && payment.backwardDay !== '' ? await lineUnder(transport, payment, 'CRDT', payment.backwardDay, 1) : null;
  if (credit === null) return { kind: 'SUCCEEDED', reference: debit.reference, bookedAt: debit.bookedAt, amountFen: debit.amountFen };
  if (credit.amountFen !== debit.amountFen) return unknown('the return has another amount than the debit');
  if (payment.trxSeqBackward !== '' && payment.trxSeqBackward !== credit.reference) return unknown('the return is another line than the bank names');
  const { reference, bookedAt, amountFen } = credit;
  return { kind: 'RETURNED', reference, bookedAt, amountFen, code: credit.returnCode ?? 'NARR', text: payment.rtnNar };
}

/** The booked line under a reference, looked for day by day. @returns null when there is none. @throws {MessageError} when there are two on a day. */
async function lineUnder(transport: CmbTransport, payment: Paid, sign: BankEntry['sign'], fromDay: string, days: number): Promise<BankEntry | null> {
  for (let n = 0; n < days; n += 1) {
    let hit: BankEntry | null = null;
    for await (const { entry } of linesOf(transport, payment.dbtAcc, dayAfter(fromDay, n))) {
      if (entry.sign !== sign || entry.endToEndId !== payment.yurRef) continue;
      if (hit !== null) throw new MessageError('the bank booked this payout more than once');
      hit = entry;
    }
    if (hit !== null) return hit;
  }
  return null;
}

function unknown(reason: string): QueryOutcome {
  return { kind: 'UNKNOWN', reason };
}
