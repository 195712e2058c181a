/** A class of records, what the law or the house's own rule says of it, and what happens when its time is over. */
export interface RetentionClass {
  readonly id: 'ledger' | 'decisions' | 'plea-records' | 'documents' | 'reveals' | 'sessions' | 'form-answers' | 'deliveries';
  /** Whole days on the business clock; null: kept as long as the house stands. */
  readonly days: number | null;
  readonly from: string;
  readonly then: 'kept' | 'deleted-on-request' | 'bytes-removed' | 'rows-removed';
  readonly source: string;
}

const YEAR = 365;

/** One entry each; docs/retention.md is this table, held by a test. */
export const RETENTION: readonly RetentionClass[] = [
  {
    id: 'ledger',
    days: 30 * YEAR,
    from: 'the posting',
    then: 'kept',
    source: 'Accounting archives management measures 2015 (MoF, SAA order 79): vouchers and ledgers 30 years. Ids and fen only.',
  },
  {
    id: 'decisions',
    days: null,
    from: 'the decision',
    then: 'kept',
    source: 'Convention DOUBLE-AUDIT, Measures 2024 RETAIN; PIPL 54, 56. Pseudonymous: sealed words lose their key with the person.',
  },
  {
    id: 'plea-records',
    days: 3 * YEAR,
    from: "the campaign's end",
    then: 'deleted-on-request',
    source:
      'E-commerce law 31 (three years after completion), for want of a period in the Measures 2024 as published; PIPL 19, 47. A plea that never opened is deletable at its end.',
  },
  {
    id: 'documents',
    days: 5 * YEAR,
    from: "the campaign's end",
    then: 'bytes-removed',
    source: "PIPL 19 (no longer than needed); civil limitation of three years (Civil Code 188) with two years' margin. The hash stays.",
  },
  {
    id: 'reveals',
    days: 3 * YEAR,
    from: 'the look',
    then: 'rows-removed',
    source: 'PIPL 56: records of processing at least three years. The audit chain keeps that it happened.',
  },
  { id: 'sessions', days: 180, from: "the session's end", then: 'rows-removed', source: 'Cybersecurity law 21: logs at least six months.' },
  {
    id: 'form-answers',
    days: 180,
    from: 'the answer',
    then: 'rows-removed',
    source: 'Cybersecurity law 21. Answers to keyed API requests, money among them, are kept for ever.',
  },
  {
    id: 'deliveries',
    days: 180,
    from: 'the delivery',
    then: 'rows-removed',
    source: 'Cybersecurity law 21: events of delivery at least six months.',
  },
];

const DAY_MS = 86_400_000;

/** @returns how long records of this class are kept, ms. @throws for a class that is kept as long as the house stands. */
export function keptMs(id: RetentionClass['id']): number {
  const days = RETENTION.find((one) => one.id === id)?.days;
  if (days === null || days === undefined) throw new RangeError(`${id} is kept`);
  return days * DAY_MS;
}

/** @returns until when a plea's record is kept against a request to delete it: a plea that the public never saw only until its end. */
export function pleaRecordEndsAt(openedAt: Date | null, endedAt: Date): Date {
  return openedAt === null ? endedAt : new Date(endedAt.getTime() + keptMs('plea-records'));
}
