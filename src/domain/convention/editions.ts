import { announceEditions } from './announcement';
import { PUBLICITY_ITEMS, type PublicityItem, RULE_IDS, type RuleId } from './terms';

/**
 * An edition is immutable data: thresholds, windows, required items. A campaign is pinned to the edition in force, on its own clock, when it was submitted.
 * Source: Self-Discipline Convention 1.0 (2018-10-19) and 2.0 (2020-08-18), Measures of 2024-09-05; numbers the texts leave open are choices kept here.
 */
export interface Edition {
  readonly id: EditionId;
  /** First day in force, Asia/Shanghai. */
  readonly effectiveOn: string;
  /** When the edition was reported to the ministry, `YYYY-MM-DD`; null before the Measures of 2024 asked for it. */
  readonly reportedOn: string | null;
  readonly rules: ReadonlySet<RuleId>;
  readonly capFen: bigint;
  readonly route: { readonly restrictedAboveFen: bigint; readonly restrictedIfIncompleteAboveFen: bigint };
  readonly batch: { readonly minimumCount: number; readonly maximumBp: number; readonly evidenceBp: number };
  readonly publicity: { readonly items: readonly PublicityItem[]; readonly requiredAtOpening: readonly PublicityItem[] };
  readonly windows: Windows;
  readonly checkers: number;
  /** SECOND-ASK compares this ask alone with the cap, or this ask and those of the earlier raises together. */
  readonly secondAskBasis: 'single' | 'cumulative';
}

export interface Windows {
  readonly certificatePublicityHours: number;
  readonly payoutPublicityHours: number;
  readonly urgentPublicityHours: number;
  readonly fundraisingDays: number;
  readonly receiptDueWorkingDays: number;
  readonly receiptEscalatedWorkingDays: number;
  readonly receiptHeldWorkingDays: number;
  /** How long a signed approval may be used. */
  readonly approvalValidHours: number;
  /** A bounce may come this long after the debit; a campaign settles no earlier. */
  readonly lateReturnDays: number;
  readonly complaintAcknowledgedHours: number;
  readonly complaintAnsweredDays: number;
  /** How long a decided complaint, or a listing, may be appealed. */
  readonly appealDays: number;
  readonly refundDecidedDays: number;
  readonly progressDays: number;
  /** After each paid release the public hears of progress and use within so many working days. */
  readonly dutyAfterPaymentWorkingDays: number;
  /** CHARITY: a charity that was asked should have answered by then. */
  readonly referralAnsweredDays: number;
  /** A duty this long overdue is reminded, marked on the public page, and holds payouts. */
  readonly dutyRemindedWorkingDays: number;
  readonly dutyMarkedWorkingDays: number;
  readonly dutyHeldWorkingDays: number;
  readonly blacklistDays: number;
  /** The channel gives money back this long after the gift (WeChat Pay: one year). */
  readonly railRefundDays: number;
}

type EditionId = 'convention-1.0' | 'convention-2.0' | 'measures-2024';

const WINDOWS: Windows = {
  certificatePublicityHours: 72,
  payoutPublicityHours: 24,
  urgentPublicityHours: 6,
  fundraisingDays: 30,
  receiptDueWorkingDays: 3,
  receiptEscalatedWorkingDays: 5,
  receiptHeldWorkingDays: 7,
  approvalValidHours: 72,
  lateReturnDays: 7,
  complaintAcknowledgedHours: 24,
  complaintAnsweredDays: 15,
  appealDays: 15,
  refundDecidedDays: 15,
  progressDays: 30,
  dutyAfterPaymentWorkingDays: 5,
  referralAnsweredDays: 30,
  dutyRemindedWorkingDays: 1,
  dutyMarkedWorkingDays: 3,
  dutyHeldWorkingDays: 7,
  blacklistDays: 5 * 365,
  railRefundDays: 365,
};

const COMMON = {
  capFen: 50_000_000n,
  route: { restrictedAboveFen: 30_000_000n, restrictedIfIncompleteAboveFen: 5_000_000n },
  batch: { minimumCount: 2, maximumBp: 5_000, evidenceBp: 8_000 },
  publicity: { items: PUBLICITY_ITEMS, requiredAtOpening: ['identity', 'relation', 'diagnosis', 'hospital', 'cost-plan'] },
  windows: WINDOWS,
  checkers: 2,
  secondAskBasis: 'single',
} as const;

const SINCE_2020: readonly RuleId[] = ['ASK-CERT', 'SECOND-ASK', 'IDENTITY', 'ONE-RAISE', 'PAYEE', 'ROUTE', 'BATCH', 'CONDUCT'];
const SINCE_2024: readonly RuleId[] = ['DESIGNATION', 'CUSTODY', 'POLICE', 'REPORTS', 'RETAIN'];
const without = (...rules: readonly RuleId[]): ReadonlySet<RuleId> => new Set(RULE_IDS.filter((id) => !rules.includes(id)));

/** In order of effect. Where ASK-CERT is in force, a failed cap is reported as ASK-CERT alone. */
export const EDITIONS: readonly Edition[] = announceEditions([
  { id: 'convention-1.0', effectiveOn: '2018-10-19', reportedOn: null, rules: without(...SINCE_2020, ...SINCE_2024), ...COMMON },
  { id: 'convention-2.0', effectiveOn: '2020-08-18', reportedOn: null, rules: without('ASK-CAP', ...SINCE_2024), ...COMMON },
  { id: 'measures-2024', effectiveOn: '2024-09-05', reportedOn: '2024-09-05', rules: without('ASK-CAP'), ...COMMON },
]);

/** @throws {RangeError} for an unknown id. */
export function editionOf(id: string): Edition {
  const edition = EDITIONS.find((e) => e.id === id);
  if (!edition) throw new RangeError(`No edition ${id}; there are ${EDITIONS.map((e) => e.id).join(', ')}`);
  return edition;
}

/** @param date civil date, `YYYY-MM-DD`, Asia/Shanghai. @returns the edition in force that day. @throws {RangeError} before the first. */
export function editionInForce(date: string): Edition {
  const edition = EDITIONS.findLast((e) => e.effectiveOn <= date);
  if (!edition) throw new RangeError(`No edition was in force on ${date}; the first took effect on ${EDITIONS[0]!.effectiveOn}`);
  return edition;
}
