import type { IdentityVerdict, DocumentKind, PublicityItem, Relation } from './terms';

/** DOUBLE-AUDIT: truth is per claim, never one flag. Convention 2.0. */
export const CLAIMS = [
  'identity-patient',
  'identity-sponsor',
  'relation',
  'diagnosis',
  'diagnosis-source',
  'hospital',
  'cost-incurred',
  'cost-expected',
  'insurance',
  'assets-houses',
  'assets-cars',
  'income',
  'other-aid',
  'other-raises',
  'account-ownership',
] as const;
export type Claim = (typeof CLAIMS)[number];

export const CLAIM_STATES = ['declared', 'evidenced', 'verified', 'contradicted'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/** How a person found out. */
export const PERSONS_METHODS = ['document', 'phone-call', 'video-call', 'visit', 'hospital-inquiry', 'public-record', 'comparison'] as const;
export type ClaimMethod = (typeof PERSONS_METHODS)[number] | 'declaration' | 'identity-service' | 'name-check' | 'card-check';
/** Who says so: a named person, the machine from what is on file, or a service by its answer. */
export type ClaimSource = 'person' | 'machine' | 'identity-service' | 'bank';

/** What machine and services can tell of a claim. */
export interface MachineClaim {
  readonly claim: Claim;
  readonly state: ClaimState;
  readonly source: Exclude<ClaimSource, 'person'>;
  readonly method: ClaimMethod;
  /** Ids of the documents behind it. */
  readonly documents: readonly string[];
}

export interface ClaimFacts {
  /** The newest document of each kind on file. */
  readonly documents: ReadonlyMap<DocumentKind, string>;
  readonly published: ReadonlySet<PublicityItem>;
  readonly patient: IdentityVerdict;
  readonly sponsor: IdentityVerdict;
  readonly relation: Relation;
  /** The account on file with the bank's answer about its name and the four-element answer about the card; null while none is filed. */
  readonly account: { readonly nameCheck: IdentityVerdict | null; readonly cardCheck: IdentityVerdict | null } | null;
}

/** Which documents evidence a claim, all of them together; of several lists the first that is complete. */
const EVIDENCE: Readonly<Partial<Record<Claim, readonly (readonly DocumentKind[])[]>>> = {
  'identity-patient': [['id-cards']],
  'identity-sponsor': [['id-cards']],
  relation: [['relation-proof']],
  diagnosis: [['diagnosis']],
  'diagnosis-source': [['diagnosis', 'admission-record']],
  hospital: [['admission-record']],
  'cost-incurred': [['expense-list'], ['receipts']],
  'cost-expected': [['certificate'], ['medical-plan']],
};

/** Claims that the submission itself makes; the others are made by publishing an item. */
const PUBLISHED: Readonly<Partial<Record<Claim, PublicityItem>>> = {
  'cost-incurred': 'cost-plan',
  'cost-expected': 'cost-plan',
  insurance: 'insurance',
  'assets-houses': 'houses',
  'assets-cars': 'cars',
  income: 'income',
  'other-aid': 'social-aid',
  'other-raises': 'other-raises',
};

/** @returns what machine and services say of each claim that was made; a claim that nobody made is left out. */
export function machineClaims(facts: ClaimFacts): MachineClaim[] {
  return CLAIMS.flatMap((claim) => serviceSays(claim, facts) ?? filed(claim, facts) ?? []);
}

function serviceSays(claim: Claim, facts: ClaimFacts): MachineClaim | null {
  const says = (source: 'identity-service' | 'bank', method: ClaimMethod, verdict: 'match' | 'mismatch'): MachineClaim => ({
    claim,
    state: verdict === 'match' ? 'verified' : 'contradicted',
    source,
    method,
    documents: [],
  });
  const definite = (verdict: IdentityVerdict | null | undefined): verdict is 'match' | 'mismatch' => verdict === 'match' || verdict === 'mismatch';
  if (claim === 'identity-patient' || claim === 'identity-sponsor') {
    const verdict = claim === 'identity-patient' || facts.relation === 'self' ? facts.patient : facts.sponsor;
    return definite(verdict) ? says('identity-service', 'identity-service', verdict) : null;
  }
  if (claim !== 'account-ownership' || !facts.account) return null;
  const { nameCheck, cardCheck } = facts.account;
  // Either says no: no. The bank's yes is enough, the card's alone too.
  if (nameCheck === 'mismatch') return says('bank', 'name-check', 'mismatch');
  if (cardCheck === 'mismatch') return says('identity-service', 'card-check', 'mismatch');
  if (nameCheck === 'match') return says('bank', 'name-check', 'match');
  return cardCheck === 'match' ? says('identity-service', 'card-check', 'match') : null;
}

function filed(claim: Claim, facts: ClaimFacts): MachineClaim | null {
  // Who asks for themself shows the relation by being the patient.
  const evidence = (claim === 'relation' && facts.relation === 'self' ? [['id-cards'] as const] : EVIDENCE[claim])?.find((kinds) =>
    kinds.every((kind) => facts.documents.has(kind)),
  );
  if (evidence)
    return { claim, state: 'evidenced', source: 'machine', method: 'document', documents: evidence.map((kind) => facts.documents.get(kind)!) };
  const item = PUBLISHED[claim];
  const made = item ? facts.published.has(item) : claim !== 'account-ownership' || facts.account !== null;
  return made ? { claim, state: 'declared', source: 'machine', method: 'declaration', documents: [] } : null;
}
