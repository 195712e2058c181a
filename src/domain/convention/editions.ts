import { PUBLICITY_ITEMS, type PublicityItem, type RuleId } from './terms';

/**
 * An edition is immutable data: thresholds, windows, required items. A campaign is pinned to the edition in force, on its own clock, when it was submitted.
 * Source: Self-Discipline Convention 1.0 (2018-10-19) and 2.0 (2020-08-18), Measures of 2024-09-05; numbers the texts leave open are choices kept here.
 */
export interface Edition {
  readonly id: EditionId;
  /** First day in force, Asia/Shanghai. */
  readonly effectiveOn: string;
  readonly rules: ReadonlySet<RuleId>;
  readonly capFen: bigint;
  readonly route: { readonly restrictedAboveFen: bigint; readonly restrictedIfIncompleteAboveFen: bigint };
  readonly batch: { readonly minimumCount: number; readonly maximumBp: number; readonly evidenceBp: number };
  readonly publicity: { readonly items: readonly PublicityItem[]; readonly requiredAtOpening: readonly PublicityItem[] };
  readonly windows: Windows;
  readonly checkers: number;
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
}

export type EditionId = 'convention-1.0' | 'convention-2.0' | 'measures-2024';

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
};

const COMMON = {
  capFen: 50_000_000n,
  route: { restrictedAboveFen: 30_000_000n, restrictedIfIncompleteAboveFen: 5_000_000n },
  batch: { minimumCount: 2, maximumBp: 5_000, evidenceBp: 8_000 },
  publicity: { items: PUBLICITY_ITEMS, requiredAtOpening: ['identity', 'relation', 'diagnosis', 'hospital', 'cost-plan'] },
  windows: WINDOWS,
  checkers: 2,
} as const;

const RULES_1: readonly RuleId[] = ['ASK-CAP', 'PRE-AUDIT', 'PUBLICITY', 'DISBURSE-REVIEW', 'RECEIPT', 'FEES'];
const RULES_2: readonly RuleId[] = [
  'ASK-CERT',
  'IDENTITY',
  'PAYEE',
  'PRE-AUDIT',
  'PUBLICITY',
  'ROUTE',
  'BATCH',
  'DISBURSE-REVIEW',
  'RECEIPT',
  'FEES',
];

/** In order of effect. */
export const EDITIONS: readonly Edition[] = [
  { id: 'convention-1.0', effectiveOn: '2018-10-19', rules: new Set(RULES_1), ...COMMON },
  { id: 'convention-2.0', effectiveOn: '2020-08-18', rules: new Set(RULES_2), ...COMMON },
  { id: 'measures-2024', effectiveOn: '2024-09-05', rules: new Set(RULES_2), ...COMMON },
];

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
