import { editionOf } from '../../src/domain/convention/editions';
import type { DisbursementFacts, OpeningFacts, ReceiptFacts, ReleaseFacts } from '../../src/domain/convention/facts';
import { DOCUMENT_KINDS, PUBLICITY_ITEMS, type DocumentKind, type PublicityItem } from '../../src/domain/convention/terms';

export const CONVENTION_1 = editionOf('convention-1.0');
export const CONVENTION_2 = editionOf('convention-2.0');

/** ¥ as fen: yuan('300000.01') → 30000001n. */
export function yuan(text: string): bigint {
  const [whole, cents = ''] = text.split('.');
  return BigInt(whole!) * 100n + BigInt(cents.padEnd(2, '0'));
}

export const ALL_DOCUMENTS: ReadonlySet<DocumentKind> = new Set(DOCUMENT_KINDS);
export const ALL_ITEMS: ReadonlySet<PublicityItem> = new Set(PUBLICITY_ITEMS);

/** Every member of a set but those named. */
export function without<T>(all: ReadonlySet<T>, ...missing: readonly T[]): ReadonlySet<T> {
  return new Set([...all].filter((one) => !missing.includes(one)));
}

/** A campaign that passes every gate before opening, but for what is changed. */
export function opening(over: Partial<OpeningFacts> = {}): OpeningFacts {
  return {
    edition: CONVENTION_2,
    askFen: yuan('100000'),
    documents: ALL_DOCUMENTS,
    published: ALL_ITEMS,
    patient: { verdict: 'match', resolution: null, minor: false },
    sponsor: { verdict: 'match', resolution: null, relation: 'spouse' },
    payeeKind: 'spouse',
    hospital: { registered: true, qualified: true, whitelisted: true },
    listed: [],
    platform: { id: 'water-drop', designated: true },
    earlierRaises: [],
    expensesReconciled: false,
    ...over,
  };
}

/** A single release that passes, but for what is changed. */
export function requesting(over: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    edition: CONVENTION_2,
    mode: 'single',
    payeeKind: 'spouse',
    raisedFen: yuan('30000'),
    published: ALL_ITEMS,
    documents: ALL_DOCUMENTS,
    restrictedBefore: false,
    raiseOpen: false,
    requestedFen: yuan('30000'),
    singleReleasedFen: 0n,
    batchesBp: [],
    hospitalContactRecorded: true,
    planSignedByBoth: true,
    ...over,
  };
}

/** A payment that maker and two checkers agree on, but for what is changed. */
export function disbursement(over: Partial<DisbursementFacts> = {}): DisbursementFacts {
  return {
    edition: CONVENTION_2,
    reviewedBy: 'reviewer',
    makerId: 'maker',
    signatures: [
      { checkerId: 'zhao', decision: 'approve', digest: 'd1' },
      { checkerId: 'qian', decision: 'approve', digest: 'd1' },
    ],
    signedDigest: 'd1',
    currentDigest: 'd1',
    voided: false,
    expiresAtMs: 1_000,
    nowMs: 0,
    ...over,
  };
}

/** A hospital that has signed, but for what is changed. */
export function receiving(over: Partial<ReceiptFacts> = {}): ReceiptFacts {
  return { edition: CONVENTION_2, payeeKind: 'institution', receipt: 'signed', nowMs: 0, heldFromMs: 1_000, ...over };
}
