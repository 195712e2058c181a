import type { FeeSchedule } from '../fees';
import type { Edition } from './editions';
import type { DocumentKind, Finding, IdentityVerdict, Party, PayeeKind, PublicityItem, Relation, ReleaseMode, RuleId } from './terms';

/** A rule: facts in, finding out. It knows nothing but its facts. */
export type Rule<Facts> = (facts: Facts) => Finding;

export interface PartyFacts {
  readonly verdict: IdentityVerdict;
  /** What a named person made of a missing record; null while nobody has. */
  readonly resolution: 'confirmed' | 'not-confirmed' | null;
}

export interface HospitalFacts {
  readonly registered: boolean;
  /** A qualification in the registry covers the diagnosis. */
  readonly qualified: boolean;
  /** The registry holds a whitelisted corporate account. */
  readonly whitelisted: boolean;
}

/** Another raise for the same patient, on any platform. */
export interface EarlierRaise {
  readonly platform: string;
  readonly status: 'settled' | 'running' | 'refunded';
  /** The same ICD-10 category. */
  readonly sameIllness: boolean;
  readonly askFen: bigint;
}

/** What the gates before opening look at. */
export interface OpeningFacts {
  readonly edition: Edition;
  readonly askFen: bigint;
  readonly documents: ReadonlySet<DocumentKind>;
  readonly published: ReadonlySet<PublicityItem>;
  /** `incapable`: cannot act for themself, whatever their age. */
  readonly patient: PartyFacts & { readonly minor: boolean; readonly incapable?: boolean };
  readonly sponsor: PartyFacts & { readonly relation: Relation };
  readonly payeeKind: PayeeKind;
  readonly hospital: HospitalFacts;
  /** Parties who stand on the platforms' shared list. */
  readonly listed: readonly Party[];
  /** The platform, and whether the ministry had designated it on the day of submission. */
  readonly platform: { readonly id: string; readonly designated: boolean };
  readonly earlierRaises: readonly EarlierRaise[];
  /** A reviewer reconciled the expense list and lines that are on file. */
  readonly expensesReconciled: boolean;
}

/** What the gates at a request for money look at. */
export interface ReleaseFacts {
  readonly edition: Edition;
  readonly mode: ReleaseMode;
  readonly payeeKind: PayeeKind;
  /** All money credited to date. */
  readonly raisedFen: bigint;
  readonly published: ReadonlySet<PublicityItem>;
  readonly documents: ReadonlySet<DocumentKind>;
  /** ROUTE found a restriction before: it stays. */
  readonly restrictedBefore: boolean;
  readonly raiseOpen: boolean;
  readonly requestedFen: bigint;
  /** Single releases asked for before and not refused. */
  readonly singleReleasedFen: bigint;
  readonly batchesBp: readonly number[];
  readonly hospitalContactRecorded: boolean;
  /** Sponsor and help-seeker both signed the plan and the list that are on file. */
  readonly planSignedByBoth: boolean;
}

/** What DISBURSE-REVIEW looks at when money is about to leave. */
export interface DisbursementFacts {
  readonly edition: Edition;
  readonly reviewedBy: string | null;
  readonly makerId: string;
  readonly signatures: readonly { readonly checkerId: string; readonly decision: 'approve' | 'reject'; readonly digest: string }[];
  readonly signedDigest: string;
  readonly currentDigest: string;
  readonly voided: boolean;
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

/** What RECEIPT looks at after the money arrived. */
export interface ReceiptFacts {
  readonly edition: Edition;
  readonly payeeKind: PayeeKind;
  readonly receipt: 'awaited' | 'signed' | 'denied';
  readonly nowMs: number;
  readonly heldFromMs: number;
}

/** What FEES looks at when a payout is made up. */
export interface FeeFacts {
  readonly schedule: FeeSchedule;
  readonly shownVersion: number;
  readonly chargedVersion: number;
  readonly grossFen: bigint;
  readonly serviceChargedFen: bigint;
  /** The release was charged before and its payment came back: the replacement is charged nothing. */
  readonly chargedBefore: boolean;
  readonly feeFen: bigint;
}

type Facts = Finding['facts'];
type Sentence = { readonly zh: string; readonly en: string };
export const pass = (rule: RuleId, facts: Facts, s: Sentence): Finding => ({ rule, verdict: 'pass', facts, ...s });
export const fail = (rule: RuleId, facts: Facts, s: Sentence): Finding => ({ rule, verdict: 'fail', facts, ...s });
export const needs = (rule: RuleId, facts: Facts, s: Sentence): Finding => ({ rule, verdict: 'needs', facts, ...s });
