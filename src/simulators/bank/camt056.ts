import type { XmlDocument } from 'libxml2-wasm' with { 'resolution-mode': 'import' };
import type { RecallRequest } from './events';
import { BadOrder } from './pain001';
import { readValid } from './schemas';

const NAMESPACE = { c: 'urn:iso:std:iso:20022:tech:xsd:camt.056.001.09' };

/** Reads a camt.056.001.09 about one payment, as the link's profile wants it. @throws {BadOrder} */
export async function readRecall(xml: Buffer): Promise<RecallRequest> {
  let document: XmlDocument;
  try {
    document = await readValid('camt.056.001.09', xml);
  } catch (cause) {
    throw new BadOrder(cause instanceof Error ? cause.message : 'not XML', { cause });
  }
  try {
    if (document.find('//c:TxInf', NAMESPACE).length !== 1) throw new BadOrder('one payment in a request');
    const must = (path: string): string => {
      const text = document.get(`//c:TxInf/${path}`, NAMESPACE)?.content ?? '';
      if (text === '') throw new BadOrder(`${path.replaceAll('c:', '')} is missing`);
      return text;
    };
    return {
      recallId: must('c:CxlId'),
      endToEndId: must('c:OrgnlEndToEndId'),
      accountNumber: must('c:OrgnlTxRef/c:DbtrAcct/c:Id/c:Othr/c:Id'),
      amount: must('c:OrgnlIntrBkSttlmAmt'),
      reason: must('c:CxlRsnInf/c:Rsn/c:Cd'),
    };
  } finally {
    document.dispose();
  }
}
