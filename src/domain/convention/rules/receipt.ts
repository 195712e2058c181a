import { fail, needs, pass, type ReceiptFacts, type Rule } from '../facts';

/** RECEIPT: the hospital signs for what it received; overdue (7 working days) or denied holds the campaign's payouts. For persons the evidence of use closes the loop. */
export const receipt: Rule<ReceiptFacts> = ({ payeeKind, receipt: state, nowMs, heldFromMs }) => {
  const facts = { payeeKind, receipt: state, overdue: state === 'awaited' && nowMs >= heldFromMs };
  if (payeeKind !== 'institution')
    return pass('RECEIPT', facts, { zh: '个人收款，以使用凭证闭环。', en: 'The payee is a person: the evidence of use closes the loop.' });
  if (state === 'signed') return pass('RECEIPT', facts, { zh: '医院已签收。', en: 'The hospital has signed for the money.' });
  if (state === 'denied') return fail('RECEIPT', facts, { zh: '医院否认收到款项，暂停拨付。', en: 'The hospital denies receipt: payouts are held.' });
  return facts.overdue
    ? fail('RECEIPT', facts, { zh: '医院逾期未签收，暂停拨付。', en: 'The receipt is overdue: payouts are held.' })
    : needs('RECEIPT', facts, { zh: '等待医院签收。', en: "Waiting for the hospital's receipt." });
};
