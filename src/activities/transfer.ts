import type { BankLink, PaymentOrder, QueryOutcome, SubmitOutcome } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, type Transaction } from '../database/connect';
import { DAY_MS, shanghaiDate } from '../domain/calendar';
import { disburseReview } from '../domain/convention/rules/disburseReview';
import { editionOf } from '../domain/convention/editions';
import { post } from '../ledger/post';
import { type ApprovalRow, currentContent, disbursementFacts } from '../records/approvals';
import { campaignRow } from '../records/campaigns';
import { openException } from '../records/exceptions';
import { tell } from '../records/outbox';
import { keyOf } from '../records/people';
import { moveStage, type PayoutRow, payoutRow, releaseRow, standingHolds } from '../records/releases';
import { oweAfterPayment } from '../records/supervision';
import type { PersonalData } from '../security/personalData';

/** A numbered place in the submit where a sandbox may have the worker killed. */
export type SubmitPoint = 'before-intent' | 'after-intent' | 'before-call' | 'after-call' | 'before-record' | 'after-record';

export interface TransferDependencies {
  readonly db: Database;
  readonly bank: BankLink;
  readonly personalData: PersonalData;
  /** Called at each point; in the sandbox it may not return. */
  readonly atPoint: (point: SubmitPoint, payout: PayoutRow) => Promise<void>;
  /** How long an order may be on its way before “not found” means that it never arrived, wall-clock ms; 0 on a test clock. */
  readonly visibilityMs: number;
}

/** `waiting`: not sent, because a hold stands. */
export type PursuedState = 'waiting' | 'submitted' | 'unknown' | 'succeeded' | 'failed';

const WORKFLOW = 'workflow:transfer';

