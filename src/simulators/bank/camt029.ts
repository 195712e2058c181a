import { randomBytes } from 'node:crypto';
import { rfc3339Seconds } from '../support/time';
import type { Recall } from './state';
import { documentXml, el, wrap } from './xml';

/** What each standing is called of the whole investigation and of the one payment. */
const CODES = { pending: ['PDCR', 'PDCR'], accepted: ['CNCL', 'ACCR'], refused: ['RJCR', 'RJCR'] } as const;

/** camt.029.001.10: where a request to give a payment back stands. `bankCode` is the answering bank's. */
export function resolution({ request, standing, code, uetr }: Recall, bankCode: string, nowMs: number): string {
  const agent = wrap('Agt/FinInstnId/ClrSysMmbId', wrap('ClrSysId', el('Cd', 'CNAPS')) + el('MmbId', bankCode));
  const [whole, one] = CODES[standing];
  const assignment =
    el('Id', `RES${randomBytes(12).toString('hex').toUpperCase()}`) +
    wrap('Assgnr', agent) +
    wrap('Assgne', agent) +
    el('CreDtTm', rfc3339Seconds(nowMs));
  const details =
    el('CxlStsId', request.recallId) +
    el('OrgnlEndToEndId', request.endToEndId) +
    el('OrgnlUETR', uetr) +
    el('TxCxlSts', one) +
    (code === null ? '' : wrap('CxlStsRsnInf/Rsn', el('Cd', code)));
  return documentXml(
    'camt.029.001.10',
    wrap('RsltnOfInvstgtn', wrap('Assgnmt', assignment) + wrap('Sts', el('Conf', whole)) + wrap('CxlDtls/TxInfAndSts', details)),
  );
}
