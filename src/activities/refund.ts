import { audit } from '../audit/append';
import { type Database, inTransaction, row } from '../database/connect';
import type { Gifts } from '../gifts/gifts';
import type { Sent } from '../gifts/returns';
import { campaignRow } from '../records/campaigns';
import { tell } from '../records/outbox';

export interface RefundDependencies {
  readonly db: Database;
  readonly gifts: Gifts;
}

/** Shorter by far than an attempt may take, so that a slow channel ends none. */
const SWEEP_MS = 30_000;

/** What a refund's workflow asks of the world. */
export function createRefundActivities({ db, gifts }: RefundDependencies) {
  return {
    payment: {
      /** Sends what is due of the round, or asks what became of it. @returns whether something is still on its way. */
      async sendReturns(roundId: string, nowMs: number): Promise<boolean> {
        return (await gifts.returns.send({ roundId }, new Date(nowMs))).underWay;
      },

      /** The same, for as long as one attempt should take: a round of a hundred thousand donors is many calls. @param after where the last call came to. */
      async sendReturnsFrom(roundId: string, nowMs: number, after: string): Promise<Sent> {
        return gifts.returns.send({ roundId }, new Date(nowMs), { after, forMs: SWEEP_MS });
      },
    },

    database: {
      /** Every return of the round came home, or is owed back with an owner. */
      async finishRefund(roundId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const round = await row<{ campaign_id: string; tenant_id: string; amount_fen: bigint }>(tx, 'select * from refund_round where id = ?', [
            roundId,
          ]);
          const { campaign_id: campaignId, tenant_id: tenantId } = round!;
          await campaignRow(tx, campaignId, { lock: true });
          const finished = await tx('refund_round').where('id', roundId).whereNull('finished_at').update({ finished_at: at });
          if (finished === 0) return;
          const owed = await row<{ fen: bigint }>(
            tx,
            `select coalesce(sum(amount_fen)::bigint, 0) as fen from gift_return where round_id = ? and status = 'owed'`,
            [roundId],
          );
          await audit(tx, {
            action: 'refund.finished',
            subject: `refund/${roundId}`,
            actor: 'workflow:refund',
            tenantId,
            campaignId,
            businessAt: at,
            data: { returnedFen: round!.amount_fen - owed!.fen, owedFen: owed!.fen },
          });
          await tell(tx, { workflow: 'campaign', tenantId, id: campaignId, notice: 'refund-finished', cause: roundId });
        });
      },
    },
  };
}

export type RefundActivities = ReturnType<typeof createRefundActivities>;
