import { ulid } from 'ulid';
import type { Banks, PaymentFiles, QueryOutcome, SubmitOutcome } from '../../adapters/payment/port';
import { type Database, inTransaction, rows } from '../../database/connect';
import { type ClearingLimits, USUAL_LIMITS } from '../../domain/routing';
import { tellAll } from '../../records/manyNotices';
import { type PayoutRow, payoutRows } from '../../records/releases';
import { railOf } from '../../records/routes';
import type { PersonalData } from '../../security/personalData';
import { halving } from './halving';
import { recordIntents } from './intents';
import { custodyOf, ordersOf } from './orders';
import { recordOutcomes } from './outcomes';
import { preparePayouts } from './preparing';
import { toRelease, toSupervision } from './words';

type Outcome = SubmitOutcome | QueryOutcome;

/**
 * Payouts of many releases in one file. While they are conducted nobody else is told of them; `giveBack` tells everybody at last. What was begun and not recorded, because its
 * worker died, is not begun again here: its own transfer asks the bank first.
 */
export class PayoutsTogether {
  constructor(
    private readonly db: Database,
    private readonly banks: Banks,
    private readonly personalData: PersonalData,
    private readonly limits: ClearingLimits = USUAL_LIMITS,
  ) {}

  /** @returns how many releases of a platform one file may pay; 0 where its rail takes orders one by one. */
  async most(tenantId: string): Promise<number> {
    return (await this.#filesOf(tenantId))?.most ?? 0;
  }

  /** Makes payouts up and sends them. @param releaseIds of one platform, of different campaigns. @returns how many were sent. */
  async pay(tenantId: string, releaseIds: readonly string[], at: Date): Promise<number> {
    const files = await this.#filesOf(tenantId);
    if (files === undefined) return 0;
    // What the database refuses of one line keeps no other from being paid: its own workflow meets the same refusal, again and again, where operations see it.
    const refused = (): void => undefined;
    const payouts = (await halving(releaseIds, (some) => this.#begin(some, at), refused)).flat();
    if (payouts.length === 0) return 0;
    const outcomes = await this.#send(files, tenantId, payouts, at);
    await halving([...outcomes], (some) => inTransaction(this.db, (tx) => recordOutcomes(tx, this.personalData, new Map(some), at)), refused);
    return payouts.length;
  }

  /**
   * Gives payouts back to their workflows: who waits looks at what stands, and a payout that the bank was not certain about is asked for by its own transfer.
   * @param cause as for `tell`.
   */
  async giveBack(tenantId: string, releaseIds: readonly string[], cause: string): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const conducted = (await tx('payout')
        .whereIn('release_id', [...releaseIds])
        .where('conducted', true)
        .update({ conducted: false })
        .returning(['id', 'tenant_id', 'campaign_id', 'release_id', 'state'])) as PayoutRow[];
      const paid = conducted.filter(({ state }) => state === 'succeeded' || state === 'returned');
      const told = new Set(paid.map(({ release_id }) => release_id));
      const open = conducted.filter(({ state }) => state === 'reserved' || state === 'submitted' || state === 'unknown');
      await tellAll(tx, [
        ...paid.flatMap((p) => [toSupervision(p), toRelease(p)]),
        ...open.map(({ id }) => ({ workflow: 'transfer', tenantId, id, notice: 'started', cause: 'reserved' }) as const),
        ...releaseIds.filter((id) => !told.has(id)).map((id) => ({ workflow: 'release', tenantId, id, notice: 'approval-changed', cause }) as const),
      ]);
    });
  }

  async #filesOf(tenantId: string): Promise<PaymentFiles | undefined> {
    return this.banks.of(await railOf(this.db, tenantId)).files;
  }

  /** Payout and intent are on record together, before the bank hears a word. @returns the payouts that are to be sent: none of them was ever heard of outside. */
  async #begin(releaseIds: readonly string[], at: Date): Promise<PayoutRow[]> {
    return inTransaction(this.db, async (tx) => {
      const prepared = await preparePayouts(tx, releaseIds, at, { conducted: true, limits: this.limits });
      const ids = [...prepared.values()].filter((id): id is string => id !== null && id !== 'cancelled');
      const fresh = await rows<{ id: string }>(tx, `select id from payout where id = any(?) and conducted and submits = 0 and state = 'reserved'`, [
        ids,
      ] as never);
      if (fresh.length === 0) return [];
      const intents = await recordIntents(
        tx,
        this.personalData,
        fresh.map(({ id }) => id),
        at,
        this.limits,
      );
      const payouts = await payoutRows(tx, [...intents.keys()]);
      return [...payouts.values()].filter(({ id }) => intents.get(id) === 'recorded');
    });
  }

  async #send(files: PaymentFiles, tenantId: string, payouts: readonly PayoutRow[], at: Date): Promise<Map<string, Outcome>> {
    const fileId = ulid();
    const orders = await ordersOf(this.db, this.personalData, payouts, at.getTime());
    // The last look before the call: a worker that stood still since its intent sends nothing of what others took over or ended meanwhile.
    const mine = await rows(this.db, `select id from payout where id = any(?) and conducted and state = 'submitted'`, [
      payouts.map(({ id }) => id),
    ] as never);
    if (mine.length < payouts.length) return new Map();
    const submitted: Map<string, Outcome> = new Map(await files.submit(fileId, orders));
    const accepted = [...submitted].flatMap(([id, outcome]) => (outcome.kind === 'ACCEPTED' ? [id] : []));
    if (accepted.length === 0) return submitted;
    const { accountNumber } = await custodyOf(this.db, tenantId);
    // Success needs the booked debit as well.
    return new Map([...submitted, ...(await files.query(fileId, accountNumber, accepted))]);
  }
}
