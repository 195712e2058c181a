import { setTimeout as pause } from 'node:timers/promises';
import { type Database, inTransaction, rows } from '../database/connect';

/** One payment that the channel has proven. */
export interface ProvenPayment {
  readonly giftId: string;
  readonly transactionId: string;
  readonly amountFen: bigint;
  /** Keyed hash of the payer, hex; never the payer's own id. */
  readonly payerHash: string;
  /** The channel's time of payment, RFC 3339. */
  readonly paidAt: string;
}

/** posted and duplicate are both money that stands in the ledger once; unknown and mismatch are for a person. */
export type PostingOutcome = 'posted' | 'duplicate' | 'unknown' | 'mismatch';

interface Waiting {
  readonly payment: ProvenPayment;
  readonly resolve: (outcome: PostingOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The most gifts that one transaction posts. */
const GROUP_LIMIT = 200;
/** A group this large says that a rush is on: then the next one waits a moment for company, ms. A lone gift never waits. */
const RUSH = 3;
const LINGER_MS = 8;

/**
 * Group commit of gifts: payments that arrive while a posting is under way are posted together by the next one, so a hot campaign costs one
 * row lock and one balance change per group. Each caller is answered only after its group's commit. A group that fails is halved until the
 * poisoned gift fails alone.
 */
export class GiftPoster {
  readonly #waiting: Waiting[] = [];
  #posting = false;

  constructor(private readonly db: Database) {}

  /** @returns what became of the payment, once it is durable. @throws when the database could not take it: nothing was posted. */
  post(payment: ProvenPayment): Promise<PostingOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payment, resolve, reject });
      if (!this.#posting) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#posting = true;
    // One turn of the event loop lets the callbacks that came together be posted together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      await this.#postGroup(group);
      if (group.length >= RUSH && this.#waiting.length < GROUP_LIMIT) await pause(LINGER_MS);
    }
    this.#posting = false;
  }

  /** One payment per order in a group: another one for the same order comes after it, so that the database sees that the order is paid already. */
  #takeGroup(): Waiting[] {
    const first = new Map<string, ProvenPayment>();
    const group: Waiting[] = [];
    const later: Waiting[] = [];
    for (const waiting of this.#waiting.splice(0, GROUP_LIMIT)) {
      const { payment } = waiting;
      const taken = first.get(payment.giftId) ?? payment;
      first.set(payment.giftId, taken);
      (taken.transactionId === payment.transactionId && taken.amountFen === payment.amountFen ? group : later).push(waiting);
    }
    this.#waiting.unshift(...later);
    return group;
  }

  async #postGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await postGifts(
        this.db,
        group.map((w) => w.payment),
      );
      for (const { payment, resolve } of group) resolve(outcomes.get(payment.giftId) ?? 'unknown');
    } catch (error) {
      if (group.length === 1) return isAnothersPayment(error) ? group[0]!.resolve('mismatch') : group[0]!.reject(error);
      const half = Math.ceil(group.length / 2);
      await this.#postGroup(group.slice(0, half));
      await this.#postGroup(group.slice(half));
    }
  }
}

/** One payment that is named for two orders: it stands for the first, and a person looks at the second. */
function isAnothersPayment(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'gift_transaction_id_key';
}

/** Posts proven payments in one transaction. @returns the outcome by gift id. */
export async function postGifts(db: Database, payments: readonly ProvenPayment[]): Promise<Map<string, PostingOutcome>> {
  const text = JSON.stringify(payments.map((p) => ({ ...p, amountFen: p.amountFen.toString() })));
  const posted = await inTransaction(db, (tx) =>
    rows<{ gift_id: string; outcome: PostingOutcome }>(tx, 'select * from post_gifts(?::jsonb)', [text]),
  );
  return new Map(posted.map((p) => [p.gift_id, p.outcome]));
}
