/** What people did, as they would remember it: the judge asks them, not the system, whether a payment was agreed to. */
export interface Vote {
  readonly releaseId: string;
  readonly digest: string;
  readonly netFen: bigint;
  readonly accountNumber: string;
  readonly human: string;
  readonly makerHuman: string;
  readonly decision: 'approve' | 'reject';
  readonly expiresAtMs: number;
  readonly step: number;
  /** Whether the answer came back. */
  readonly answered: boolean;
}

type Happening =
  | { readonly kind: 'proposed'; readonly releaseId: string; readonly step: number }
  | { readonly kind: 'evidence'; readonly campaignId: string; readonly step: number }
  | { readonly kind: 'dismissed' | 'rehired'; readonly human: string; readonly step: number }
  | { readonly kind: 'held' | 'freed'; readonly campaignId: string; readonly step: number };

/** The people's memory of one seed. */
export class People {
  readonly votes: Vote[] = [];
  readonly happenings: Happening[] = [];
  /** Business time at each step, epoch ms. */
  readonly clock: number[] = [];

  /** @returns whether the last of two opposite happenings before a step was the first kind. */
  stands(kind: 'held' | 'dismissed', over: 'freed' | 'rehired', about: string, step: number): boolean {
    const last = this.happenings
      .filter(
        (h) =>
          (h.kind === kind || h.kind === over) && ('human' in h ? h.human === about : 'campaignId' in h && h.campaignId === about) && h.step < step,
      )
      .at(-1);
    return last?.kind === kind;
  }

  /** @returns whether the payment of a release was proposed anew after a step: what was signed until then is void. */
  proposedSince(releaseId: string, step: number): boolean {
    return this.happenings.some((h) => h.kind === 'proposed' && h.releaseId === releaseId && h.step > step);
  }

  /**
   * Whether people agreed to pay exactly this, as things stood when the worker began that sent it.
   * @returns what is missing; null when two humans other than the maker said yes to it, and nothing took that back.
   */
  missing(payment: {
    readonly releaseId: string;
    readonly campaignId: string;
    readonly netFen: bigint;
    readonly accountNumber: string;
    readonly beganAt: number;
  }): string | null {
    const { releaseId, campaignId, netFen, accountNumber, beganAt } = payment;
    if (this.stands('held', 'freed', campaignId, beganAt)) return 'a hold stood';
    const nowMs = this.clock[beganAt] ?? 0;
    const renewed = (since: number): boolean =>
      this.happenings.some(
        (h) =>
          h.step > since &&
          h.step < beganAt &&
          ((h.kind === 'proposed' && h.releaseId === releaseId) || (h.kind === 'evidence' && h.campaignId === campaignId)),
      );
    const votes = this.votes.filter((v) => v.releaseId === releaseId && v.step <= beganAt);
    const yes = votes.filter(
      (v) =>
        v.decision === 'approve' &&
        v.netFen === netFen &&
        v.accountNumber === accountNumber &&
        v.expiresAtMs > nowMs &&
        v.human !== v.makerHuman &&
        !renewed(v.step) &&
        !this.stands('dismissed', 'rehired', v.human, beganAt) &&
        !votes.some((other) => other.decision === 'reject' && other.digest === v.digest && !renewed(other.step)),
    );
    const humans = new Map<string, Set<string>>();
    for (const v of yes) humans.set(v.digest, (humans.get(v.digest) ?? new Set()).add(v.human));
    return [...humans.values()].some((set) => set.size >= 2) ? null : `${yes.length} valid approvals of ${netFen} fen to ${accountNumber}`;
  }
}
