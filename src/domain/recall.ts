/** Why a payout is asked back. */
export const RECALL_REASONS = ['duplicate', 'fraud', 'wrong-account', 'wrong-amount', 'not-due'] as const;
export type RecallReason = (typeof RECALL_REASONS)[number];

/** Where a recall stands. `accepted` is the bank's promise; `moot`: there was nothing to ask back any more. */
export const RECALL_STATES = ['asked', 'withdrawn', 'confirmed', 'sent', 'accepted', 'refused', 'returned', 'moot'] as const;
export type RecallState = (typeof RECALL_STATES)[number];

/** States in which a recall is under way: one at a time on a payout, and its campaign pays nothing meanwhile. */
export const STANDING_RECALLS: readonly RecallState[] = ['asked', 'confirmed', 'sent', 'accepted'];

/** Working days after which finance is told that the bank has not answered, or has accepted and booked nothing. The house's choice, no rule's (decision 0034). */
export const RECALL_PATIENCE_WORKING_DAYS = 10;
