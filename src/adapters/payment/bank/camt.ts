import { MessageError } from '../../errors';
import type { BankEntry, BankStatement } from '../port';
import { readFen } from './amount';
import { all, child, mustText, readMessage, text, textOf, type Element } from './reading';

/** Parses a camt.054.001.08: the lines of every account in it. @throws {MessageError} */
export async function readNotification(body: Buffer): Promise<{ readonly messageId: string; readonly entries: readonly BankEntry[] }> {
  const message = await readMessage('camt.054.001.08', body);
  const entries = all(message, 'Ntfctn').flatMap((each) => entriesOf(each, accountOf(each)));
  return { messageId: mustText(message, 'GrpHdr/MsgId'), entries };
}

/**
 * Parses a camt.053.001.08 with one statement.
 * @throws {MessageError} also when opening + booked credits − booked debits ≠ closing: such a statement is quarantined.
 */
export async function readStatement(body: Buffer): Promise<BankStatement & { readonly fromDate: string | null }> {
  const message = await readMessage('camt.053.001.08', body);
  const statement = child(message, 'Stmt');
  if (statement === undefined) throw new MessageError('no statement');
  const accountNumber = accountOf(statement);
  const entries = entriesOf(statement, accountNumber);
  const openingFen = balance(statement, 'OPBD');
  const closingFen = balance(statement, 'CLBD');
  const booked = entries.filter((entry) => entry.status === 'BOOK');
  const movedFen = booked.reduce((sum, { sign, amountFen }) => (sign === 'CRDT' ? sum + amountFen : sum - amountFen), 0n);
  if (openingFen + movedFen !== closingFen) {
    throw new MessageError(`opening ${openingFen} + booked ${movedFen} is not closing ${closingFen} (fen)`);
  }
  const sequence = text(statement, 'ElctrncSeqNb');
  return {
    statementId: mustText(statement, 'Id'),
    sequence: sequence === undefined ? null : BigInt(sequence),
    accountNumber,
    openingFen,
    closingFen,
    entries,
    fromDate: text(statement, 'FrToDt/FrDtTm')?.slice(0, 10) ?? null,
  };
}

function accountOf(element: Element): string {
  return text(element, 'Acct/Id/Othr/Id') ?? mustText(element, 'Acct/Id/IBAN');
}

function balance(statement: Element, code: string): bigint {
  const found = all(statement, 'Bal').filter((each) => text(each, 'Tp/CdOrPrtry/Cd') === code);
  if (found.length !== 1 || found[0] === undefined) throw new MessageError(`${found.length} balances ${code}`);
  const fen = amountOf(found[0]);
  return mustText(found[0], 'CdtDbtInd') === 'CRDT' ? fen : -fen;
}

function entriesOf(element: Element, accountNumber: string): BankEntry[] {
  return all(element, 'Ntry').flatMap((entry) => entryLines(entry, accountNumber));
}

/** One line per transaction; an entry that sums up several must add up exactly, or it stays one line without an id. */
function entryLines(entry: Element, accountNumber: string): BankEntry[] {
  const details = all(entry, 'NtryDtls/TxDtls');
  const whole = line(entry, details.length === 1 ? details[0] : undefined, accountNumber);
  if (details.length < 2) return [whole];
  if (!details.every((detail) => child(detail, 'Amt') !== undefined)) return [whole];
  const parts = details.map((detail, index) => {
    const reference = text(detail, 'Refs/AcctSvcrRef') ?? `${whole.reference}#${index + 1}`;
    return { ...line(entry, detail, accountNumber), reference, amountFen: amountOf(detail) };
  });
  const sumFen = parts.reduce((sum, part) => sum + part.amountFen, 0n);
  return sumFen === whole.amountFen ? parts : [whole];
}

function line(entry: Element, detail: Element | undefined, accountNumber: string): BankEntry {
  const sign = mustText(entry, 'CdtDbtInd') === 'CRDT' ? 'CRDT' : 'DBIT';
  const reference = text(entry, 'AcctSvcrRef') ?? text(detail, 'Refs/AcctSvcrRef') ?? text(entry, 'NtryRef');
  if (reference === undefined) throw new MessageError('a line without a reference of the bank');
  const returned = child(detail, 'RtrInf');
  return {
    accountNumber,
    reference,
    amountFen: amountOf(entry),
    sign,
    status: statusOfEntry(entry),
    bookedAt: bookedAt(entry),
    endToEndId: provided(text(detail, 'Refs/EndToEndId')),
    returnCode: returned === undefined ? null : (text(returned, 'Rsn/Cd') ?? text(returned, 'Rsn/Prtry') ?? 'NARR'),
    returnText: returned === undefined ? null : joined(all(returned, 'AddtlInf')),
    counterparty: text(detail, `RltdPties/${sign === 'CRDT' ? 'Dbtr' : 'Cdtr'}/Pty/Nm`) ?? null,
    remittance: joined(all(detail, 'RmtInf/Ustrd')),
    transactionCode: transactionCode(entry),
  };
}

/** Domain, family and sub-family of an entry; null unless it has all three. */
function transactionCode(entry: Element): string | null {
  const parts = ['Cd', 'Fmly/Cd', 'Fmly/SubFmlyCd'].map((at) => text(entry, `BkTxCd/Domn/${at}`));
  return parts.every((part) => part !== undefined) ? parts.join('/') : null;
}

function amountOf(element: Element): bigint {
  const amount = child(element, 'Amt');
  if (amount === undefined) throw new MessageError('Amt is missing');
  return readFen(textOf(amount), text(amount, '@Ccy'));
}

function statusOfEntry(entry: Element): BankEntry['status'] {
  const code = mustText(entry, 'Sts/Cd');
  if (code === 'BOOK' || code === 'PDNG' || code === 'INFO') return code;
  throw new MessageError(`a line with status ${code}`);
}

/** RFC 3339; a bare day or a time without offset is China's. */
function bookedAt(entry: Element): string {
  const dateTime = text(entry, 'BookgDt/DtTm');
  if (dateTime !== undefined) return /(Z|[+-]\d{2}:\d{2})$/.test(dateTime) ? dateTime : `${dateTime}+08:00`;
  return `${mustText(entry, 'BookgDt/Dt').slice(0, 10)}T00:00:00+08:00`;
}

/** Banks fill an absent id with NOTPROVIDED. */
function provided(id: string | undefined): string | null {
  return id === undefined || id === '' || id === 'NOTPROVIDED' ? null : id;
}

function joined(elements: readonly Element[]): string | null {
  return elements.length === 0 ? null : elements.map(textOf).join(' ');
}
