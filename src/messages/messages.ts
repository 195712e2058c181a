import { defineQuery, defineUpdate } from '@temporalio/workflow';

/** What a workflow can be told. The news itself stands in Postgres; a notice says that there is some. */
export type CampaignNotice =
  | 'submitted'
  | 'evidence-changed'
  | 'identity-resolved'
  | 'audit-decided'
  | 'sponsor-closed'
  | 'target-reached'
  | 'return-due'
  | 'custody-credited'
  | 'release-requested'
  | 'release-unlocked'
  | 'release-closed'
  | 'hold-changed'
  | 'raise-extended'
  | 'stopped'
  | 'surplus-declared'
  | 'refund-finished'
  | 'repaired';
export type ReleaseNotice =
  | 'started'
  | 'reviewed'
  | 'approval-changed'
  | 'account-changed'
  | 'payout-settled'
  | 'bank-returned'
  | 'receipt-given'
  | 'evidence-decided'
  | 'hold-changed'
  | 'cancelled'
  | 'repaired';
export type TransferNotice = 'started' | 'bank-line' | 'cancelled' | 'repaired';
/** `approved`: the last signature on a payout batch's proposal. */
export type PayoutBatchNotice = 'approved' | 'repaired';
export type RefundNotice = 'started' | 'returns-settled' | 'return-retried' | 'repaired';
export type ComplaintNotice = 'filed' | 'acknowledged' | 'decided' | 'appealed' | 'repaired';
/** `payout-booked`: what a recall waited for; `ended`: by whoever found its end. */
export type RecallNotice = 'confirmed' | 'payout-booked' | 'ended' | 'repaired';
export type ReconciliationNotice = 'moved' | 'repaired';
export type SupervisionNotice = 'opened' | 'paid' | 'updated' | 'ended' | 'repaired';

export interface Notice {
  /** The outbox row's id: also the Update's id, so that a second delivery is answered and not heard twice. */
  readonly id: string;
  readonly notice:
    | CampaignNotice
    | ReleaseNotice
    | TransferNotice
    | PayoutBatchNotice
    | RefundNotice
    | ComplaintNotice
    | SupervisionNotice
    | ReconciliationNotice
    | RecallNotice;
  /** The test clock's time at delivery, epoch ms; null on real timers. */
  readonly clockMs: number | null;
}

/** Tells a workflow that something in Postgres concerns it. Records and returns; the main line acts. */
export const noticeUpdate = defineUpdate<void, [Notice]>('notice');

export interface Idle {
  /** When the workflow next wants to act on its own, epoch ms of business time; null: only when told. */
  readonly nextDeadlineMs: number | null;
  /** Times the main line woke up so far; two equal answers in a row mean that nothing moved between. */
  readonly wakes: number;
}

/** Moves a workflow's test clock and returns once the workflow is idle there. */
export const advanceUpdate = defineUpdate<Idle, [number]>('advance');

/** Where the workflow's story stands, in a word, for people who look at it in Temporal. Dashboards read Postgres. */
export const chapterQuery = defineQuery<string>('chapter');

/** What a workflow is started with. Everything else it reads from Postgres, so a new run needs no more than this. */
export interface WorkflowInput {
  readonly id: string;
  /** The test clock's time, epoch ms; null on real timers. */
  readonly clockMs: number | null;
}

/** One queue per reliability class. */
export const QUEUES = { orchestration: 'orchestration', database: 'database', payment: 'payment' } as const;
