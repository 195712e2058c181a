import { z } from 'zod';
import { MessageError, WireError } from '../../errors';
import type { BankStatement } from '../port';
import { type Line, linesOf, signedFen } from './lines';
import { bankDay, dayAfter } from './time';
import type { CmbTransport } from './transport';

const balances = z.object({ ntqabinfz: z.array(z.object({ accnbr: z.string(), trsdat: z.string(), balamt: z.string() })).default([]) });

/**
 * A day's statement: the lines of DCTRSINF between the balances of NTQABINF, which exist for days that are over. A day that still runs ends with the balance after its last line.
 * @param date `YYYY-MM-DD`. @throws {WireError} when the bank gives none now; {MessageError} when opening + credits − debits is not closing.
 */
export async function statement(transport: CmbTransport, accountNumber: string, date: string): Promise<BankStatement> {
  const day = bankDay(date);
  const openingFen = await balance(transport, accountNumber, dayAfter(day, -1));
  if (openingFen === null) throw new WireError(`no statement of ${date}: the bank gives no balance of the day before`);
  const lines: Line[] = [];
  for await (const line of linesOf(transport, accountNumber, day)) lines.push(line);
  const entries = lines.map(({ entry }) => entry);
  const movedFen = entries.reduce((sum, { sign, amountFen }) => (sign === 'CRDT' ? sum + amountFen : sum - amountFen), 0n);
  const endsFen = lines.at(-1)?.balanceFen ?? openingFen;
  const closingFen = (await balance(transport, accountNumber, day)) ?? endsFen;
  if (openingFen + movedFen !== closingFen || endsFen !== closingFen) {
    throw new MessageError(`opening ${openingFen} + booked ${movedFen} is not closing ${closingFen}, after the last line ${endsFen} (fen)`);
  }
  return { statementId: `CMB${day}${accountNumber}`, sequence: null, accountNumber, openingFen, closingFen, entries };
}

/** What the account held at the end of a day. @returns null where the bank does not say: a day that is not over, or no answer. */
async function balance(transport: CmbTransport, accountNumber: string, day: string): Promise<bigint | null> {
  const answer = await transport.call('NTQABINF', { ntqabinfy: [{ accnbr: accountNumber, bgndat: day, enddat: day }] });
  const parsed = answer.kind === 'answer' ? balances.safeParse(answer.body) : null;
  const of = parsed?.success ? parsed.data.ntqabinfz.find((each) => each.accnbr === accountNumber && each.trsdat === day) : undefined;
  return of === undefined ? null : signedFen(of.balamt);
}
