import { z } from 'zod';
import { yuan } from '../bank/amount';
import type { PaymentOrder, SubmitOutcome } from '../port';
import { codeOf, standingOf, unclear } from './status';
import type { CmbTransport } from './transport';

/** Direct payment (企银支付). */
export const BUSINESS = 'N02030';
/** The first digits of every CNAPS number of China Merchants Bank. */
const OWN_BANK = '308';
const results = z
  .array(
    z.object({
      reqNbr: z.string().default(''),
      reqSts: z.string(),
      rtnFlg: z.string().default(''),
      errCod: z.string().default(''),
      errTxt: z.string().default(''),
    }),
  )
  .length(1);

/**
 * Sends one order by BB1PAYOP. `yurRef` is the payout id: the bank takes each once. An order that has no valid form is REJECTED (FORM) for good: it was never sent.
 * Everything that leaves a doubt is UNKNOWN.
 */
export async function pay(transport: CmbTransport, order: PaymentOrder): Promise<SubmitOutcome> {
  let line: Record<string, string>;
  try {
    line = lineOf(order);
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'REJECTED', code: 'FORM', text: error.message, final: true };
    throw error;
  }
  const mode = { busCod: BUSINESS, busMod: transport.config.busMod };
  const answer = await transport.call('BB1PAYOP', { bb1paybmx1: [mode], bb1payopx1: [line] });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  const parsed = results.safeParse(answer.body.bb1payopz1);
  if (!parsed.success) return { kind: 'UNKNOWN', reason: 'the answer is not about this payout' };
  const { reqNbr, errCod, errTxt, ...rest } = parsed.data[0]!;
  const status = { ...rest, text: `${errCod} ${errTxt}`.trim() };
  switch (standingOf(status)) {
    case 'on-its-way':
    case 'settled':
    case 'returned':
      return { kind: 'ACCEPTED', reference: reqNbr };
    case 'failed':
      return { kind: 'REJECTED', code: errCod || codeOf(status), text: errTxt, final: true };
    case 'unclear':
      return unclear(status);
  }
}

/** @throws {RangeError} when the order has no valid form. */
function lineOf(order: PaymentOrder): Record<string, string> {
  const { custody, payee, remittance } = order;
  if (!/^[0-9A-Z]{26}$/.test(order.payoutId)) throw new RangeError('a payout id has 26 characters of 0-9 A-Z');
  if (!/^\d{12}$/.test(payee.bankCode)) throw new RangeError(`a CNAPS number has 12 digits: ${payee.bankCode}`);
  for (const text of [custody.accountNumber, payee.accountNumber, payee.name, remittance])
    if (/\p{Cc}/u.test(text) || text.trim() === '') throw new RangeError('an account, a name or the purpose is empty or holds control characters');
  const within = payee.bankCode.startsWith(OWN_BANK);
  return {
    dbtAcc: custody.accountNumber,
    crtAcc: payee.accountNumber,
    crtNam: payee.name,
    brdNbr: payee.bankCode,
    bnkFlg: within ? 'Y' : 'N',
    // Within the bank there is no clearing to choose: Q goes by HVPS, G by BEPS.
    ...(within ? {} : { stlChn: order.urgent ? 'Q' : 'G' }),
    ccyNbr: '10',
    trsAmt: yuan(order.amountFen),
    nusAge: remittance,
    yurRef: order.payoutId,
    // An ordinary remittance: the hospital is paid, it is given nothing (101001).
    trsTyp: '100001',
    // The bank compares account and name before it pays.
    rcvChk: '1',
  };
}
