import type { Banks, QueryOutcome, SubmitOutcome } from '../adapters/payment/port';
import { type Database, inTransaction, row } from '../database/connect';
import { type ClearingLimits, USUAL_LIMITS } from '../domain/routing';
import { isWallet } from '../domain/wallets';
import { campaignRow } from '../records/campaigns';
import { type PayoutRow, payoutRow, RESTORED, standingHolds } from '../records/releases';
import { openingMs } from '../records/routes';
import type { PersonalData } from '../security/personalData';
import { type Intent, recordIntents } from './payouts/intents';
import { recordOutcomes } from './payouts/outcomes';
import { remindReceiver } from './payouts/reminding';
import { keepConfirmation, type PayoutWay, wayOf } from './payouts/ways';

/** A numbered place in the submit where a sandbox may have the worker killed. */
export type SubmitPoint = 'before-intent' | 'after-intent' | 'before-call' | 'after-call' | 'before-record' | 'after-record';

export interface TransferDependencies {
  readonly db: Database;
  readonly banks: Banks;
  readonly personalData: PersonalData;
  /** Called at each point; in the sandbox it may not return. */
  readonly atPoint: (point: SubmitPoint, payout: PayoutRow) => Promise<void>;
  /** How long an order may be on its way before “not found” means that it never arrived, wall-clock ms; 0 on a test clock. */
  readonly visibilityMs: number;
  /** What the bank's contract says of its clearings. */
  readonly limits?: ClearingLimits;
}

/** `waiting`: not sent, because a hold stands or its clearing is closed, or because its payout batch is on its way with it. */
export type PursuedState = 'waiting' | 'submitted' | 'unknown' | 'succeeded' | 'failed';

