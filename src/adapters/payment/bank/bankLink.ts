import { z } from 'zod';
import { MessageError, WireError } from '../../errors';
import type { BankAccount, BankLink, BankNotice, BankStatement, NameCheck } from '../port';
import { readNotification, readStatement } from './camt';
import type { BankLinkConfig } from './config';
import { readStatusReport } from './pain002';
import { json, query, queryFile } from './query';
import { messageName } from './reading';
import { verifyPush, type Headers } from './signature';
import { statusOutcome } from './status';
import { askRecall, queryRecall } from './recall';
import { submit, submitFile } from './submit';
import { BankTransport } from './transport';

export type { BankLinkConfig } from './config';

/** The profile's limit of orders a file. */
const MOST_ORDERS = 500;

const nameCheck = z.object({ accountNumber: z.string(), result: z.enum(['match', 'mismatch', 'no-record']) });

/**
 * The bank as ISO 20022 messages over our profile of a host-to-host link (docs of the profile: signature.ts).
 * Connections, parsed keys and compiled schemas live as long as the link: create it once per process.
 */
export function createBankLink(config: BankLinkConfig): BankLink {
  const transport = new BankTransport(config);
  return {
    files: {
      most: MOST_ORDERS,
      submit: (fileId, orders) => submitFile(transport, config, fileId, orders),
      query: (fileId, custodyAccountNumber, payoutIds) => queryFile(transport, fileId, custodyAccountNumber, payoutIds),
    },
    recalls: {
      ask: (recall) => askRecall(transport, config, recall),
      query: (recall) => queryRecall(transport, recall),
    },
    submit: (order) => submit(transport, config, order),
    query: (payoutId, custodyAccountNumber) => query(transport, payoutId, custodyAccountNumber),
    checkAccountName: (account) => checkAccountName(transport, account),
    parseNotice: (rawBody, headers) => parseNotice(transport, rawBody, headers),
    statement: (accountNumber, date) => statement(transport, accountNumber, date),
  };
}

/** Whether the bank knows the account under this very name. Every doubt is `unavailable`. */
async function checkAccountName(transport: BankTransport, { accountNumber, name, bankCode }: BankAccount): Promise<NameCheck> {
  const answer = await transport.post('/name-checks', 'application/json; charset=utf-8', JSON.stringify({ accountNumber, name, bankCode }));
  if (answer.kind === 'unknown' || answer.status !== 200) return 'unavailable';
  const body = nameCheck.safeParse(json(answer.body));
  return body.success && body.data.accountNumber === accountNumber ? body.data.result : 'unavailable';
}

async function parseNotice(transport: BankTransport, rawBody: Buffer, headers: Headers): Promise<BankNotice> {
  verifyPush(transport.bankKeys, rawBody, headers);
  switch (messageName(rawBody)) {
    case 'camt.054.001.08':
      return { kind: 'entries', ...(await readNotification(rawBody)) };
    case 'pain.002.001.10':
      return readStatusPush(rawBody);
    default:
      throw new MessageError('the bank does not push this message');
  }
}

async function readStatusPush(rawBody: Buffer): Promise<BankNotice> {
  const { messageId, transactions } = await readStatusReport(rawBody);
  const [transaction] = transactions;
  if (transaction === undefined || transactions.length > 1 || transaction.endToEndId === null) {
    throw new MessageError('a pushed status report is about one payout');
  }
  return { kind: 'status', messageId, payoutId: transaction.endToEndId, outcome: statusOutcome(transaction) };
}

/** @throws {WireError} when the bank gives no statement now; {MessageError} when what it gives does not hold. */
async function statement(transport: BankTransport, accountNumber: string, date: string): Promise<BankStatement> {
  const answer = await transport.get(`/statements?account=${encodeURIComponent(accountNumber)}&date=${encodeURIComponent(date)}`);
  if (answer.kind === 'unknown') throw new WireError(`no statement of ${date}: ${answer.reason}`);
  if (answer.status !== 200) throw new WireError(`no statement of ${date}: HTTP ${answer.status}`);
  const { fromDate, ...result } = await readStatement(answer.body);
  if (result.accountNumber !== accountNumber || (fromDate !== null && fromDate !== date)) {
    throw new MessageError(`asked for ${date}, got a statement of another account or day`);
  }
  return result;
}
