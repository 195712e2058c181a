import type { XmlDocument, XmlElement } from 'libxml2-wasm' with { 'resolution-mode': 'import' };
import type { Instruction } from './events';
import { readValid } from './schemas';

const NAMESPACE = { p: 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09' };

/** The file is not an order that this bank's profile takes. */
export class BadOrder extends Error {}

/** How many orders one file may hold. */
const MOST_ORDERS = 500;

/**
 * Reads a pain.001.001.09 with one order or many, as the link's profile wants it: CNY, two decimals, CNAPS on both sides,
 * charges to the debtor, single booking, counts and control sums that agree.
 * @throws {BadOrder}
 */
export async function readOrders(xml: Buffer): Promise<Instruction[]> {
  let document: XmlDocument;
  try {
    document = await readValid('pain.001.001.09', xml);
  } catch (cause) {
    throw new BadOrder(cause instanceof Error ? cause.message : 'not XML', { cause });
  }
  try {
    return readAll(document);
  } finally {
    document.dispose();
  }
}

function readAll(document: XmlDocument): Instruction[] {
  const header = reader(document, '//p:GrpHdr/');
  const messageId = header.must('p:MsgId');
  const orders = document.find('//p:PmtInf', NAMESPACE).flatMap((block) => readBlock(block as XmlElement, messageId));
  mustAgree('GrpHdr', header, orders);
  if (orders.length > MOST_ORDERS) refuse(`more than ${MOST_ORDERS} orders`);
  if (new Set(orders.map(({ endToEndId }) => endToEndId)).size < orders.length) refuse('an EndToEndId stands twice in the file');
  return orders;
}

interface Reader {
  readonly text: (xpath: string) => string;
  readonly must: (xpath: string) => string;
}

function reader(node: XmlDocument | XmlElement, under: string): Reader {
  const text = (xpath: string): string => node.get(under + xpath, NAMESPACE)?.content ?? '';
  return { text, must: (xpath) => text(xpath) || refuse(`${(under + xpath).replaceAll('p:', '')} is missing`) };
}

function mustAgree(where: string, { must }: Reader, orders: readonly Instruction[]): void {
  if (must('p:NbOfTxs') !== String(orders.length)) refuse(`${where} NbOfTxs is not ${orders.length}`);
  if (fen(must('p:CtrlSum')) !== orders.reduce((sum, { amountFen }) => sum + BigInt(amountFen), 0n)) refuse(`${where} CtrlSum differs`);
}

function readBlock(block: XmlElement, messageId: string): Instruction[] {
  const at = reader(block, 'p:');
  const { text, must } = at;
  if (text('PmtMtd') !== 'TRF' || text('BtchBookg') !== 'false') refuse('PmtMtd TRF with BtchBookg false');
  if (text('ChrgBr') !== 'DEBT') refuse('ChrgBr is not DEBT');
  if (!['URGP', 'NURG'].includes(text('PmtTpInf/p:SvcLvl/p:Cd'))) refuse('SvcLvl is neither URGP nor NURG');
  const debtor = {
    messageId,
    paymentInfoId: must('PmtInfId'),
    debtorAccount: must('DbtrAcct/p:Id/p:Othr/p:Id'),
    debtorName: must('Dbtr/p:Nm'),
    debtorBank: agent(at, 'DbtrAgt'),
    executionDate: must('ReqdExctnDt/p:Dt'),
  };
  const orders = block.find('p:CdtTrfTxInf', NAMESPACE).map((each) => ({ ...debtor, ...readCredit(reader(each as XmlElement, 'p:')) }));
  mustAgree('PmtInf', reader(block, ''), orders);
  return orders;
}

type Credit = Omit<Instruction, 'messageId' | 'paymentInfoId' | 'debtorAccount' | 'debtorName' | 'debtorBank' | 'executionDate'>;

function readCredit(at: Reader): Credit {
  const { text, must } = at;
  if (text('Amt/p:InstdAmt/@Ccy') !== 'CNY') refuse('only CNY');
  return {
    instructionId: must('PmtId/p:InstrId'),
    endToEndId: must('PmtId/p:EndToEndId'),
    uetr: must('PmtId/p:UETR'),
    creditorAccount: must('CdtrAcct/p:Id/p:Othr/p:Id'),
    creditorName: must('Cdtr/p:Nm'),
    creditorBank: agent(at, 'CdtrAgt'),
    amountFen: String(fen(must('Amt/p:InstdAmt'))),
    remittance: text('RmtInf/p:Ustrd'),
  };
}

function agent({ text, must }: Reader, side: string): string {
  if (text(`${side}/p:FinInstnId/p:ClrSysMmbId/p:ClrSysId/p:Cd`) !== 'CNAPS') refuse(`${side} has no CNAPS number`);
  return must(`${side}/p:FinInstnId/p:ClrSysMmbId/p:MmbId`);
}

function fen(text: string): bigint {
  const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(text.trim()) ?? refuse(`amount ${text}`);
  const amount = BigInt(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
  return amount > 0n ? amount : refuse('amount 0');
}

function refuse(reason: string): never {
  throw new BadOrder(reason);
}
