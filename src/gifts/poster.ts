import type { ChannelName } from '../adapters/donation/port';
import { type Database, inTransaction, rows } from '../database/connect';
import { countGifts } from '../observability/metrics';
import { GroupCommit } from './groupCommit';

/** One payment that the channel has proven. */
export interface ProvenPayment {
  readonly giftId: string;
  /** Which channel says so; an order is paid by its own alone. */
  readonly channel: ChannelName;
  /** Whose account at the channel it went to. */
  readonly merchantId: string;
  readonly transactionId: string;
  readonly amountFen: bigint;
  /** Keyed hash of the payer, hex; never the payer's own id. */
  readonly payerHash: string;
  /** The channel's time of payment, RFC 3339. */
  readonly paidAt: string;
}

/** posted and duplicate are both money that stands in the ledger once; unknown and mismatch are for a person. */
export type PostingOutcome = 'posted' | 'duplicate' | 'unknown' | 'mismatch';

/**
 * Group commit of gifts. One payment per order in a group: another one for the same order comes after it, so that the database sees that the order is
 * paid already. A payment that is named for two orders stands for the first, and is a mismatch at the second.
 */
export class GiftPoster {
  readonly #groups: GroupCommit<ProvenPayment, PostingOutcome>;

  constructor(db: Database) {
    this.#groups = new GroupCommit({
      keyOf: (payment) => payment.giftId,
      waitsFor: (payment, earlier) => payment.transactionId !== earlier.transactionId || payment.amountFen !== earlier.amountFen,
      commit: async (payments) => {
        const outcomes = await postGifts(db, payments);
        return payments.map(({ giftId }) => outcomes.get(giftId) ?? 'unknown');
      },
    });
  }

  /** @returns what became of the payment, once it is durable. @throws when the database could not take it: nothing was posted. */
  async post(payment: ProvenPayment): Promise<PostingOutcome> {
    try {
      return await this.#groups.add(payment);
    } catch (error) {
      if (isAnothersPayment(error)) return 'mismatch';
      throw error;
    }
  }
}

/** One payment that is named for two orders: it stands for the first, and a person looks at the second. */
function isAnothersPayment(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'gift_transaction_id_key';
}

/** Posts proven payments in one transaction. @returns the outcome by gift id. */
async function postGifts(db: Database, payments: readonly ProvenPayment[]): Promise<Map<string, PostingOutcome>> {
  const text = JSON.stringify(payments.map((p) => ({ ...p, amountFen: p.amountFen.toString() })));
  const posted = await inTransaction(db, (tx) =>
    rows<{ gift_id: string; outcome: PostingOutcome }>(tx, 'select * from post_gifts(?::jsonb)', [text]),
  );
  const fresh = new Set(posted.filter(({ outcome }) => outcome === 'posted').map((p) => p.gift_id));
  countGifts(
    fresh.size,
    payments.reduce((sumFen, { giftId, amountFen }) => (fresh.has(giftId) ? sumFen + amountFen : sumFen), 0n),
  );
  return new Map(posted.map((p) => [p.gift_id, p.outcome]));
}
