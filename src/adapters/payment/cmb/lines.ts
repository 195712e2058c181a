import { z } from 'zod';
import { MessageError, WireError } from '../../errors';
import { readFen } from '../bank/amount';
import type { BankEntry } from '../port';
import { bookedAt } from './time';
import type { CmbTransport } from './transport';

/** A line as statement (DCTRSINF) and push (NCDBTTRS, NCCRTTRS) both name it. `amtcdr`: C credit, D debit. `rsvflg` * is a reversal. */
const booking = z.object({
  amtcdr: z.enum(['C', 'D']),
  refnbr: z.string().min(1),
  yurref: z.string().default(''),
  rpynam: z.string().default(''),
  nusage: z.string().default(''),
  naryur: z.string().default(''),
  rsvflg: z.string().default(''),
});
const line = booking.extend({ etydat: z.string(), etytim: z.string(), trsamt: z.string(), trsblv: z.string() });
const totals = z.object({
  cotflg: z.enum(['Y', 'N']),
  trsseq: z.string().regex(/^\d{1,18}$/),
  dbtnbr: z.string(),
  dbtamt: z.string(),
  crtnbr: z.string(),
  crtamt: z.string(),
});
const page = z.object({ ntrbptrsz1: z.array(totals).length(1), ntqactrsz2: z.array(line).default([]) });

/** A line, and what the account held after it. */
export interface Line {
  readonly entry: BankEntry;
  readonly balanceFen: bigint;
}

/** So many pages of a day and no more: an answer that goes round in a circle ends. */
const MOST_PAGES = 2_000;

/**
 * Every line of an account's day, page after page; each page must hold as many and as much as it says.
 * @param day `yyyyMMdd`. @throws {WireError} when the bank does not say; {MessageError} when what it says does not hold.
 */
export async function* linesOf(transport: CmbTransport, accountNumber: string, day: string): AsyncGenerator<Line> {
  let sequence = 0n;
  for (let n = 0; n < MOST_PAGES; n += 1) {
    const answer = await transport.call('DCTRSINF', { accnbr: accountNumber, trsdat: day, trsseq: String(sequence) });
    if (answer.kind === 'unknown') throw new WireError(`the lines of ${day} are not known: ${answer.reason}`);
    const parsed = page.safeParse(answer.body);
    if (!parsed.success) throw new MessageError(`the lines of ${day} are not what they should be: ${parsed.error.issues[0]?.path.join('.')}`);
    const {
      ntrbptrsz1: [head],
      ntqactrsz2: lines,
    } = parsed.data;
    mustAddUp(head!, lines);
    for (const each of lines)
      yield { entry: entryOf(accountNumber, each, each.trsamt, bookedAt(each.etydat, each.etytim)), balanceFen: signedFen(each.trsblv) };
    if (head!.cotflg === 'N') return;
    const last = BigInt(head!.trsseq);
    if (last < sequence) throw new MessageError('the pages go backwards');
    sequence = last + 1n;
  }
  throw new MessageError(`a day of more than ${MOST_PAGES} pages`);
}

/** @throws {MessageError} */
function mustAddUp(head: z.infer<typeof totals>, lines: readonly z.infer<typeof line>[]): void {
  for (const [sign, count, amount] of [
    ['D', head.dbtnbr, head.dbtamt],
    ['C', head.crtnbr, head.crtamt],
  ] as const) {
    const of = lines.filter((each) => each.amtcdr === sign);
    const sumFen = of.reduce((sum, each) => sum + magnitude(each.trsamt), 0n);
    if (String(of.length) !== count || sumFen !== magnitude(amount))
      throw new MessageError(`a page says ${count} lines of ${amount}, and holds ${of.length}`);
  }
}

/**
 * One booked line. A credit under a reference of ours is money that came back; the bank gives no code for why, only words.
 * @param amount the bank's text, whose sign repeats the direction.
 */
export function entryOf(accountNumber: string, each: z.infer<typeof booking>, amount: string, at: string): BankEntry {
  const endToEndId = each.yurref === '' ? null : each.yurref;
  const back = each.amtcdr === 'C' && endToEndId !== null;
  return {
    accountNumber,
    reference: each.refnbr,
    amountFen: magnitude(amount),
    sign: each.amtcdr === 'C' ? 'CRDT' : 'DBIT',
    status: 'BOOK',
    bookedAt: at,
    endToEndId,
    returnCode: back ? (each.rsvflg === '*' ? 'RSV' : 'NARR') : null,
    returnText: back ? each.naryur : null,
    counterparty: each.rpynam === '' ? null : each.rpynam,
    remittance: each.nusage === '' ? null : each.nusage,
  };
}

export { booking };

/** The bank's sign says again what C and D say, so only the size is read. */
function magnitude(text: string): bigint {
  return readFen(text.replace(/^-/, ''), 'CNY');
}

/** A balance, which may be below zero. */
export function signedFen(text: string): bigint {
  return text.startsWith('-') ? -magnitude(text) : magnitude(text);
}
