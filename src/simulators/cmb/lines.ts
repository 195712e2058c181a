import type { Account, Entry } from '../bank/state';
import { chinaDay } from '../support/time';
import { chinaStamp, isoDay } from './stamps';

/** Lines on a page. */
const PAGE = 100;

const yuan = (fen: bigint): string => {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** A page of a day's lines from a sequence number on, with its own counts and sums. */
export function pageOf(account: Account, day: string, from: number): object {
  let balance = 0n;
  const ofDay = account.entries
    .map((entry) => ({ entry, balance: (balance += entry.sign === 'CRDT' ? entry.amountFen : -entry.amountFen) }))
    .filter(({ entry }) => chinaDay(entry.atMs) === isoDay(day))
    .map((each, index) => ({ ...each, sequence: index + 1 }));
  const rest = ofDay.filter(({ sequence }) => sequence >= from);
  const shown = rest.slice(0, PAGE);
  const sum = (sign: Entry['sign']): { count: string; amount: string } => {
    const of = shown.filter(({ entry }) => entry.sign === sign);
    return { count: String(of.length), amount: yuan(of.reduce((fen, { entry }) => fen + entry.amountFen, 0n)) };
  };
  const [debits, credits] = [sum('DBIT'), sum('CRDT')];
  const totals = { cotflg: rest.length > shown.length ? 'Y' : 'N', trsseq: String(shown.at(-1)?.sequence ?? from) };
  return {
    ntrbptrsz1: [{ ...totals, dbtnbr: debits.count, dbtamt: debits.amount, crtnbr: credits.count, crtamt: credits.amount }],
    ntqactrsz2: shown.map((each) => ({ ...lineOf(each.entry), ...dated(each.entry, 'ety'), trsblv: yuan(each.balance) })),
  };
}

/** What DCTRSINF and the pushes say of a line in the same words. */
function lineOf(entry: Entry): Record<string, string> {
  const debit = entry.sign === 'DBIT';
  return {
    ...{
      amtcdr: debit ? 'D' : 'C',
      refnbr: entry.reference,
      yurref: entry.endToEndId ?? '',
      rpyacc: entry.counterpartyAccount,
      rpynam: entry.counterpartyName,
    },
    // The bank writes what leaves the account as a positive and what comes as a negative amount.
    ...{ trsamt: `${debit ? '' : '-'}${yuan(entry.amountFen)}`, nusage: entry.remittance, naryur: entry.returnText ?? entry.remittance, rsvflg: '' },
  };
}

function dated(entry: Entry, prefix: string): Record<string, string> {
  const stamp = chinaStamp(entry.atMs);
  return { [`${prefix}dat`]: stamp.slice(0, 8), [`${prefix}tim`]: stamp.slice(8) };
}

/** A line as NCDBTTRS or NCCRTTRS tells of it. */
export function pushOf(account: Account, entry: Entry): object {
  const { trsamt, ...line } = lineOf(entry);
  const msgdat = {
    ...line,
    ...dated(entry, 'trs'),
    accnbr: account.terms.accountNumber,
    accnam: account.terms.name,
    c_ccynbr: '人民币',
    c_trsamt: trsamt,
  };
  return { msgtyp: entry.sign === 'DBIT' ? 'NCDBTTRS' : 'NCCRTTRS', msgdat };
}

/** What the account held at the end of a day that is over. @returns null for one that is not. */
export function balanceOf(account: Account, day: string, nowMs: number): string | null {
  if (isoDay(day) >= chinaDay(nowMs)) return null;
  const until = account.entries.filter(({ atMs }) => chinaDay(atMs) <= isoDay(day));
  return yuan(until.reduce((fen, { sign, amountFen }) => (sign === 'CRDT' ? fen + amountFen : fen - amountFen), 0n));
}