/** What a transfer's workflow asks of the bank. */
export function createTransferActivities({ db, bank, personalData, atPoint, visibilityMs }: TransferDependencies) {
  return {
    payment: {
      /**
       * Sends the payout, or finds out what became of an earlier sending; always under the one id. An attempt that finds the payout on its way asks
       * first and sends again only when the bank has definitely never seen it.
       * @returns where the payout stands now.
       */
      async pursuePayout(payoutId: string, nowMs: number): Promise<PursuedState> {
        const payout = await payoutRow(db, payoutId);
        if (payout.state === 'returned') return 'succeeded';
        if (payout.state === 'succeeded' || payout.state === 'failed') return payout.state;
        if (payout.state !== 'reserved') {
          const outcome = await ask(payout);
          if (outcome.kind !== 'NOT_FOUND') return record(payout, outcome, nowMs);
          if (!(await isPastVisibility(payout))) return 'unknown';
        }
        return send(payout, nowMs);
      },
    },
  };

  async function ask(payout: PayoutRow): Promise<QueryOutcome> {
    return bank.query(payout.id, (await custodyOf(payout)).accountNumber);
  }

  async function send(payout: PayoutRow, nowMs: number): Promise<PursuedState> {
    await atPoint('before-intent', payout);
    const intent = await recordIntent(payout.id, nowMs);
    if (intent !== 'recorded') return intent;
    await atPoint('after-intent', payout);
    const order = await orderOf(payout, nowMs);
    await atPoint('before-call', payout);
    // A line under this id came before the order: it left before a restore. Then the bank is asked, and nothing is sent.
    const outcome = (await isBooked(payout.id)) ? await ask(payout) : await bank.submit(order);
    await atPoint('after-call', payout);
    if (outcome.kind === 'ACCEPTED') return record(payout, await ask(payout), nowMs);
    return record(payout, outcome, nowMs);
  }

  /**
   * The intent is on record before the bank hears a word. Everything the checkers signed is looked at once more here: the last moment.
   * @returns waiting when a hold stands, whether or not it was sent before; succeeded when another worker was first; failed when a signature no longer fits and the payout ended unsent.
   */
  async function recordIntent(payoutId: string, nowMs: number): Promise<'recorded' | 'waiting' | 'failed' | 'succeeded'> {
    const at = new Date(nowMs);
    return inTransaction(db, async (tx) => {
      const p = await payoutRow(tx, payoutId, { lock: true });
      // Another worker was first.
      if (p.state === 'succeeded' || p.state === 'returned') return 'succeeded';
      if (p.state === 'failed') return 'failed';
      const campaign = await campaignRow(tx, p.campaign_id);
      const release = await releaseRow(tx, p.release_id);
      // The bank has never seen it, so the money would leave only now. The hold of what stopped the campaign stands for ever: this comes before it.
      if (p.state !== 'reserved' && campaign.stopped_at !== null && !release.settles_debt) return endUnseen(tx, p, at, campaign.window_speed);
      if ((await standingHolds(tx, p.campaign_id, release)).length > 0) return 'waiting';
      if (p.state !== 'reserved') {
        await tx('payout')
          .where('id', payoutId)
          .update({ state: 'submitted', submits: p.submits + 1, submitted_at: at });
        return 'recorded';
      }
      const approval = (await row<ApprovalRow>(tx, 'select * from approval where id = ?', [p.approval_id]))!;
      // The payout itself now counts against the fee cap, so what was signed is compared without it.
      const current = { ...(await currentContent(tx, release)), feeFen: approval.content.feeFen, netFen: approval.content.netFen };
      const finding = disburseReview(await disbursementFacts(tx, release, approval, current, editionOf(campaign.edition), at));
      if (finding.verdict !== 'pass') {
        // Nothing was sent: the payout ends here and the release asks for new signatures.
        await fail(tx, p, at, 'approval', finding.en);
        return 'failed';
      }
      await tx('payout').where('id', payoutId).update({ state: 'submitted', submits: 1, submitted_at: at });
      await audit(tx, {
        action: 'payout.submitted',
        subject: `payout/${payoutId}`,
        actor: WORKFLOW,
        tenantId: p.tenant_id,
        campaignId: p.campaign_id,
        businessAt: at,
        data: { netFen: p.net_fen, digest: approval.digest },
      });
      return 'recorded';
    });
  }

  /** COMPLAINT, DEATH: a stopped campaign sends nothing again. A day later the bank still knows of nothing, and the payout ends; until then it is asked. */
  async function endUnseen(tx: Transaction, p: PayoutRow, at: Date, windowSpeed: number): Promise<'waiting' | 'failed'> {
    if (at.getTime() - p.submitted_at!.getTime() < DAY_MS / windowSpeed) return 'waiting';
    await fail(tx, p, at, 'stopped', 'the campaign was stopped, and the bank never saw this payment');
    return 'failed';
  }

  async function record(payout: PayoutRow, outcome: QueryOutcome | SubmitOutcome, nowMs: number): Promise<PursuedState> {
    await atPoint('before-record', payout);
    const state = await inTransaction(db, async (tx): Promise<PursuedState> => {
      const at = new Date(nowMs);
      const p = await payoutRow(tx, payout.id, { lock: true });
      if (p.state === 'succeeded' || p.state === 'returned') return 'succeeded';
      if (p.state === 'failed') return 'failed';
      if (outcome.kind === 'SUCCEEDED' || outcome.kind === 'RETURNED') {
        if (outcome.amountFen !== p.net_fen) return contradicted(tx, p, outcome.amountFen, at);
        await succeed(tx, p, at, outcome.kind === 'SUCCEEDED' ? outcome : { reference: null, bookedAt: at.toISOString() });
        return 'succeeded';
      }
      if (outcome.kind === 'FAILED' || (outcome.kind === 'REJECTED' && outcome.final)) {
        await fail(tx, p, at, outcome.code, outcome.text);
        return 'failed';
      }
      const to = outcome.kind === 'PENDING' || outcome.kind === 'ACCEPTED' ? 'submitted' : 'unknown';
      if (p.state !== to) await tx('payout').where('id', p.id).update({ state: to });
      return to;
    });
    await atPoint('after-record', payout);
    return state;
  }

  /** The bank booked another amount under our id: nothing is posted, the payout stays unknown, and a person is told. */
  async function contradicted(tx: Transaction, p: PayoutRow, bookedFen: bigint, at: Date): Promise<'unknown'> {
    const data = { netFen: p.net_fen.toString(), bookedFen: bookedFen.toString() };
    await openException(tx, {
      kind: 'payout-amount',
      subject: p.id,
      tenantId: p.tenant_id,
      campaignId: p.campaign_id,
      actor: 'bank',
      businessAt: at,
      data,
    });
    if (p.state === 'submitted') await tx('payout').where('id', p.id).update({ state: 'unknown' });
    return 'unknown';
  }

  async function succeed(
    tx: Parameters<typeof audit>[0],
    p: PayoutRow,
    at: Date,
    booked: { reference: string | null; bookedAt: string },
  ): Promise<void> {
    const common = { tenantId: p.tenant_id, subject: `payout/${p.id}`, businessAt: at };
    const reserved = { kind: 'reserved', campaignId: p.campaign_id } as const;
    await post(
      tx,
      [
        {
          ...common,
          key: `payout/${p.id}/paid`,
          kind: 'payout-paid',
          debit: reserved,
          credit: { kind: 'paid', campaignId: p.campaign_id },
          amountFen: p.net_fen,
        },
        {
          ...common,
          key: `payout/${p.id}/fee`,
          kind: 'fee-charged',
          debit: reserved,
          credit: { kind: 'fees', campaignId: p.campaign_id },
          amountFen: p.fee_fen,
        },
        {
          ...common,
          key: `payout/${p.id}/custody`,
          kind: 'custody-paid',
          debit: { kind: 'disbursed' },
          credit: { kind: 'custody' },
          amountFen: p.net_fen,
        },
      ],
      WORKFLOW,
    );
    if (p.state === 'unknown') await tx('payout').where('id', p.id).update({ state: 'submitted' });
    await tx('payout')
      .where('id', p.id)
      .update({ state: 'succeeded', bank_reference: booked.reference, booked_at: new Date(booked.bookedAt) });
    await tx('release').where('id', p.release_id).update({ paid_at: at });
    await tx('bank_line').where({ payout_id: p.id, kind: 'payout' }).update({ applied_at: at });
    await audit(tx, {
      action: 'payout.succeeded',
      subject: `payout/${p.id}`,
      actor: WORKFLOW,
      tenantId: p.tenant_id,
      campaignId: p.campaign_id,
      businessAt: at,
      data: { netFen: p.net_fen, feeFen: p.fee_fen, reference: booked.reference },
    });
    await oweAfterPayment(tx, await campaignRow(tx, p.campaign_id), p.release_id, p.id, at);
    await tell(tx, { workflow: 'release', tenantId: p.tenant_id, id: p.release_id, notice: 'payout-settled', cause: p.id });
  }

  /** This id will never be booked. The money stays reserved for the release, which asks for a new approval, after a correction if the bank refused it. */
  async function fail(tx: Parameters<typeof audit>[0], p: PayoutRow, at: Date, code: string, text: string): Promise<void> {
    await tx('payout')
      .where('id', p.id)
      .update({ state: 'failed', failure_code: code, failure_text_enc: personalData.sealForHouse(text, 'payout.failure') });
    if (p.state === 'reserved') {
      // Never sent: nothing about the account is wrong, only the signatures are missing. A payout has its approval to itself, so the next needs a new one.
      await moveStage(tx, p.release_id, ['transfer'], 'approval', at);
      await tx('approval').where('id', p.approval_id).whereNull('voided_at').update({ voided_at: at, void_reason: text });
      await audit(tx, {
        action: 'approval.voided',
        subject: `approval/${p.approval_id}`,
        actor: WORKFLOW,
        tenantId: p.tenant_id,
        campaignId: p.campaign_id,
        businessAt: at,
        data: { payoutId: p.id },
      });
    }
    await audit(tx, {
      action: 'payout.failed',
      subject: `payout/${p.id}`,
      actor: WORKFLOW,
      tenantId: p.tenant_id,
      campaignId: p.campaign_id,
      businessAt: at,
      data: { code },
    });
    await tell(tx, { workflow: 'release', tenantId: p.tenant_id, id: p.release_id, notice: 'payout-settled', cause: p.id });
  }

  async function isPastVisibility(payout: PayoutRow): Promise<boolean> {
    const tenant = await row<{ clock_id: string | null }>(db, 'select clock_id from tenant where id = ?', [payout.tenant_id]);
    // On a test clock the simulated bank sees an order the moment it arrives.
    return tenant!.clock_id !== null || (payout.submitted_at !== null && Date.now() - payout.submitted_at.getTime() >= visibilityMs);
  }

  async function isBooked(payoutId: string): Promise<boolean> {
    return (await row(db, `select 1 from bank_line where end_to_end_id = ? and sign = 'DBIT'`, [payoutId])) !== null;
  }

  async function custodyOf(payout: PayoutRow): Promise<PaymentOrder['custody']> {
    const tenant = await row<{ custody_account_number: string; custody_account_name: string; custody_bank_code: string }>(
      db,
      'select custody_account_number, custody_account_name, custody_bank_code from tenant where id = ?',
      [payout.tenant_id],
    );
    return { accountNumber: tenant!.custody_account_number, name: tenant!.custody_account_name, bankCode: tenant!.custody_bank_code };
  }

  async function orderOf(payout: PayoutRow, nowMs: number): Promise<PaymentOrder> {
    const campaign = await campaignRow(db, payout.campaign_id);
    const release = await releaseRow(db, payout.release_id);
    const account = await row<{ holder_name_enc: Buffer; number_enc: Buffer; bank_code: string }>(
      db,
      'select holder_name_enc, number_enc, bank_code from payee_account where id = ?',
      [payout.account_id],
    );
    const key = await keyOf(db, personalData, campaign.patient_id);
    const admission = release.mode === 'single' ? '' : ` 住院号${key.open(campaign.admission_number_enc, 'campaign.admission-number')}`;
    // The date of the first sending: a second one under the same id must carry the same fields.
    return {
      payoutId: payout.id,
      amountFen: payout.net_fen,
      custody: await custodyOf(payout),
      payee: {
        accountNumber: key.open(account!.number_enc, 'payee-account.number'),
        name: key.open(account!.holder_name_enc, 'payee-account.name'),
        bankCode: account!.bank_code,
      },
      remittance: `大病求助拨付 ${campaign.id}${admission}`,
      executionDate: shanghaiDate(payout.reserved_at.getTime() || nowMs),
      urgent: release.urgent,
    };
  }
}

export type TransferActivities = ReturnType<typeof createTransferActivities>;
