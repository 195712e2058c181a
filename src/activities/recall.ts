import type { Banks, RecallOrder, RecallOutcome, Recalls } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { type Database, inTransaction } from '../database/connect';
import { HOUR_MS, shanghaiDate } from '../domain/calendar';
import { isWallet } from '../domain/wallets';
import { campaignRow } from '../records/campaigns';
import { isStanding, lookAtRecall, noteSilence, patienceEndsMs, takeAnswer } from '../records/recallAnswers';
import { happened, lockedRecall, type RecallRow, recallRow } from '../records/recalls';
import { type PayoutRow, payoutRow } from '../records/releases';
import { custodyOf } from './payouts/orders';

export interface RecallDependencies {
  readonly db: Database;
  readonly banks: Banks;
}

/** Where the pursuit of a recall stands: over, or when to look again, epoch ms; null: only when told. */
export type RecallPursuit = 'over' | { readonly againAtMs: number | null };

const WORKFLOW = 'workflow:recall';
/** How long the bank is left alone between questions. */
const AGAIN_MS = HOUR_MS;

/** What a recall's workflow asks of the bank. */
export function createRecallActivities({ db, banks }: RecallDependencies) {
  return {
    payment: {
      /**
       * Asks the bank for a payout back, or what became of an earlier asking; always under the recall's one id. It is on record as sent before the bank hears a word;
       * one that was sent is asked about first, and sent again only when the bank has never seen it. While the payout is on its way, nothing is asked.
       */
      async pursueRecall(recallId: string, nowMs: number): Promise<RecallPursuit> {
        const before = await recallRow(db, recallId);
        if (!isStanding(before)) return 'over';
        if (before.state === 'confirmed' && !(await recordSending(recallId, nowMs)))
          return isStanding(await recallRow(db, recallId)) ? { againAtMs: nowMs + AGAIN_MS } : 'over';
        const payout = await payoutRow(db, before.payout_id);
        if (before.state !== 'accepted') {
          const outcome = await answerOf(before, payout);
          if (await inTransaction(db, (tx) => takeAnswer(tx, recallId, outcome, { by: 'bank', at: new Date(nowMs) }))) return 'over';
        }
        return waiting(recallId, payout, nowMs);
      },
    },
  };

  /** @returns whether it goes to the bank now: its payout is booked and away, whole. One whose payout is over ends here. */
  async function recordSending(recallId: string, nowMs: number): Promise<boolean> {
    return inTransaction(db, async (tx) => {
      const r = await lockedRecall(tx, recallId);
      const acting = { by: WORKFLOW, at: new Date(nowMs) };
      await lookAtRecall(tx, r.payout_id, acting);
      const { state } = await recallRow(tx, recallId);
      // Another worker was first: it asks under the same id, and the bank knows it by that.
      if (state === 'sent') return true;
      const payout = await payoutRow(tx, r.payout_id);
      if (state !== 'confirmed' || payout.state !== 'succeeded') return false;
      mustRecall(payout);
      await tx('recall').where('id', recallId).update({ state: 'sent', sent_at: acting.at });
      await audit(tx, happened(r, 'recall.sent', acting, { payoutId: payout.id, netFen: payout.net_fen, reason: r.reason }));
      return true;
    });
  }

  async function answerOf(before: RecallRow, payout: PayoutRow): Promise<RecallOutcome> {
    const recalls = mustRecall(payout);
    const custody = await custodyOf(db, payout.tenant_id);
    const { id: recallId, reason } = before;
    if (before.state === 'sent') {
      const outcome = await recalls.query({ recallId, payoutId: payout.id, custody });
      if (outcome.kind !== 'NOT_FOUND') return outcome;
    }
    // The last thing before the call: a worker that stood still must not ask for what has ended meanwhile.
    if ((await recallRow(db, recallId)).state !== 'sent') return { kind: 'UNKNOWN', reason: 'it ended while this worker stood still' };
    const order: RecallOrder = {
      recallId,
      payoutId: payout.id,
      amountFen: payout.net_fen,
      custody,
      bookedOn: shanghaiDate(payout.booked_at!.getTime()),
      reason,
    };
    return recalls.ask(order);
  }

  /** A link without recalls throws before anything is on record: confirming was refused while there was none. */
  function mustRecall(payout: PayoutRow): Recalls {
    const recalls = isWallet(payout.rail) ? undefined : banks.of(payout.rail).recalls;
    if (!recalls) throw new Error(`The link ${payout.rail} has no recall`);
    return recalls;
  }

  async function waiting(recallId: string, payout: PayoutRow, nowMs: number): Promise<RecallPursuit> {
    await inTransaction(db, (tx) => noteSilence(tx, recallId, { by: WORKFLOW, at: new Date(nowMs) }));
    const r = await recallRow(db, recallId);
    if (!isStanding(r)) return 'over';
    if (r.state !== 'accepted') return { againAtMs: nowMs + AGAIN_MS };
    // Nothing is left to ask: the booked money tells, or nothing does.
    const patienceMs = patienceEndsMs(r, (await campaignRow(db, payout.campaign_id)).window_speed);
    return { againAtMs: patienceMs > nowMs ? patienceMs : null };
  }
}

export type RecallActivities = ReturnType<typeof createRecallActivities>;
