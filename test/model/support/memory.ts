import type { CaseFile } from '../../../src/cli/play/caseFile';

type Proposal = {
  readonly digest: string;
  readonly by: string;
  readonly changes: number;
  readonly expiresAtMs: number;
  readonly signed: Map<string, string>;
};
type Evidence = { readonly releaseId: string; readonly amountFen: bigint; decision: 'accept' | 'reject' | null };

export const EVERY_ITEM = [
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

/**
 * The model: what people did to one raise and were answered “done” for. It keeps deeds, not verdicts of the system, and shares no rule with it:
 * what the deeds forbid is judged in `judgement.ts` and `invariants.ts` from the text of the Convention.
 */
export class Memory {
  readonly documents = new Map<string, string[]>();
  readonly published: Set<string>;
  payeeKind: string;
  payeeListed: boolean;
  payeeName: string;
  readonly resolved = new Map<string, string>();
  /** Business time at which a reviewer approved the prior audit, epoch ms. */
  approvedAtMs: number | null = null;
  /** Evidence and accounts changed so often: a signature binds the state that it was given on. */
  changes = 0;
  /** Whether the payee's name on the newest account is the one the bank knows. */
  accountIsTheirs = true;
  accountAccepted = false;
  readonly gifts = new Map<string, { amountFen: bigint; paid: boolean }>();
  restricted = false;
  readonly reviewed = new Map<string, string>();
  readonly publicSince = new Map<string, number>();
  readonly proposals = new Map<string, Proposal>();
  readonly complaints = new Map<string, { receiptNumber: string; state: 'filed' | 'admissible' | 'inadmissible' | 'upheld' | 'dismissed' }>();
  readonly deaths = new Map<string, 'reported' | 'confirmed' | 'mistaken'>();
  debtFen = 0n;
  hospitalContacted = false;
  readonly planSigned = new Set<string>();
  readonly receipts = new Map<string, 'confirm' | 'deny'>();
  readonly evidence = new Map<string, Evidence>();
  readonly refundRequests = new Map<string, 'asked' | 'decided'>();
  listed = false;

  constructor(
    readonly theCase: CaseFile,
    documents: ReadonlyMap<string, { sha256: string }>,
    payeeName: string,
  ) {
    this.payeeName = payeeName;
    for (const [kind, { sha256 }] of documents) if (kind !== 'receipts') this.documents.set(kind, [sha256]);
    this.published = new Set(theCase.published === 'all' ? EVERY_ITEM : theCase.published);
    this.payeeKind = theCase.payee.kind;
    this.payeeListed = Boolean(theCase.payee.blacklisted);
  }

  get publicityIsComplete(): boolean {
    return EVERY_ITEM.every((item) => this.published.has(item));
  }

  newest(kind: string): string | undefined {
    return this.documents.get(kind)?.at(-1);
  }

  /** COMPLAINT, DEATH: whether payouts must stand still now. */
  get frozen(): boolean {
    const open = [...this.complaints.values()].some(({ state }) => state === 'admissible');
    return open || [...this.deaths.values()].includes('reported');
  }

  /** Whether a verdict or a death ended it. */
  get stopped(): boolean {
    return [...this.complaints.values()].some(({ state }) => state === 'upheld') || [...this.deaths.values()].includes('confirmed');
  }

  get paidGiftsFen(): bigint {
    return [...this.gifts.values()].reduce((sum, { amountFen, paid }) => sum + (paid ? amountFen : 0n), 0n);
  }

  /** ROUTE: restricted above 300,000.00, or above 50,000.00 with anything unpublished; what was restricted once stays so. */
  judgeRoute(raisedFen: bigint): boolean {
    if (this.theCase.edition === 'convention-1.0') return false;
    if (raisedFen > 30_000_000n || (raisedFen > 5_000_000n && !this.publicityIsComplete)) this.restricted = true;
    return this.restricted;
  }

  /** BATCH: what of a release's payment is evidenced by accepted receipts, fen. */
  usedFen(releaseId: string): bigint {
    return [...this.evidence.values()].reduce((sum, e) => sum + (e.releaseId === releaseId && e.decision === 'accept' ? e.amountFen : 0n), 0n);
  }
}
