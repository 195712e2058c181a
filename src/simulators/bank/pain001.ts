import type { XmlDocument } from 'libxml2-wasm' with { 'resolution-mode': 'import' };
import type { Instruction } from './events';
import { readValid } from './schemas';

const NAMESPACE = { p: 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09' };

/** The file is not an order that this bank's profile takes. */
export class BadOrder extends Error {}

/**
 * Reads a pain.001.001.09 with exactly one order, as the link's profile wants it: CNY, two decimals, CNAPS on both sides,
 * charges to the debtor, single booking, counts and control sums that agree.
 * @throws {BadOrder}
 */
export async function readOrder(xml: Buffer): Promise<Instruction> {
  let document: XmlDocument;
  try {
    document = await readValid('pain.001.001.09', xml);
  } catch (cause) {
    throw new BadOrder(cause instanceof Error ? cause.message : 'not XML', { cause });
  }
  try {
    return readOne(document);
  } finally {
    document.dispose();
  }
}

function readOne(document: XmlDocument): Instruction {
  const text = (xpath: string): string => document.get(xpath, NAMESPACE)?.content ?? '';
  const must = (xpath: string): string => text(xpath) || refuse(`${xpath.replaceAll('p:', '')} is missing`);
  if (document.find('//p:CdtTrfTxInf', NAMESPACE).length !== 1) refuse('one order per file');
  const amountFen = fen(must('//p:InstdAmt'));
  for (const path of ['//p:GrpHdr', '//p:PmtInf']) {
    if (must(`${path}/p:NbOfTxs`) !== '1') refuse(`${path} NbOfTxs is not 1`);
    if (fen(must(`${path}/p:CtrlSum`)) !== amountFen) refuse(`${path} CtrlSum differs`);
  }
  if (text('//p:InstdAmt/@Ccy') !== 'CNY') refuse('only CNY');
  if (text('//p:PmtMtd') !== 'TRF' || text('//p:BtchBookg') !== 'false') refuse('PmtMtd TRF with BtchBookg false');
  if (text('//p:ChrgBr') !== 'DEBT') refuse('ChrgBr is not DEBT');
  if (!['URGP', 'NURG'].includes(text('//p:SvcLvl/p:Cd'))) refuse('SvcLvl is neither URGP nor NURG');
  const agent = (side: string): string => {
    if (text(`//p:${side}/p:FinInstnId/p:ClrSysMmbId/p:ClrSysId/p:Cd`) !== 'CNAPS') refuse(`${side} has no CNAPS number`);
    return must(`//p:${side}/p:FinInstnId/p:ClrSysMmbId/p:MmbId`);
  };
  return {
    messageId: must('//p:GrpHdr/p:MsgId'),
    paymentInfoId: must('//p:PmtInfId'),
    instructionId: must('//p:InstrId'),
    endToEndId: must('//p:EndToEndId'),
    uetr: must('//p:UETR'),
    debtorAccount: must('//p:DbtrAcct/p:Id/p:Othr/p:Id'),
    debtorName: must('//p:Dbtr/p:Nm'),
    debtorBank: agent('DbtrAgt'),
    creditorAccount: must('//p:CdtrAcct/p:Id/p:Othr/p:Id'),
    creditorName: must('//p:Cdtr/p:Nm'),
    creditorBank: agent('CdtrAgt'),
    amountFen: String(amountFen),
    remittance: text('//p:RmtInf/p:Ustrd'),
    executionDate: must('//p:ReqdExctnDt/p:Dt'),
  };
}

function fen(text: string): bigint {
  const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(text.trim()) ?? refuse(`amount ${text}`);
  const amount = BigInt(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
  return amount > 0n ? amount : refuse('amount 0');
}

function refuse(reason: string): never {
  throw new BadOrder(reason);
}
