import { patched } from '@temporalio/workflow';
import type { WorkflowInput } from '../messages/messages';
import { CANCELLATIONS, OBJECTIONS } from './patches';
import { database, payment, reading } from './doors';
import { Story } from './story';

type ReleaseEnd = 'closed' | 'refused' | 'cancelled';

const NOTICES = new Set([
  'started',
  'reviewed',
  'approval-changed',
  'account-changed',
  'payout-settled',
  'bank-returned',
  'receipt-given',
  'evidence-decided',
  'hold-changed',
  'cancelled',
  'repaired',
]);

/**
 * One release of money: reviewed, publicised, approved, paid, signed for, used; a bounce at any later time begins the payment anew. It is cancelled when
 * the campaign is stopped while its money has not left, or has come back.
 */
export async function release(input: WorkflowInput): Promise<ReleaseEnd> {
  const r = new Release(input);
  const review = await r.isReviewed();
  if (review === 'refuse') return r.isRefused();
  if (review === 'cancelled' || !(await r.isPublicised())) return r.isCancelled();
  for (;;) {
    const payoutId = await r.isApproved();
    if (payoutId === 'cancelled') return r.isCancelled();
    if ((await r.isPaid(payoutId)) && (await r.isSignedFor(payoutId)) && (await r.isUsed(payoutId)) && (await r.stands(payoutId))) return r.closes();
    if (!(await r.isCorrected())) return r.isCancelled();
  }
}

class Release {
  readonly #id: string;
  readonly #story: Story;

  constructor(input: WorkflowInput) {
    this.#id = input.id;
    this.#story = new Story(input, NOTICES);
  }

  /** DISBURSE-REVIEW: a named reviewer looks at the release before it is shown. */
  async isReviewed(): Promise<'approve' | 'refuse' | 'cancelled'> {
    this.#story.chapter('review');
    await database.beginReview(this.#id, this.#story.now());
    return (await this.#story.hears(() => reading.reviewOf(this.#id)))!;
  }

  async isRefused(): Promise<ReleaseEnd> {
    await database.refuseRelease(this.#id, this.#story.now());
    return this.#story.ends('refused');
  }

  /**
   * The public sees the payout for the edition's window, and longer while an objection to it is open. The payee's account is checked by name with the bank
   * meanwhile. @returns false when the release was cancelled.
   */
  async isPublicised(): Promise<boolean> {
    this.#story.chapter('publicity');
    const endsAtMs = await database.beginPublicity(this.#id, this.#story.now());
    for (;;) {
      await this.#checksAccount();
      if (!patched(OBJECTIONS)) {
        if (!(await this.#heardBefore(endsAtMs))) return true;
        continue;
      }
      const standing = await reading.publicityStanding(this.#id, this.#story.now());
      if (standing === 'over' || standing === 'cancelled') return standing === 'over';
      await this.#story.waitUntil(standing === 'running' ? endsAtMs : null);
    }
  }

  /** Maker and two checkers sign one digest; holds are lifted; everything is checked again as the payout is made up. @returns its id. */
  async isApproved(): Promise<string | 'cancelled'> {
    this.#story.chapter('approval');
    await database.beginApproval(this.#id, this.#story.now());
    const payoutId = await this.#story.hears(async () => {
      await this.#checksAccount();
      return database.preparePayout(this.#id, this.#story.now());
    });
    return payoutId!;
  }

  /** The transfer ends in success or failure, never in between. */
  async isPaid(payoutId: string): Promise<boolean> {
    this.#story.chapter('transfer');
    await database.startTransfer(payoutId, this.#story.now());
    const state = await this.#story.hears(() => reading.settledState(payoutId));
    return state !== 'failed';
  }

  /** RECEIPT: reminded when due, escalated, held when overdue or denied. Persons sign by the evidence of use. @returns false after a bounce. */
  async isSignedFor(payoutId: string): Promise<boolean> {
    this.#story.chapter('receipt');
    const steps = await database.beginReceipt(this.#id, payoutId, this.#story.now());
    for (const step of [...steps, { atMs: null, then: null }]) {
      const heard = await this.#story.hears(async () => {
        if (await this.#hasBounced(payoutId)) return 'bounced';
        const receipt = await reading.receiptOf(this.#id);
        if (receipt === 'denied') await database.holdForReceipt(this.#id, this.#story.now());
        return receipt === 'signed' || receipt === null ? 'signed' : null;
      }, step.atMs);
      if (heard !== null) return heard === 'signed';
      if (step.then === 'receipt-held') await database.holdForReceipt(this.#id, this.#story.now());
      else if (step.then !== null) await database.remind(payoutId, step.then, this.#story.now());
    }
    return false;
  }

  /** BATCH: accepted receipts for ≥ 80 % of what was paid unlock the next batch. @returns false after a bounce. */
  async isUsed(payoutId: string): Promise<boolean> {
    this.#story.chapter('evidence of use');
    await database.beginEvidence(this.#id, this.#story.now());
    const heard = await this.#story.hears(async () => {
      if (await this.#hasBounced(payoutId)) return 'bounced';
      return (await reading.useIsEvidenced(this.#id)) ? 'used' : null;
    });
    if (heard === 'bounced') return false;
    await database.unlockNext(this.#id, this.#story.now());
    return true;
  }

  /** The bank may return money for days after the debit; then it is asked once more, in case its word was lost. */
  async stands(payoutId: string): Promise<boolean> {
    this.#story.chapter('watching for a late return');
    const untilMs = await database.beginWatch(this.#id, this.#story.now());
    const bounced = await this.#story.hears(async () => ((await this.#hasBounced(payoutId)) ? true : null), untilMs);
    if (bounced) return false;
    await payment.askForLateReturn(payoutId);
    return !(await this.#hasBounced(payoutId));
  }

  /** The payee's account is filed anew, checked by name and accepted; then the approval begins again. @returns false when the release was cancelled. */
  async isCorrected(): Promise<boolean> {
    this.#story.chapter('correction');
    await database.beginCorrection(this.#id, this.#story.now());
    const standing = await this.#story.hears(async () => {
      await this.#checksAccount();
      if (!patched(CANCELLATIONS)) return (await reading.accountIsCorrected(this.#id)) ? 'corrected' : null;
      return reading.correctionStanding(this.#id);
    });
    return standing === 'corrected';
  }

  /** Its money is free again; that was written where it was decided. */
  async isCancelled(): Promise<ReleaseEnd> {
    return this.#story.ends('cancelled');
  }

  async closes(): Promise<ReleaseEnd> {
    await database.closeRelease(this.#id, this.#story.now());
    return this.#story.ends('closed');
  }

  /** How runs of before the objections wait for the end of their publicity. @returns false when it is over. */
  async #heardBefore(endsAtMs: number): Promise<boolean> {
    return this.#story.now() < endsAtMs && (await this.#story.waitUntil(endsAtMs));
  }

  async #checksAccount(): Promise<void> {
    if (await reading.accountAwaitsNameCheck(this.#id)) await payment.checkAccountName(this.#id, this.#story.now());
  }

  async #hasBounced(payoutId: string): Promise<boolean> {
    if (!(await reading.returnIsBooked(payoutId))) return false;
    await database.recordReturn(payoutId, this.#story.now());
    return true;
  }
}
