import { chinaDay, chinaTime, dayAfter, rfc3339Seconds, DAY_MS } from '../support/time';
import type { Account, Entry } from './state';
import { documentXml, el, money, wrap } from './xml';

/** camt.054.001.08 with these lines of one account. `id` names the message; the same push keeps it. */
export function notification(account: Account, id: string, entries: readonly Entry[], nowMs: number): string {
  const created = el('CreDtTm', rfc3339Seconds(nowMs));
  const body = el('Id', id) + created + accountXml(account) + entries.map(entryXml).join('');
  return documentXml('camt.054.001.08', wrap('BkToCstmrDbtCdtNtfctn', wrap('GrpHdr', el('MsgId', id) + created) + wrap('Ntfctn', body)));
}

/**
 * camt.053.001.08 of one China day.
 * @returns null when the account was not open on that day, or the day lies ahead.
 */
export function statement(account: Account, day: string, nowMs: number): string | null {
  const openedDay = chinaDay(account.openedAtMs);
  if (day < openedDay || day > chinaDay(nowMs)) return null;
  const startMs = chinaTime(day, 0);
  const endMs = chinaTime(dayAfter(day), 0);
  const sum = (untilMs: number): bigint =>
    account.entries.reduce((fen, entry) => (entry.atMs >= untilMs ? fen : entry.sign === 'CRDT' ? fen + entry.amountFen : fen - entry.amountFen), 0n);
  const ofDay = account.entries.filter((entry) => entry.atMs >= startMs && entry.atMs < endMs);
  const sequence = Math.round((startMs - chinaTime(openedDay, 0)) / DAY_MS) + 1;
  const id = `STM${day.replaceAll('-', '')}${account.terms.accountNumber.slice(-20)}`;
  const created = el('CreDtTm', rfc3339Seconds(nowMs));
  const body =
    el('Id', id) +
    el('ElctrncSeqNb', String(sequence)) +
    created +
    wrap('FrToDt', el('FrDtTm', rfc3339Seconds(startMs)) + el('ToDtTm', rfc3339Seconds(endMs - 1))) +
    accountXml(account) +
    balanceXml('OPBD', sum(startMs), day) +
    balanceXml('CLBD', sum(endMs), day) +
    ofDay.map(entryXml).join('');
  return documentXml('camt.053.001.08', wrap('BkToCstmrStmt', wrap('GrpHdr', el('MsgId', id) + created) + wrap('Stmt', body)));
}

function accountXml(account: Account): string {
  const { accountNumber, name, bankCode } = account.terms;
  const servicer = wrap('Svcr/FinInstnId/ClrSysMmbId', wrap('ClrSysId', el('Cd', 'CNAPS')) + el('MmbId', bankCode));
  return wrap('Acct', wrap('Id/Othr', el('Id', accountNumber)) + el('Ccy', 'CNY') + el('Nm', name.slice(0, 70)) + servicer);
}

function balanceXml(code: string, fen: bigint, day: string): string {
  const amount = money('Amt', fen < 0n ? -fen : fen) + el('CdtDbtInd', fen < 0n ? 'DBIT' : 'CRDT');
  return wrap('Bal', wrap('Tp/CdOrPrtry', el('Cd', code)) + amount + wrap('Dt', el('Dt', day)));
}

/** Domain codes of ISO 20022: issued credit transfer, received credit transfer, and its return. */
const CODES = { payout: ['ICDT', 'DMCT'], return: ['RCDT', 'RRTN'], collection: ['RCDT', 'DMCT'] } as const;

function entryXml(entry: Entry): string {
  const [family, subFamily] = CODES[entry.kind];
  const amount = money('Amt', entry.amountFen) + el('CdtDbtInd', entry.sign);
  const code = wrap('BkTxCd/Domn', el('Cd', 'PMNT') + wrap('Fmly', el('Cd', family) + el('SubFmlyCd', subFamily)));
  return wrap(
    'Ntry',
    el('NtryRef', entry.reference) +
      amount +
      wrap('Sts', el('Cd', 'BOOK')) +
      wrap('BookgDt', el('DtTm', rfc3339Seconds(entry.atMs))) +
      wrap('ValDt', el('Dt', chinaDay(entry.atMs))) +
      el('AcctSvcrRef', entry.reference) +
      code +
      wrap('NtryDtls/TxDtls', references(entry) + amount + parties(entry) + remittance(entry) + returnInfo(entry)),
  );
}

function references(entry: Entry): string {
  return wrap('Refs', el('AcctSvcrRef', entry.reference) + el('EndToEndId', entry.endToEndId) + el('UETR', entry.uetr));
}

function parties(entry: Entry): string {
  const side = entry.sign === 'DBIT' ? 'Cdtr' : 'Dbtr';
  return wrap('RltdPties', wrap(`${side}/Pty`, el('Nm', entry.counterpartyName)) + wrap(`${side}Acct/Id/Othr`, el('Id', entry.counterpartyAccount)));
}

function remittance(entry: Entry): string {
  return entry.remittance === '' ? '' : wrap('RmtInf', el('Ustrd', entry.remittance));
}

function returnInfo(entry: Entry): string {
  return entry.returnCode === null ? '' : wrap('RtrInf', wrap('Rsn', el('Cd', entry.returnCode)) + el('AddtlInf', entry.returnText));
}
