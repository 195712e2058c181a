/** What the walk reads of the API's answers. Money is a decimal string of fen, times are RFC 3339. */
export type PayoutView = { id: string; attempt: number; state: string; grossFen: string; feeFen: string; netFen: string };

export type ReleaseView = {
  id: string;
  requestId: string;
  seq: number;
  batch: number;
  batches: number;
  mode: string;
  payeeKind: string;
  grossFen: string;
  urgent: boolean;
  stage: string;
  stageSince: string;
  receipt: string | null;
  evidenceAwaitingDecision: { id: string; amountFen: string }[];
  approval: { digest: string; expiresAt: string } | null;
  payouts: PayoutView[];
};

export type CampaignView = {
  id: string;
  edition: string;
  phase: string;
  now: string;
  askFen: string;
  openedAt: string | null;
  closedAt: string | null;
  endedAt: string | null;
  stoppedAt: string | null;
  stoppedBy: string[];
  route: string | null;
  rights: { donor: number };
  fees: { version: number };
  publicity: { complete: boolean };
  report: { verdict: string; current: boolean; findings: { rule: string; verdict: string }[] } | null;
  decision: { decision: string } | null;
  identity: { patient: PartyView; sponsor: PartyView | null } | null;
  evidenceRequests: { id: string; status: string }[];
  money: Record<'raisedFen' | 'paidFen' | 'feesFen' | 'refundedFen' | 'pendingFen' | 'giftsPaidFen' | 'returnedFen' | 'owedBackFen', string>;
  payeeAccount: { status: string; version: number; nameCheck: string | null } | null;
  holds: { rule: string; releaseId: string | null; placedAt: string; liftedAt: string | null }[];
  requests: { id: string; mode: string; amountFen: string; outcome: string; refusedBy: string[] }[];
  releases: ReleaseView[];
};

type PartyView = { verdict: string | null; resolution: string | null };
export type BankEntryView = {
  reference: string;
  endToEndId: string | null;
  amountFen: string;
  sign: 'DBIT' | 'CRDT';
  kind: string;
  willBounce: boolean;
  bounced: boolean;
};

/** Everything that is shown of one raise at one moment: to its platform, to the public, and by the bank. */
export type Look = {
  readonly campaign: CampaignView;
  readonly isPublic: boolean;
  readonly publicText: string;
  readonly bank: readonly BankEntryView[];
};

export const OVER: ReadonlySet<string> = new Set(['settled', 'refused', 'refunded']);
/** Payouts whose instruction has left the house. */
export const LEFT: ReadonlySet<string> = new Set(['submitted', 'unknown', 'succeeded', 'returned']);

/** @returns everything shown except the time, as one text: equal texts are equal states. */
export function stateOf({ campaign: { now: _now, ...campaign }, publicText, bank }: Look): string {
  return JSON.stringify([campaign, publicText, bank]);
}
