import { randomBytes } from 'node:crypto';
import { rfc3339Seconds } from '../support/time';
import type { Instruction } from './events';
import type { Payment } from './state';
import { documentXml, el, money, wrap, yuanText } from './xml';

/** What the status report says of one order. */
export interface Status {
  readonly code: 'PDNG' | 'ACSC' | 'RJCT';
  readonly reason?: { readonly code: string; readonly text: string } | undefined;
  readonly reference?: string | undefined;
  readonly acceptedAtMs?: number | undefined;
}

/** A stored payment's status. */
export function statusOf(payment: Payment): Status {
  const code = payment.status === 'DROPPED' ? 'PDNG' : payment.status;
  return { code, reason: payment.reason, reference: payment.reference, acceptedAtMs: payment.bookedAtMs ?? payment.receivedAtMs };
}

/** An order of the file and what is known of it. */
export interface Reported {
  readonly order: Instruction;
  readonly status: Status;
}

/** pain.002.001.10 about the orders of one file, at least one. */
export function statusReport(reported: readonly Reported[], nowMs: number): string {
  const header = el('MsgId', `STS${randomBytes(12).toString('hex').toUpperCase()}`) + el('CreDtTm', rfc3339Seconds(nowMs));
  const group =
    el('OrgnlMsgId', reported[0]?.order.messageId) + el('OrgnlMsgNmId', 'pain.001.001.09') + counts(reported) + el('GrpSts', together(reported));
  const blocks = new Map<string, Reported[]>();
  for (const each of reported) blocks.set(each.order.paymentInfoId, [...(blocks.get(each.order.paymentInfoId) ?? []), each]);
  const payments = [...blocks].map(([id, block]) =>
    wrap(
      'OrgnlPmtInfAndSts',
      el('OrgnlPmtInfId', id) + counts(block) + el('PmtInfSts', together(block)) + block.map((each) => transactionXml(each)).join(''),
    ),
  );
  return documentXml('pain.002.001.10', wrap('CstmrPmtStsRpt', wrap('GrpHdr', header) + wrap('OrgnlGrpInfAndSts', group) + payments.join('')));
}

function counts(reported: readonly Reported[]): string {
  const fen = reported.reduce((sum, { order }) => sum + BigInt(order.amountFen), 0n);
  return el('OrgnlNbOfTxs', String(reported.length)) + el('OrgnlCtrlSum', yuanText(fen));
}

/** One status for all of them, or PART where they differ. */
function together(reported: readonly Reported[]): string {
  const codes = new Set(reported.map(({ status }) => status.code));
  return codes.size === 1 ? [...codes][0]! : 'PART';
}

function transactionXml({ order, status }: Reported): string {
  const reason = status.reason ? wrap('StsRsnInf', wrap('Rsn/Cd', status.reason.code) + el('AddtlInf', status.reason.text)) : '';
  return wrap(
    'TxInfAndSts',
    el('OrgnlInstrId', order.instructionId) +
      el('OrgnlEndToEndId', order.endToEndId) +
      el('OrgnlUETR', order.uetr) +
      el('TxSts', status.code) +
      reason +
      el('AccptncDtTm', status.acceptedAtMs === undefined ? null : rfc3339Seconds(status.acceptedAtMs)) +
      el('AcctSvcrRef', status.reference) +
      wrap('OrgnlTxRef/Amt', money('InstdAmt', BigInt(order.amountFen))),
  );
}
