import { patched } from '@temporalio/workflow';
import type { WorkflowInput } from '../messages/messages';
import { OBJECTIONS, REFUNDS } from './patches';
import { database, payment, reading } from './doors';
import { Story } from './story';

type CampaignEnd = 'refused' | 'settled' | 'refunded';

const NOTICES = new Set([
  'submitted',
  'evidence-changed',
  'identity-resolved',
  'audit-decided',
  'sponsor-closed',
  'target-reached',
  'return-due',
  'custody-credited',
  'release-requested',
  'release-unlocked',
  'release-closed',
  'hold-changed',
  'raise-extended',
  'stopped',
  'surplus-declared',
  'refund-finished',
  'repaired',
]);
/** Money that the channel still owes the custody account is looked for again at least this often. */
const BOOKS_CHECK_MS = 24 * 3_600_000;
/** A return that the channel could not make at once is tried again after this. */
const RETURN_RETRY_MS = 10 * 60_000;

/** The life of a campaign. Each verb asks Postgres where it stands, so a run begun anew goes on from there. */
export async function campaign(input: WorkflowInput): Promise<CampaignEnd> {
  const c = new Campaign(input);
  if (!(await c.passesPriorAudit())) return c.isRefused();
  await c.publicisesItsCertificate();
  if (!(await c.opens())) return c.isRefused();
  await c.raisesUntilClosed();
  await c.settlesItsBooks();
  await c.releasesItsMoney();
  return c.settles();
}

class Campaign {
  readonly #id: string;
  readonly #story: Story;

  constructor(input: WorkflowInput) {
    this.#id = input.id;
    this.#story = new Story(input, NOTICES);
  }

  /** DOUBLE-AUDIT, PRE-AUDIT: the machine reports, anew whenever the evidence changed; then a named person decides. */
  async passesPriorAudit(): Promise<boolean> {
    this.#story.chapter('prior audit');
    const decision = await this.#story.hears(async () => {
      const standing = await reading.auditStanding(this.#id);
      if (standing.decision === null && standing.reportIsStale) await payment.reportByMachine(this.#id, this.#story.now());
      return standing.decision;
    });
    return decision === 'approve';
  }

  async isRefused(): Promise<CampaignEnd> {
    await database.refuseCampaign(this.#id, this.#story.now());
    return this.#story.ends('refused');
  }

  /** ASK-CERT: the certificate is on the public page for the edition's window before a single gift, and longer while an objection to it is open. */
  async publicisesItsCertificate(): Promise<void> {
    const endsAtMs = await database.beginCertificatePublicity(this.#id, this.#story.now());
    if (endsAtMs === null) return;
    this.#story.chapter('certificate publicity');
    // Runs of before objections were heard go on as they began.
    while (!patched(OBJECTIONS) && this.#story.now() < endsAtMs) await this.#story.waitUntil(endsAtMs);
    while (patched(OBJECTIONS)) {
      const standing = await reading.certificateStanding(this.#id, this.#story.now());
      if (standing === 'over') return;
      await this.#story.waitUntil(standing === 'running' ? endsAtMs : null);
    }
  }

  /**
   * Every gate is asked once more: what stood at the audit may have changed. @returns false when a rule forbids the raise now.
   * Runs of before this answer have none in their history: those were opened.
   */
  async opens(): Promise<boolean> {
    return (await database.openRaise(this.#id, this.#story.now())) !== false;
  }

  /** Watches target, deadline, sponsor and verdicts; money may already be asked for, and excess goes back at once. */
  async raisesUntilClosed(): Promise<void> {
    this.#story.chapter('fundraising');
    for (;;) {
      await this.#returnsExcess();
      await this.#movesMoneyOn();
      const raise = await reading.raiseStanding(this.#id, this.#story.now());
      if (!raise.open) return;
      if (raise.closeBy !== null) await database.closeRaise(this.#id, this.#story.now(), raise.closeBy);
      else await this.#story.waitUntil(raise.closesAtMs);
    }
  }

  /** Every gift's money is in custody before the rest of it is released. */
  async settlesItsBooks(): Promise<void> {
    this.#story.chapter('settlement of the books');
    await payment.collectLateOrders(this.#id, this.#story.now());
    for (;;) {
      await this.#returnsExcess();
      await this.#movesMoneyOn();
      if (await database.settleBooks(this.#id, this.#story.now())) return;
      await this.#story.waitUntil(this.#story.now() + BOOKS_CHECK_MS);
    }
  }

  /** One release after another as each unlocks the next, until no fen is pending. Once it is stopped, what is unspent goes back to the donors. */
  async releasesItsMoney(): Promise<void> {
    this.#story.chapter('release of the money');
    for (;;) {
      const returnsLeft = await this.#returnsExcess();
      await this.#movesMoneyOn();
      if (await reading.isPaidOut(this.#id)) return;
      await this.#story.waitUntil(returnsLeft ? this.#story.now() + RETURN_RETRY_MS : null);
    }
  }

  async settles(): Promise<CampaignEnd> {
    const end = await database.settleCampaign(this.#id, this.#story.now());
    return this.#story.ends(end ?? 'settled');
  }

  /** Begins what is due: releases, and once the campaign is stopped, the refund. The same act had a smaller name in runs of before the refunds. */
  async #movesMoneyOn(): Promise<void> {
    await (patched(REFUNDS) ? database.moveMoneyOn : database.startDueReleases)(this.#id, this.#story.now());
  }

  /** @returns whether something is still due back. */
  async #returnsExcess(): Promise<boolean> {
    if (!(await reading.returnsAreDue(this.#id))) return false;
    return payment.returnExcess(this.#id, this.#story.now());
  }
}
