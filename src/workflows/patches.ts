/**
 * Changes of what a workflow asks for, by name, so that runs begun by older code replay as they went (docs/operations.md, "Changing a workflow").
 * A name is never used for another change, and goes when no run of before it is open anywhere.
 */
/** Publicity also waits for open objections: campaign and release read where it stands. */
export const OBJECTIONS = 'objections-heard';
/** Money may go back to the donors: the campaign's act that starts releases begins refunds too. */
export const REFUNDS = 'refunds-begun';
/** A release may be cancelled while it waits for a corrected account. */
export const CANCELLATIONS = 'releases-cancelled';
/** A round of refunds is sent in calls of limited length. */
export const SWEEPS = 'refunds-in-sweeps';
/** A transfer that waits for its clearing wakes when that opens. */
export const CLEARING_HOURS = 'clearing-hours';
