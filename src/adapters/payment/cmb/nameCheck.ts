import { z } from 'zod';
import type { BankAccount, NameCheck } from '../port';
import type { CmbTransport } from './transport';

const answered = z.object({ accnamz1: z.array(z.object({ accNbr: z.string(), chkRst: z.string() })).length(1) });
const RESULTS: Readonly<Record<string, NameCheck>> = { Y: 'match', N: 'mismatch', U: 'no-record' };

/**
 * Whether the bank knows the account under this very name. Every doubt is `unavailable`. Without a function for it the bank has no record to give, and an account can
 * only be accepted by another rail's word: the order still asks the bank to compare the name as it pays (rcvChk).
 */
export async function checkAccountName(transport: CmbTransport, { accountNumber, name, bankCode }: BankAccount): Promise<NameCheck> {
  const { nameCheckFunction } = transport.config;
  if (nameCheckFunction === undefined) return 'no-record';
  const answer = await transport.call(nameCheckFunction, { accnamx1: [{ accNbr: accountNumber, accNam: name, brdNbr: bankCode }] });
  const parsed = answer.kind === 'answer' ? answered.safeParse(answer.body) : null;
  const result = parsed?.success ? parsed.data.accnamz1[0]! : undefined;
  return (result?.accNbr === accountNumber && RESULTS[result.chkRst]) || 'unavailable';
}
