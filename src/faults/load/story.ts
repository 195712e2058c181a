import { sign } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused, Unanswered } from '../http';
import { newDocument, type Props, type Stage } from './stage';
import type { Campaign, Gift, Release } from './answers';

const ENDS = new Set(['settled', 'refused', 'refunded']);
const GIFTS_AN_ORDER = 4;
const PAUSE_MS = 200;
/** A machine may owe an answer that takes a moment of the wall's time while the test clock stands. */
const PATIENT_LOOKS = 60;
const CHECKERS = ['checkerA', 'checkerB'] as const;

/**
 * One campaign from its submission to its end, on a test clock of its own. Nothing is remembered about what was done: each look at the campaign says what
 * is to be done next, so a request whose answer was lost is simply looked after. What was acknowledged goes into the journal.
 */
export class Story {
  #ordered: Gift[] | null = null;
  #paid = false;
  #complained: string | null = null;
  #decided = false;
  #nextDueMs: number | null = null;
  #nowMs: number;
  /** Where it stands, for whoever wonders. */
  chapter = 'submitted';

  constructor(
    private readonly props: Props,
    readonly stage: Stage,
  ) {
    this.#nowMs = Date.parse(stage.tenant.now);
  }

  /**
   * Plays to the end.
   * @param isOver when it shall be given up
   * @throws when it does not come to its end
   */
  async play(isOver: () => boolean): Promise<void> {
    let looks = PATIENT_LOOKS;
    while (!isOver()) {
      try {
        const campaign = await this.#look();
        this.chapter = `${campaign.phase} ${campaign.releases.map(({ stage }) => stage).join(',')}`;
        if (ENDS.has(campaign.phase)) return;
        if (await this.#act(campaign)) looks = PATIENT_LOOKS;
        else if (this.#nextDueMs !== null && this.#nextDueMs > this.#nowMs) {
          await this.#moveTo(this.#nextDueMs);
          looks = PATIENT_LOOKS;
        } else if ((looks -= 1) < 0) throw new Error(`campaign ${campaign.id} stands still in ${this.chapter}`);
        else await this.#moveTo(this.#nowMs);
      } catch (error) {
        // A refusal means that the story moved on, or not yet; an answer that did not come is looked after.
        if (!(error instanceof Unanswered) && !(error instanceof Refused && error.status === 409)) throw error;
        if (error instanceof Refused && (looks -= 1) < 0) throw error;
        await pause(PAUSE_MS);
      }
    }
    throw new Error(`campaign ${this.stage.campaignId} did not end in time: ${this.chapter}`);
  }

  #look(): Promise<Campaign> {
    return this.props.house.until<Campaign>('GET', `/v1/campaigns/${this.stage.campaignId}`, { bearer: this.stage.tenant.platformKey });
  }

