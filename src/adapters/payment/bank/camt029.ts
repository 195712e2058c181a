import { MessageError } from '../../errors';
import type { RecallOutcome } from '../port';
import { all, child, readMessage, text } from './reading';

type Standing = 'ACCEPTED' | 'REFUSED' | 'PENDING';

/** CancellationIndividualStatus1Code and ExternalInvestigationExecutionConfirmation1Code, as far as they say what becomes of a cancellation. */
const STANDINGS: Readonly<Record<string, Standing>> = {
  ...{ ACCR: 'ACCEPTED', CNCL: 'ACCEPTED' },
  RJCR: 'REFUSED',
  ...{ PDCR: 'PENDING', PDNG: 'PENDING', FTNA: 'PENDING', CWFW: 'PENDING' },
};

/**
 * Reads a camt.029.001.10 about one recall. The status of the whole and that of the transaction must say the same; a code that is not in the table, or an answer about
 * something else, is UNKNOWN.
 * @throws {MessageError} when the body is not a valid message.
 */
export async function readResolution(body: Buffer, of: { readonly recallId: string; readonly payoutId: string }): Promise<RecallOutcome> {
  const message = await readMessage('camt.029.001.10', body);
  const about = all(message, 'CxlDtls/TxInfAndSts').filter((each) => text(each, 'CxlStsId') === of.recallId);
  const [transaction] = about;
  if (transaction === undefined || about.length > 1 || text(transaction, 'OrgnlEndToEndId') !== of.payoutId)
    return { kind: 'UNKNOWN', reason: 'the answer is not about this recall' };
  const codes = [text(message, 'Sts/Conf'), text(transaction, 'TxCxlSts')].filter((code) => code !== undefined);
  const standings = new Set(codes.map((code) => STANDINGS[code] ?? 'unclear'));
  const [standing] = standings;
  if (standings.size !== 1 || standing === undefined || standing === 'unclear')
    return { kind: 'UNKNOWN', reason: `the answer says ${codes.join(' and ') || 'nothing'}` };
  return standing === 'REFUSED' ? { kind: standing, code: reasonOf(transaction) } : { kind: standing };
}

function reasonOf(transaction: Parameters<typeof child>[0]): string | null {
  const [reason] = all(transaction, 'CxlStsRsnInf/Rsn');
  return text(reason, 'Cd') ?? text(reason, 'Prtry') ?? null;
}

/** @returns UNKNOWN with the reason of what a message is not; any other error is thrown on. */
export function unreadable(error: unknown): { readonly kind: 'UNKNOWN'; readonly reason: string } {
  if (error instanceof MessageError) return { kind: 'UNKNOWN', reason: error.message };
  throw error;
}
