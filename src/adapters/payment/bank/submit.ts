import { MessageError } from '../../errors';
import type { PaymentOrder, SubmitOutcome } from '../port';
import type { BankLinkConfig } from './config';
import { buildPain001, buildPain001File, idsOf, messageIdOf } from './pain001';
import { readStatusReport, type StatusReport, statusOf } from './pain002';
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
  const { messageId } = idsOf(order.payoutId);
  return (await send(transport, xml, messageId, [order])).get(order.payoutId)!;
}

/**
 * Sends many orders in one file. What has no valid form is left out of it and is REJECTED (FF01) for good; the others go.
 * @returns by payout id. @param fileId never used before: a file is not sent again, its orders are asked for one by one.
 */
export async function submitFile(
  transport: BankTransport,
  config: BankLinkConfig,
  fileId: string,
  orders: readonly PaymentOrder[],
): Promise<Map<string, SubmitOutcome>> {
  const malformed = new Map<string, SubmitOutcome>();
  for (;;) {
    const sound = orders.filter(({ payoutId }) => !malformed.has(payoutId));
    if (sound.length === 0) return malformed;
    try {
      const xml = await buildPain001File(fileId, sound, config.initiatingParty, Date.now());
      return new Map([...malformed, ...(await send(transport, xml, messageIdOf(fileId), sound))]);
    } catch (error) {
      const found = await malformedOf(sound, config);
      // Each of them is sound and the whole is not: then it is not about an order.
      if (found.size === 0) throw error;
      for (const [id, outcome] of found) malformed.set(id, outcome);
    }
  }
}

async function malformedOf(orders: readonly PaymentOrder[], config: BankLinkConfig): Promise<Map<string, SubmitOutcome>> {
  const found = new Map<string, SubmitOutcome>();
  for (const order of orders) {
    try {
      await buildPain001(order, config.initiatingParty, Date.now());
    } catch (error) {
      if (!(error instanceof MessageError || error instanceof RangeError)) throw error;
      found.set(order.payoutId, { kind: 'REJECTED', code: 'FF01', text: error.message, final: true });
    }
  }
  return found;
}

async function send(transport: BankTransport, xml: string, messageId: string, orders: readonly PaymentOrder[]): Promise<Map<string, SubmitOutcome>> {
  const all = (outcome: SubmitOutcome): Map<string, SubmitOutcome> => new Map(orders.map(({ payoutId }) => [payoutId, outcome]));
  const answer = await transport.post('/pain.001', 'application/xml; charset=utf-8', xml);
  if (answer.kind === 'unknown') return all({ kind: 'UNKNOWN', reason: answer.reason });
  if (REFUSED.has(answer.status)) {
    return all({ kind: 'REJECTED', code: `HTTP_${answer.status}`, text: answer.body.toString('utf8').slice(0, 500), final: false });
  }
  if (answer.status !== 200) return all({ kind: 'UNKNOWN', reason: `HTTP ${answer.status}` });
  try {
    const report = await readStatusReport(answer.body);
    return new Map(orders.map((order) => [order.payoutId, readAnswer(report, order, messageId)]));
  } catch (error) {
    if (error instanceof MessageError) return all({ kind: 'UNKNOWN', reason: error.message });
    throw error;
  }
}

function readAnswer(report: StatusReport, order: PaymentOrder, messageId: string): SubmitOutcome {
  const transaction = statusOf(report, order.payoutId, messageId);
  if (transaction === null) return { kind: 'UNKNOWN', reason: 'the status report is not about this payout' };
  if (transaction.amountFen !== null && transaction.amountFen !== order.amountFen) {
    return { kind: 'UNKNOWN', reason: `the bank answers about ${transaction.amountFen} fen, the order is ${order.amountFen}` };
  }
  return submitOutcome(transaction, report.messageId);
}