/** What a transfer's workflow asks of the bank. */
export function createTransferActivities({ db, banks, personalData, atPoint, visibilityMs, limits = USUAL_LIMITS }: TransferDependencies) {
  return {
    reading: {
      /** @returns when a payout's clearing opens, epoch ms; null when it is open. */
      async clearingOpensAt(payoutId: string, nowMs: number): Promise<number | null> {
        const payout = await payoutRow(db, payoutId);
        const opensMs = openingMs(payout, limits, nowMs, (await campaignRow(db, payout.campaign_id)).window_speed);
        return opensMs > nowMs ? opensMs : null;
      },
    },

    payment: {
      /**
       * Sends the payout, or finds out what became of an earlier sending; always under the one id. An attempt that finds the payout on its way asks
       * first and sends again only when the bank has definitely never seen it.
       * @returns where the payout stands now.
       */
      async pursuePayout(payoutId: string, nowMs: number): Promise<PursuedState> {
        const payout = await payoutRow(db, payoutId);
        if (payout.conducted) return 'waiting';
        if (payout.state === 'returned') return 'succeeded';
        if (payout.state === 'succeeded' || payout.state === 'failed') return payout.state;
        if (payout.state !== 'reserved') {
          const outcome = await ask(payout);
          if (outcome.kind === 'ACTION_REQUIRED') return waitForReceiver(payout, outcome, nowMs);
          if (outcome.kind !== 'NOT_FOUND') return record(payout, outcome, nowMs);
          if (!(await isPastVisibility(payout))) return 'unknown';
        }
        return send(payout, nowMs);
      },
    },
  };

  function way(payout: PayoutRow): PayoutWay {
    return wayOf(db, personalData, banks, payout);
  }

  async function ask(payout: PayoutRow): Promise<QueryOutcome> {
    return way(payout).ask();
  }

  async function send(payout: PayoutRow, nowMs: number): Promise<PursuedState> {
    // A rail without keys throws here, before anything is on record.
    const { send: sendIt } = way(payout);
    await atPoint('before-intent', payout);
    const intent = await recordIntent(payout.id, nowMs);
    if (intent !== 'recorded') return intent;
    await atPoint('after-intent', payout);
    await atPoint('before-call', payout);
    const { ended, booked } = await lastLook(payout.id);
    if (ended) return record(payout, { kind: 'UNKNOWN', reason: 'it ended while this worker stood still' }, nowMs);
    // A line under this id came before the order: it left before a restore. Then the bank is asked, and nothing is sent.
    const outcome = booked ? await ask(payout) : await sendIt(nowMs);
    await atPoint('after-call', payout);
    if (outcome.kind === 'ACCEPTED') {
      if (outcome.confirmation) await keepConfirmation(db, personalData, payout.id, outcome.confirmation);
      return record(payout, await ask(payout), nowMs);
    }
    return record(payout, await confirmed(payout, outcome), nowMs);
  }

  /** A channel's refusal says what this request did. Of the first one, and where the channel then knows of nothing, it is the end; an earlier one may have landed. */
  async function confirmed(payout: PayoutRow, outcome: QueryOutcome | SubmitOutcome): Promise<QueryOutcome | SubmitOutcome> {
    if (!isWallet(payout.rail) || outcome.kind !== 'REJECTED' || !outcome.final) return outcome;
    const standing = await ask(payout);
    if (standing.kind !== 'NOT_FOUND') return standing;
    return payout.submits === 0 ? outcome : { ...outcome, final: false };
  }

  /** The receiver has not confirmed, so the money has not left. What must not leave now is cancelled; whether it was, the next question tells. */
  async function waitForReceiver(payout: PayoutRow, outcome: QueryOutcome & { kind: 'ACTION_REQUIRED' }, nowMs: number): Promise<PursuedState> {
    const { send: sendIt, cancel } = way(payout);
    if ((await mustNotLeave(db, payout)) && cancel) {
      await cancel();
      return record(payout, await ask(payout), nowMs);
    }
    if (payout.confirmation_enc === null) {
      // The answer that had it was lost: the same number with the same fields hears it once more.
      const again = await sendIt(nowMs);
      if (again.kind === 'ACCEPTED' && again.confirmation) await keepConfirmation(db, personalData, payout.id, again.confirmation);
    }
    await inTransaction(db, (tx) => remindReceiver(tx, payout, outcome.expiresAt, new Date(nowMs)));
    return record(payout, outcome, nowMs);
  }

  async function recordIntent(payoutId: string, nowMs: number): Promise<Intent> {
    return inTransaction(db, async (tx) => (await recordIntents(tx, personalData, [payoutId], new Date(nowMs), limits)).get(payoutId)!);
  }

  async function record(payout: PayoutRow, outcome: QueryOutcome | SubmitOutcome, nowMs: number): Promise<PursuedState> {
    await atPoint('before-record', payout);
    const outcomes = new Map([[payout.id, outcome]]);
    const state = await inTransaction(db, async (tx) => (await recordOutcomes(tx, personalData, outcomes, new Date(nowMs))).get(payout.id)!);
    await atPoint('after-record', payout);
    return state;
  }

  async function isPastVisibility(payout: PayoutRow): Promise<boolean> {
    const tenant = await row<{ clock_id: string | null }>(db, 'select clock_id from tenant where id = ?', [payout.tenant_id]);
    // On a test clock the simulated bank sees an order the moment it arrives.
    return tenant!.clock_id !== null || (payout.submitted_at !== null && Date.now() - payout.submitted_at.getTime() >= visibilityMs);
  }

  /** The last thing before the call: a worker that stood still since its intent must not send what has ended meanwhile. */
  async function lastLook(payoutId: string): Promise<{ readonly ended: boolean; readonly booked: boolean }> {
    const seen = await row<{ ended: boolean; booked: boolean }>(
      db,
      `select p.state not in ('submitted', 'unknown') as ended,
         exists (select from bank_line l where l.end_to_end_id = p.id and l.sign = 'DBIT') as booked from payout p where p.id = ?`,
      [payoutId],
    );
    return seen!;
  }
}

export type TransferActivities = ReturnType<typeof createTransferActivities>;

/** Whether the campaign was stopped, or a hold stands on it; but for that of a restore, which keeps back what was not sent yet and says nothing against what was. */
async function mustNotLeave(db: Database, { campaign_id: campaignId }: PayoutRow): Promise<boolean> {
  if ((await campaignRow(db, campaignId)).stopped_at !== null) return true;
  return (await standingHolds(db, campaignId)).some(({ rule }) => rule !== RESTORED);
}