  async #moveTo(toMs: number): Promise<void> {
    const { house, sandboxKey } = this.props;
    const path = `/v1/sandbox/clocks/${this.stage.tenant.clockId}`;
    const to = new Date(Math.max(toMs, this.#nowMs)).toISOString();
    const state = await house.once<{ now: string; nextDueAt: string | null }>('POST', `${path}/advance`, {
      bearer: sandboxKey,
      body: { to },
      timeoutMs: 90_000,
    });
    this.#nowMs = Date.parse(state.now);
    this.#nextDueMs = state.nextDueAt === null ? null : Date.parse(state.nextDueAt);
    if (toMs === this.#nowMs) await pause(PAUSE_MS);
  }

  /** @returns whether there was something to do. */
  async #act(campaign: Campaign): Promise<boolean> {
    const { sessions, plot } = this.stage;
    const { journal } = this.props;
    if (campaign.phase === 'prior-audit') {
      if (campaign.report?.verdict !== 'pass' || campaign.decision) return false;
      await this.#post(`/v1/campaigns/${campaign.id}/decision`, sessions.reviewer, { decision: 'approve', reason: 'Documents and person agree.' });
      journal.add({ what: 'decision', id: campaign.id, decision: 'approve' });
      return true;
    }
    if (campaign.payeeAccount?.status === 'filed' && campaign.payeeAccount.nameCheck === 'match') {
      await this.#post(`/v1/campaigns/${campaign.id}/payee-account/acceptance`, sessions.reviewer, { version: campaign.payeeAccount.version });
      return true;
    }
    const due = campaign.duties.find(({ doneAt, dueAt }) => doneAt === null && Date.parse(dueAt) <= this.#nowMs);
    if (due) {
      await this.#post(`/v1/campaigns/${campaign.id}/updates`, this.stage.tenant.platformKey, {
        kind: due.kind,
        text: 'The treatment goes on as planned.',
      });
      return true;
    }
    if (campaign.phase === 'fundraising') return this.#raise(campaign);
    if (plot.complaint && this.#complained && !this.#decided) return this.#decide();
    if (campaign.phase !== 'release') return false;
    if (!campaign.requests.some(({ outcome }) => outcome === 'accepted')) return this.#request(campaign);
    for (const release of campaign.releases) if (await this.#tend(campaign, release)) return true;
    return false;
  }

  async #raise(campaign: Campaign): Promise<boolean> {
    const { plot, tenant } = this.stage;
    const { house, sandboxKey } = this.props;
    this.#ordered ??= await this.#order(campaign);
    if (!this.#paid) {
      const giftIds = this.#ordered.map(({ id }) => id);
      await house.until('POST', '/v1/sandbox/payments', { bearer: sandboxKey, body: { tenantId: tenant.tenantId, giftIds }, timeoutMs: 60_000 });
      this.#paid = true;
      return true;
    }
    if (plot.complaint) {
      if (this.#complained) return this.#decide();
      this.#complained = await this.#complain(campaign.id);
      return true;
    }
    await this.#post(`/v1/campaigns/${campaign.id}/close`, tenant.platformKey, {});
    return true;
  }

  /** Orders under one key each; some are asked for twice, and the same key must give the same gifts. */
  async #order(campaign: Campaign): Promise<Gift[]> {
    const { plot, tenant } = this.stage;
    const { house, journal } = this.props;
    const consent = { version: campaign.rights.donor, feeVersion: campaign.fees.version };
    const ordered: Gift[] = [];
    for (let from = 0; from < plot.gifts; from += GIFTS_AN_ORDER) {
      const key = `gifts ${campaign.id} ${from}`;
      const gifts = Array.from({ length: Math.min(GIFTS_AN_ORDER, plot.gifts - from) }, (_, at) => ({ amountFen: String(40_001 + from + at) }));
      const ask = (): Promise<{ gifts: Gift[] }> =>
        house.until('POST', `/v1/campaigns/${campaign.id}/gifts`, { bearer: tenant.platformKey, key, body: { gifts, consent }, timeoutMs: 60_000 });
      let answer = await ask();
      // An order whose code did not come is asked for again: the channel may have been away.
      for (let tries = 0; tries < 40 && (tries === 0 || answer.gifts.some(({ codeUrl }) => codeUrl === null)); tries += 1) {
        const again = await ask();
        if (again.gifts.map(({ id }) => id).join() !== answer.gifts.map(({ id }) => id).join())
          throw new Error(`the key “${key}” gave other gifts the second time`);
        answer = again;
        if (answer.gifts.some(({ codeUrl }) => codeUrl === null)) await pause(PAUSE_MS);
      }
      journal.add(...answer.gifts.map(({ id, amountFen }) => ({ what: 'gift', id, orderKey: key, amountFen }) as const));
      ordered.push(...answer.gifts.filter(({ codeUrl }) => codeUrl !== null));
    }
    return ordered;
  }

  async #complain(campaignId: string): Promise<string> {
    const { tenant, sessions } = this.stage;
    const { id } = await this.#post<{ id: string }>(`/v1/campaigns/${campaignId}/complaints`, tenant.platformKey, {
      subject: 'plea',
      text: 'The family is said to own shopfronts that the page does not name.',
    });
    this.props.journal.add({ what: 'complaint', id });
    await this.#ruled(`/v1/complaints/${id}/acknowledgement`, sessions.operator, {});
    await this.#ruled(`/v1/complaints/${id}/admissibility`, sessions.operator, { admissible: true, reason: 'It names facts that can be checked.' });
    return id;
  }

  async #decide(): Promise<boolean> {
    const said = { reason: 'Land registry and family were heard.', reply: 'The platform looked into the complaint.' };
    await this.#ruled(`/v1/complaints/${this.#complained}/decision`, this.stage.sessions.operator, {
      verdict: 'upheld',
      ground: 'hidden-assets',
      ...said,
    });
    this.props.journal.add({ what: 'verdict', id: this.#complained! });
    this.#decided = true;
    return true;
  }

  async #request(campaign: Campaign): Promise<boolean> {
    const { plot, tenant } = this.stage;
    const day = new Date(this.#nowMs + 8 * 3_600_000).toISOString().slice(0, 10);
    const batches = plot.batches.map((basisPoints, at) => ({ basisPoints, purpose: `Course ${at + 1} of the treatment`, dueOn: day }));
    const how =
      plot.batches.length > 1
        ? { mode: 'batched', batches }
        : { mode: plot.payee === 'institution' ? 'hospital-direct' : 'single', purpose: 'Treatment as published' };
    const request = await this.props.house.until<{ id: string; outcome: string; refusedBy: string[] }>(
      'POST',
      `/v1/campaigns/${campaign.id}/release-requests`,
      {
        bearer: tenant.platformKey,
        key: `request ${campaign.id}`,
        body: { ...how, feeVersion: campaign.fees.version },
      },
    );
    if (request.outcome !== 'accepted') throw new Error(`the release was refused by ${request.refusedBy.join(', ')}`);
    this.props.journal.add({ what: 'release-request', id: request.id });
    return true;
  }

  async #tend(campaign: Campaign, release: Release): Promise<boolean> {
    const { sessions, account, tenant } = this.stage;
    const { house, journal } = this.props;
    const payout = release.payouts.findLast(({ state }) => state === 'succeeded');
    switch (release.stage) {
      case 'review':
        await this.#post(`/v1/releases/${release.id}/review`, sessions.reviewer, { decision: 'approve', reason: 'Amount, purpose and payee agree.' });
        journal.add({ what: 'review', id: release.id });
        return true;
      case 'approval':
        if (release.checkers >= 2 || (campaign.payeeAccount && campaign.payeeAccount.status !== 'accepted')) return false;
        return this.#approve(release);
      case 'correction': {
        if (campaign.payeeAccount?.status === 'filed') return false;
        // A new account of the same payee, at the same bank.
        const corrected = { ...this.props.people.account(account.name), bankCode: account.bankCode };
        await house.until('PUT', '/v1/sandbox/bank-accounts', { bearer: this.props.sandboxKey, body: { tenantId: tenant.tenantId, ...corrected } });
        await house.once('PUT', `/v1/campaigns/${campaign.id}/payee-account`, { bearer: tenant.platformKey, body: corrected });
        return true;
      }
      case 'receipt':
        return payout ? this.#signFor(campaign, payout) : false;
      case 'evidence': {
        const waiting = release.evidenceAwaitingDecision[0];
        if (waiting) {
          await this.#post(`/v1/use-evidence/${waiting.id}/decision`, sessions.reviewer, {
            decision: 'accept',
            reason: 'Receipts add up to the amount.',
          });
          return true;
        }
        // What is accepted already is heard by the workflow within a moment.
        if (!payout || release.evidencedFen !== '0') return false;
        const body = { amountFen: payout.netFen, document: newDocument() };
        const { id } = await house.once<{ id: string }>('POST', `/v1/releases/${release.id}/use-evidence`, {
          bearer: tenant.platformKey,
          key: `evidence ${payout.id} ${body.document.sha256}`,
          body,
        });
        journal.add({ what: 'evidence', id });
        return true;
      }
      default:
        return false;
    }
  }

  /** The maker proposes, two checkers sign the digest of exactly that. */
  async #approve(release: Release): Promise<boolean> {
    const { sessions } = this.stage;
    const { house, journal } = this.props;
    const digest =
      release.approval?.digest ??
      (await this.#post<{ approval: { digest: string } }>(`/v1/releases/${release.id}/approval`, sessions.maker, {})).approval.digest;
    for (const checker of CHECKERS) {
      const signed = { bearer: sessions[checker], key: `sign ${digest}`, body: { digest, decision: 'approve' } };
      await house.until('POST', `/v1/releases/${release.id}/approval/signatures`, signed);
      journal.add({ what: 'signature', digest, checker: this.stage.tenant.logins[checker].login });
      // The same key again, as a client would whose answer was lost: the same answer, one signature.
      await house.until('POST', `/v1/releases/${release.id}/approval/signatures`, signed);
    }
    return true;
  }

  async #signFor({ now }: Campaign, payout: Release['payouts'][number]): Promise<boolean> {
    const { institution, receiptKey } = this.stage;
    const answer = { outcome: 'confirm', amountFen: payout.netFen, signedAt: now };
    const text = `almoner-receipt\n${payout.id}\nconfirm\n${payout.netFen}\n${now}\n`;
    const signature = sign(null, Buffer.from(text), receiptKey).toString('base64');
    await this.#post(`/v1/payouts/${payout.id}/receipt`, institution.hospitalKey, { ...answer, signature }, `receipt ${payout.id} ${now}`);
    this.props.journal.add({ what: 'receipt', id: payout.id });
    return true;
  }

  /** Once: whether it happened shows when the campaign is looked at again. */
  #post<T = unknown>(path: string, bearer: string, body: object, key?: string): Promise<T> {
    return this.props.house.once<T>('POST', path, { bearer, body, ...(key ? { key } : {}) });
  }

  /** Until it is so: a refusal says that an earlier attempt, whose answer was lost, has done it. */
  async #ruled(path: string, bearer: string, body: object): Promise<void> {
    try {
      await this.props.house.until('POST', path, { bearer, body });
    } catch (error) {
      if (!(error instanceof Refused && error.status === 409)) throw error;
    }
  }
}
