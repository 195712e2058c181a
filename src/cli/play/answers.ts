/** What the public API answers, as far as a play reads it. Money is a decimal string of fen, times are RFC 3339. */

export type Login = { login: string; password: string };

export type Tenant = {
  tenantId: string;
  clockId: string | null;
  now: string;
  platformKey: string;
  logins: { reviewer: Login; operator: Login; maker: Login; checkerA: Login; checkerB: Login };
};

export type Institution = {
  name: string;
  uscc: string;
  hospitalKey: string | null;
  hospitalLogin: Login | null;
  account: { number: string; name: string; bankCode: string } | null;
};

export type ClockState = { clockId: string; now: string; status: 'ready' | 'advancing'; nextDueAt: string | null };

export type BankEntry = {
  reference: string;
  endToEndId: string | null;
  amountFen: string;
  sign: 'DBIT' | 'CRDT';
  kind: string;
  willBounce: boolean;
  bounced: boolean;
};

type Payout = { id: string; attempt: number; state: string; netFen: string; bookedAt: string | null; waitsUntil: string | null };

type ReleaseStage =
  | 'planned'
  | 'review'
  | 'publicity'
  | 'approval'
  | 'transfer'
  | 'correction'
  | 'receipt'
  | 'evidence'
  | 'watch'
  | 'closed'
  | 'refused'
  | 'cancelled';

export type Release = {
  id: string;
  seq: number;
  batch: number;
  batches: number;
  mode: string;
  payeeKind: string;
  grossFen: string;
  feeFen: string | null;
  netFen: string | null;
  stage: ReleaseStage;
  stageSince: string;
  receipt: 'awaited' | 'signed' | 'overdue' | 'denied' | null;
  checkers: number;
  /** What stands to be signed, or is signed; null before, and once it was voided. */
  approval: { digest: string } | null;
  payouts: Payout[];
};

export type ReleaseRequest = { id: string; mode: string; outcome: 'accepted' | 'refused'; refusedBy: string[] };
type IdentityState = { verdict: string | null; resolution: string | null };

/** Versions of the rules in force, by party. */
export type Rights = { seeker: number; sponsor: number; donor: number };

export type Campaign = {
  id: string;
  edition: string;
  phase: string;
  phaseSince: string;
  now: string;
  openedAt: string | null;
  closesAt: string | null;
  stoppedBy: string[];
  route: 'single' | 'restricted' | null;
  report: { id: string; verdict: 'pass' | 'fail' | 'needs'; findings: { rule: string; verdict: string }[] } | null;
  decision: { decision: string } | null;
  identity: { patient: IdentityState; sponsor: IdentityState | null } | null;
  money: { raisedFen: string; paidFen: string; feesFen: string; refundedFen: string; pendingFen: string };
  payeeAccount: { status: string; version: number; nameCheck: string | null } | null;
  duties: { kind: string; dueAt: string; doneAt: string | null }[];
  rights: Rights;
  fees: { version: number };
  holds: { rule: string; releaseId: string | null; liftedAt: string | null }[];
  requests: ReleaseRequest[];
  releases: Release[];
  blacklisted?: boolean;
};

export type HospitalPayout = { id: string; releaseId: string; campaignId: string; netFen: string; receipt: string };
export type WorkflowRuns = { runs: { workflowId: string; historyEvents: number }[] };
export type Verification = { ledger: Verified; auditChain: Verified };
type Verified = { verified: boolean; differences: unknown[] };
export type Gift = { id: string; status: 'ordered' | 'refused' };
export type Payments = { paid: number; acknowledged: number; failed: { giftId: string; status: unknown }[] };
