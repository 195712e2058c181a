import type { ClockId } from '../support/agenda';

/** Everything that ever happens at the simulated bank; amounts are decimal strings of fen. */
export type BankEvent =
  | ({ readonly type: 'account' } & AccountTerms & { readonly openedAtMs: number })
  | { readonly type: 'account-changed'; readonly accountNumber: string; readonly changes: AccountChanges }
  | { readonly type: 'fault'; readonly accountNumber: string; readonly nth: number; readonly fault: Fault }
  | { readonly type: 'received'; readonly order: Instruction; readonly ordinal: number; readonly atMs: number }
  | { readonly type: 'accepted'; readonly endToEndId: string; readonly dueMs: number | null }
  | { readonly type: 'rejected'; readonly endToEndId: string; readonly code: string; readonly text: string }
  | {
      readonly type: 'booked';
      readonly endToEndId: string;
      readonly reference: string;
      readonly atMs: number;
      readonly bounceDueMs: number | null;
      readonly push: boolean;
    }
  | {
      readonly type: 'returned';
      readonly endToEndId: string;
      readonly reference: string;
      readonly code: string;
      readonly text: string;
      readonly atMs: number;
      /** Of the request that it follows; absent: the payee's bank could not book it. */
      readonly recallId?: string;
    }
  | ({ readonly type: 'recall-script'; readonly endToEndId: string } & RecallScript)
  | { readonly type: 'recall-received'; readonly request: RecallRequest; readonly dueMs: number }
  | { readonly type: 'recall-refused'; readonly recallId: string; readonly code: string }
  | { readonly type: 'recall-accepted'; readonly recallId: string; readonly dueMs: number }
  | ({ readonly type: 'collected' } & Collection)
  | { readonly type: 'looked-up'; readonly endToEndId: string }
  | { readonly type: 'pushed'; readonly entry: string };

export interface AccountTerms {
  readonly accountNumber: string;
  readonly name: string;
  readonly bankCode: string;
  readonly kind: 'custody' | 'payee';
  readonly clockId: ClockId;
  readonly notifyUrl: string | null;
  /** The link that serves the account; absent: ISO 20022. */
  readonly link?: 'cmb' | undefined;
}

export interface AccountChanges {
  readonly status?: 'open' | 'closed';
  readonly name?: string;
  readonly notifyUrl?: string | null;
}

export const FAULTS = [
  'answer-lost',
  'drop-before',
  '500-after-commit',
  'not-found-then-found',
  'bounce',
  'reject',
  'slow',
  'duplicate-callback',
  'stuck',
] as const;

export interface Fault {
  readonly name: (typeof FAULTS)[number];
  readonly params: FaultParams;
}

interface FaultParams {
  /** `reject`: the reason (AC01); `bounce`: the return reason (AC04). */
  readonly code?: string;
  /** `bounce`: when it comes back (2 days). */
  readonly afterDays?: number;
  /** `slow`: when it is booked (10 minutes); also `bounce`, for the impatient. */
  readonly afterMinutes?: number;
  /** `not-found-then-found`: how many queries find nothing (1). */
  readonly lookups?: number;
  /** Any: the booked debit is never pushed, only a query finds it. */
  readonly noPush?: boolean;
}

/** A request to give a payment back, as it stood in the camt.056; the amount is its text. */
export interface RecallRequest {
  readonly recallId: string;
  readonly endToEndId: string;
  readonly accountNumber: string;
  readonly amount: string;
  readonly reason: string;
}

/** How the payee's bank will take a request about one payment. */
export interface RecallScript {
  /** The code it refuses with; absent: it gives back what the payee has. */
  readonly refusal?: string | undefined;
  /** When it decides; 0: in its first answer. */
  readonly afterMinutes?: number | undefined;
  readonly returnsAfterMinutes?: number | undefined;
  /** The first answer is lost on the wire. */
  readonly answerLost?: boolean | undefined;
}

/** A payment order as it stood in the pain.001. */
export interface Instruction {
  readonly messageId: string;
  readonly paymentInfoId: string;
  readonly instructionId: string;
  readonly endToEndId: string;
  readonly uetr: string;
  readonly debtorAccount: string;
  readonly debtorName: string;
  readonly debtorBank: string;
  readonly creditorAccount: string;
  readonly creditorName: string;
  readonly creditorBank: string;
  readonly amountFen: string;
  readonly remittance: string;
  readonly executionDate: string;
}

/** Money that reaches or leaves an account without an order of ours. */
export interface Collection {
  readonly accountNumber: string;
  readonly reference: string;
  readonly amountFen: string;
  readonly sign: 'CRDT' | 'DBIT';
  readonly counterpartyName: string;
  readonly counterpartyAccount: string;
  readonly remittance: string;
  readonly atMs: number;
}
