import type { QueryOutcome, SubmitOutcome } from '../port';
import type { TransactionStatus } from './pain002';

/** The order is on its way: accepted, checked, waiting or in clearing (ExternalPaymentTransactionStatus1Code). */
const ON_ITS_WAY = new Set(['RCVD', 'ACTC', 'ACCP', 'ACWC', 'PDNG', 'ACSP', 'PATC']);
/** The debit is settled; it counts only together with the booked line. */
const SETTLED = new Set(['ACSC', 'ACCC']);
/**
 * Reasons under which RJCT is final. AM05 (duplicate) is not among them: an original exists, and must be asked for. Neither is
 * any code that we do not know: a person looks before money is sent under a new id.
 */
const FINAL_REASONS = new Set([
  'AC01',
  'AC02',
  'AC04',
  'AC05',
  'AC06',
  'AG01',
  'AGNT',
  'AM02',
  'AM04',
  'AM10',
  'AM14',
  'BE01',
  'DT01',
  'FF01',
  'RC01',
]);

export type Standing = 'on-its-way' | 'settled' | 'rejected' | 'unclear';

/** Where a transaction stands. Codes that are not in the tables are unclear. */
export function standingOf({ status, reasonCode }: TransactionStatus): Standing {
  if (ON_ITS_WAY.has(status)) return 'on-its-way';
  if (SETTLED.has(status)) return 'settled';
  return status === 'RJCT' && reasonCode !== null && FINAL_REASONS.has(reasonCode) ? 'rejected' : 'unclear';
}

/** Why an unclear transaction is unclear. */
export function unclearReason({ status, reasonCode, reasonText }: TransactionStatus): string {
  if (status === 'RJCT' && reasonCode === 'AM05') return 'AM05 duplicate: query the original';
  return `${status} ${reasonCode ?? 'without reason'} ${reasonText}`.trim();
}

/** The answer to a submit. */
export function submitOutcome(transaction: TransactionStatus, messageId: string): SubmitOutcome {
  switch (standingOf(transaction)) {
    case 'on-its-way':
    case 'settled':
      return { kind: 'ACCEPTED', reference: transaction.reference ?? messageId };
    case 'rejected':
      return { kind: 'REJECTED', code: transaction.reasonCode ?? '', text: transaction.reasonText, final: true };
    case 'unclear':
      return { kind: 'UNKNOWN', reason: unclearReason(transaction) };
  }
}

/** What the status alone tells; a settled one still waits for its booked line. */
export function statusOutcome(transaction: TransactionStatus): QueryOutcome {
  switch (standingOf(transaction)) {
    case 'on-its-way':
    case 'settled':
      return { kind: 'PENDING', code: transaction.status };
    case 'rejected':
      return { kind: 'FAILED', code: transaction.reasonCode ?? '', text: transaction.reasonText };
    case 'unclear':
      return { kind: 'UNKNOWN', reason: unclearReason(transaction) };
  }
}
