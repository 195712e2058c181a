import { MessageError } from '../../errors';
import type { PaymentOrder, SubmitOutcome } from '../port';
import type { BankLinkConfig } from './config';
import { buildPain001, idsOf } from './pain001';
import { readStatusReport, statusOf } from './pain002';
import { submitOutcome } from './status';
import type { BankTransport } from './transport';

/** The bank's gateway refused this request; an earlier one under the same id may have landed, so that is not final. */
const REFUSED = new Set([400, 401, 403, 422]);

/**
 * Sends one order. An order that has no valid form is REJECTED (FF01) for good: it was never sent, and never can be.
 * Everything that leaves a doubt is UNKNOWN.
 */
export async function submit(transport: BankTransport, config: BankLinkConfig, order: PaymentOrder): Promise<SubmitOutcome> {
  let xml: string;
  try {
    xml = await buildPain001(order, config.initiatingParty, Date.now());
  } catch (error) {
    if (error instanceof MessageError || error instanceof RangeError) {
      return { kind: 'REJECTED', code: 'FF01', text: error.message, final: true };
    }
    throw error;
  }
  const answer = await transport.post('/pain.001', 'application/xml; charset=utf-8', xml);
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (REFUSED.has(answer.status)) {
    return { kind: 'REJECTED', code: `HTTP_${answer.status}`, text: answer.body.toString('utf8').slice(0, 500), final: false };
  }
  if (answer.status !== 200) return { kind: 'UNKNOWN', reason: `HTTP ${answer.status}` };
  return readAnswer(answer.body, order);
}

async function readAnswer(body: Buffer, order: PaymentOrder): Promise<SubmitOutcome> {
  try {
    const report = await readStatusReport(body);
    const transaction = statusOf(report, order.payoutId, idsOf(order.payoutId).messageId);
    if (transaction === null) return { kind: 'UNKNOWN', reason: 'the status report is not about this payout' };
    if (transaction.amountFen !== null && transaction.amountFen !== order.amountFen) {
      return { kind: 'UNKNOWN', reason: `the bank answers about ${transaction.amountFen} fen, the order is ${order.amountFen}` };
    }
    return submitOutcome(transaction, report.messageId);
  } catch (error) {
    if (error instanceof MessageError) return { kind: 'UNKNOWN', reason: error.message };
    throw error;
  }
}
