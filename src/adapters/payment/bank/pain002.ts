import { MessageError } from '../../errors';
import { readFen } from './amount';
import { all, child, mustText, readMessage, text, textOf, type Element } from './reading';

/** What a status report says of one transaction. */
export interface TransactionStatus {
  readonly endToEndId: string | null;
  /** TxSts, or the status of its batch or file when it has none of its own. */
  readonly status: string;
  readonly reasonCode: string | null;
  readonly reasonText: string;
  readonly reference: string | null;
  /** The amount of the original order, when the bank repeats it. */
  readonly amountFen: bigint | null;
}

export interface StatusReport {
  readonly messageId: string;
  readonly originalMessageId: string;
  readonly transactions: readonly TransactionStatus[];
  /** The status of the whole file, for reports that name no transaction. */
  readonly whole: TransactionStatus | null;
}

/** Parses a pain.002.001.10. @throws {MessageError} */
export async function readStatusReport(body: Buffer): Promise<StatusReport> {
  const report = await readMessage('pain.002.001.10', body);
  const group = child(report, 'OrgnlGrpInfAndSts');
  const groupStatus = text(group, 'GrpSts');
  const batches = all(report, 'OrgnlPmtInfAndSts');
  const transactions = batches.flatMap((batch) =>
    all(batch, 'TxInfAndSts').map((each) => transaction(each, [each, batch, group], text(batch, 'PmtInfSts') ?? groupStatus)),
  );
  const [batch] = batches.length === 1 ? batches : [];
  const status = text(batch, 'PmtInfSts') ?? groupStatus;
  return {
    messageId: mustText(report, 'GrpHdr/MsgId'),
    originalMessageId: mustText(group, 'OrgnlMsgId'),
    transactions,
    whole: status === undefined ? null : { endToEndId: null, status, ...reason([batch, group]), reference: null, amountFen: null },
  };
}

/**
 * What the report says of our one order.
 * @returns null when it is about something else, or says it more than once.
 */
export function statusOf(report: StatusReport, payoutId: string, messageId: string): TransactionStatus | null {
  const ours = report.transactions.filter((each) => each.endToEndId === payoutId);
  if (ours.length > 0) return ours.length === 1 ? (ours[0] ?? null) : null;
  return report.transactions.length === 0 && report.originalMessageId === messageId ? report.whole : null;
}

function transaction(element: Element, reasons: readonly (Element | undefined)[], outerStatus: string | undefined): TransactionStatus {
  const status = text(element, 'TxSts') ?? outerStatus;
  if (status === undefined) throw new MessageError('a transaction without a status');
  const amount = child(element, 'OrgnlTxRef/Amt/InstdAmt');
  return {
    endToEndId: text(element, 'OrgnlEndToEndId') ?? null,
    status,
    ...reason(reasons),
    reference: text(element, 'AcctSvcrRef') ?? null,
    amountFen: amount === undefined ? null : readFen(textOf(amount), text(amount, '@Ccy')),
  };
}

/** The reason stands at the transaction, or at its batch, or at the file: the innermost counts. */
function reason(levels: readonly (Element | undefined)[]): { reasonCode: string | null; reasonText: string } {
  const infos = levels.map((level) => all(level, 'StsRsnInf')).find((found) => found.length > 0) ?? [];
  const codes = infos.map((info) => text(info, 'Rsn/Cd') ?? text(info, 'Rsn/Prtry')).filter((code) => code !== undefined);
  return { reasonCode: codes[0] ?? null, reasonText: infos.flatMap((info) => all(info, 'AddtlInf').map(textOf)).join(' ') };
}
