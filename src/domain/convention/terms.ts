/** The Convention's nouns, as closed unions. Kinds, items and modes keep the spelling of the case format. */
export const RULE_IDS = [
  'ASK-CAP',
  'ASK-CERT',
  'SECOND-ASK',
  'IDENTITY',
  'DOUBLE-AUDIT',
  'PRE-AUDIT',
  'PUBLICITY',
  'PAYEE',
  'ROUTE',
  'BATCH',
  'DISBURSE-REVIEW',
  'RECEIPT',
  'BLACKLIST',
  'RUMOUR',
  'SUPERVISE',
  'DISCLOSE',
  'FEES',
  'RIGHTS',
  'CHARITY',
  'CONDUCT',
  'ONE-RAISE',
  'COMPLAINT',
  'SURPLUS',
  'CONTROL-LOOP',
  'REFUND',
  'DEATH',
  'DESIGNATION',
  'CUSTODY',
  'POLICE',
  'REPORTS',
  'RETAIN',
] as const;
export type RuleId = (typeof RULE_IDS)[number];

export const PUBLICITY_ITEMS = [
  'identity',
  'relation',
  'diagnosis',
  'hospital',
  'treatment-plan',
  'cost-plan',
  'income',
  'houses',
  'cars',
  'insurance',
  'social-aid',
  'other-raises',
  'use-of-funds',
  'payee',
] as const;
export type PublicityItem = (typeof PUBLICITY_ITEMS)[number];

export const DOCUMENT_KINDS = [
  'id-cards',
  'relation-proof',
  'diagnosis',
  'admission-record',
  'certificate',
  'medical-plan',
  'expense-list',
  'receipts',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export const RELATIONS = ['self', 'guardian', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'friend'] as const;
export type Relation = (typeof RELATIONS)[number];

export const PAYEE_KINDS = [
  'seeker',
  'guardian',
  'spouse',
  'parent',
  'child',
  'sibling',
  'grandparent',
  'grandchild',
  'institution',
  'friend',
  'company',
  'other',
] as const;
export type PayeeKind = (typeof PAYEE_KINDS)[number];

/** Civil Code 1045, the relatives the Convention lets be paid. */
export const CLOSE_RELATIVES: ReadonlySet<string> = new Set(['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild']);

/** The people and institutions of a campaign that BLACKLIST looks at. */
export const PARTIES = ['patient', 'sponsor', 'payee'] as const;
export type Party = (typeof PARTIES)[number];

export const RELEASE_MODES = ['single', 'hospital-direct', 'batched'] as const;
export type ReleaseMode = (typeof RELEASE_MODES)[number];

export const IDENTITY_VERDICTS = ['match', 'mismatch', 'no-record', 'unavailable'] as const;
export type IdentityVerdict = (typeof IDENTITY_VERDICTS)[number];

export type Verdict = 'pass' | 'fail' | 'needs';

/** What a rule found: its facts and a sentence in both languages. A `needs` waits for a person or more evidence. */
export interface Finding {
  readonly rule: RuleId;
  readonly verdict: Verdict;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly zh: string;
  readonly en: string;
}
