import type { Instruction } from '../bank/events';
import type { Payment } from '../bank/state';
import type { Status } from '../bank/pain002';
import { chinaStamp } from './stamps';

/** An order that this bank does not take, with its words. */
export class BadField extends Error {}

/** One line of bb1payopx1 as an order of the bank. @throws {BadField} */
export function readLine(
  body: Readonly<Record<string, unknown>>,
  bankOf: (account: string) => { name: string; bankCode: string } | undefined,
): Instruction {
  const [mode, line] = [only(body.bb1paybmx1), only(body.bb1payopx1)];
  if (mode.busCod !== 'N02030' || !mode.busMod) throw new BadField('busCod N02030 and a busMod');
  const must = (name: string, form: RegExp): string => {
    const value = line[name];
    if (typeof value !== 'string' || !form.test(value)) throw new BadField(`${name} is missing or wrong`);
    return value;
  };
  const debtorAccount = must('dbtAcc', /^\d{6,32}$/);
  const within = must('bnkFlg', /^[YN]$/) === 'Y';
  if (!within) must('stlChn', /^[GQRI]$/);
  must('ccyNbr', /^10$/);
  must('trsTyp', /^10[01]001$/);
  must('rcvChk', /^1$/);
  const creditorBank = must('brdNbr', /^\d{12}$/);
  if (within !== creditorBank.startsWith('308')) throw new BadField('bnkFlg and brdNbr differ');
  const [yuan, cents] = must('trsAmt', /^\d{1,13}\.\d{2}$/).split('.');
  const amountFen = BigInt(`${yuan}${cents}`);
  if (amountFen === 0n) throw new BadField('trsAmt is nothing');
  const debtor = bankOf(debtorAccount);
  const endToEndId = must('yurRef', /^[0-9A-Za-z]{1,30}$/);
  return {
    ...{ messageId: endToEndId, paymentInfoId: endToEndId, instructionId: endToEndId, endToEndId, uetr: '' },
    ...{ debtorAccount, debtorName: debtor?.name ?? '', debtorBank: debtor?.bankCode ?? '' },
    ...{ creditorAccount: must('crtAcc', /^\d{6,32}$/), creditorName: must('crtNam', /^[^\p{Cc}]{1,100}$/u), creditorBank },
    ...{ amountFen: String(amountFen), remittance: must('nusAge', /^[^\p{Cc}]{1,100}$/u), executionDate: '' },
  };
}

function only(list: unknown): Record<string, unknown> {
  if (!Array.isArray(list) || list.length !== 1) throw new BadField('one mode and one payment');
  return list[0] as Record<string, unknown>;
}

/** The bank's state of an order in the codes of this link. */
export function codes(
  status: Pick<Status, 'code' | 'reason'>,
  returned: boolean,
): { reqSts: string; rtnFlg: string; errCod: string; errTxt: string } {
  const none = { rtnFlg: '', errCod: '', errTxt: '' };
  if (status.code === 'PDNG') return { reqSts: 'BNK', ...none };
  if (status.code === 'ACSC') return { ...none, reqSts: 'FIN', rtnFlg: returned ? 'B' : 'S', errCod: 'SUC0000' };
  return { reqSts: 'FIN', rtnFlg: 'F', errCod: `ERR${status.reason?.code ?? ''}`, errTxt: status.reason?.text ?? '' };
}

/** A stored payment as BB1PAYQR names it. */
export function paymentView(
  payment: Payment,
  code: Status['code'],
  back: { reference: string; atMs: number; text: string } | null,
): Record<string, string> {
  const { order } = payment;
  const { reqSts, rtnFlg, errTxt } = codes({ code, reason: payment.reason }, payment.returned);
  const fen = order.amountFen.padStart(3, '0');
  return {
    ...{
      reqNbr: requestNumber(order.endToEndId),
      busCod: 'N02030',
      yurRef: order.endToEndId,
      ccyNbr: '10',
      trsAmt: `${fen.slice(0, -2)}.${fen.slice(-2)}`,
    },
    ...{ dbtAcc: order.debtorAccount, crtAcc: order.creditorAccount, crtNam: order.creditorName, nusAge: order.remittance },
    ...{ oprDat: chinaStamp(payment.receivedAtMs).slice(0, 8), reqSts, rtnFlg, rtnNar: back?.text ?? errTxt, trxSeq: payment.reference ?? '' },
    ...{ backwardDay: back === null ? '' : chinaStamp(back.atMs).slice(0, 8), trxSeqBackward: back?.reference ?? '' },
  };
}

/** The bank's own number of an order. */
export const requestNumber = (yurRef: string): string => `R${yurRef.slice(-9)}`;
