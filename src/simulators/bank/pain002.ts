import { randomBytes } from 'node:crypto';
import { rfc3339Seconds } from '../support/time';
import type { Instruction } from './events';
import type { Payment } from './state';
import { documentXml, el, money, wrap, yuanText } from './xml';

/** What the status report says of the one order of a file. */
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

/** pain.002.001.10 about one order. */
export function statusReport(order: Instruction, status: Status, nowMs: number): string {
  const fen = BigInt(order.amountFen);
  const reason = status.reason ? wrap('StsRsnInf', wrap('Rsn/Cd', status.reason.code) + el('AddtlInf', status.reason.text)) : '';
  const transaction = wrap(
    'TxInfAndSts',
    el('OrgnlInstrId', order.instructionId) +
      el('OrgnlEndToEndId', order.endToEndId) +
      el('OrgnlUETR', order.uetr) +
      el('TxSts', status.code) +
      reason +
      el('AccptncDtTm', status.acceptedAtMs === undefined ? null : rfc3339Seconds(status.acceptedAtMs)) +
      el('AcctSvcrRef', status.reference) +
      wrap('OrgnlTxRef/Amt', money('InstdAmt', fen)),
  );
  const header = el('MsgId', `STS${randomBytes(12).toString('hex').toUpperCase()}`) + el('CreDtTm', rfc3339Seconds(nowMs));
  const counts = el('OrgnlNbOfTxs', '1') + el('OrgnlCtrlSum', yuanText(fen));
  const group = el('OrgnlMsgId', order.messageId) + el('OrgnlMsgNmId', 'pain.001.001.09') + counts + el('GrpSts', status.code);
  const payment = el('OrgnlPmtInfId', order.paymentInfoId) + counts + el('PmtInfSts', status.code) + transaction;
  return documentXml(
    'pain.002.001.10',
    wrap('CstmrPmtStsRpt', wrap('GrpHdr', header) + wrap('OrgnlGrpInfAndSts', group) + wrap('OrgnlPmtInfAndSts', payment)),
  );
}
