import type { ChannelName, Channels, DonationNotice, RefundOutcome, RefundRef } from '../adapters/donation/port';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, rows } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { cardOf, endCardRefund, wentToCard } from '../records/cardRefunds';
import { setOffReturn } from '../records/chargebacks';
import { openException } from '../records/exceptions';
import type { PersonalData } from '../security/personalData';
import { GroupCommit } from './groupCommit';
import { inParallel } from './parallel';
import type { RailQuota } from './railQuota';
import { type Came, type KnownReturn, knownReturn, nowOf, settle, settleTold } from './settling';

/** How many returns are asked of the channel at once. */
const CHANNEL_CONCURRENCY = 24;
const PAGE = 200;

/** How far a sweep over what is due back came. */
export interface Sent {
  /** Where the next call goes on; null when everything due was sent or asked about. */
  readonly after: string | null;
  /** Whether something is still on its way. */
  readonly underWay: boolean;
}

/** Where to begin, and how long to go on. */
export interface Sweep {
  readonly after: string;
  readonly forMs: number;
}
const WHOLE: Sweep = { after: '', forMs: Number.POSITIVE_INFINITY };

/** Which returns: what a campaign may not keep (above the target, after the close), or one refund round. */
export type ReturnScope = { readonly campaignId: string } | { readonly roundId: string };

interface DueReturn {
  readonly id: string;
  readonly gift_id: string;
  readonly amount_fen: bigint;
  readonly total_fen: bigint;
  readonly channel: ChannelName;
  readonly merchant_id: string;
  readonly attempts: number;
  readonly paid_at: Date;
  readonly edition: string;
  readonly charged_back: boolean;
  /** Of a card that two people named, until the channel has taken it. */
  readonly card_id: string | null;
  readonly card_enc: Buffer | null;
}

/** After a restore nothing goes back before the channel has been asked what went back already: `almoner reconcile`. */
const NOT_RESTORED = `not exists (select from hold h where h.campaign_id = r.campaign_id and h.rule = 'RESTORED' and h.lifted_at is null)`;

type Outcome = RefundOutcome | { readonly kind: 'RAIL_CLOSED' | 'CHARGED_BACK' };

const REASONS: Readonly<Record<'excess' | 'round', string>> = { excess: '超出筹款目标或筹款已结束', round: '大病求助款项退回' };

/** Money on its way back to donors by the original route, at the order's own channel, each return under its own number for ever. */
export class Returns {
  readonly #quotas: Readonly<Record<ChannelName, RailQuota>> | null;
  readonly #settler: GroupCommit<Came, KnownReturn | null>;

  constructor(
    private readonly db: Database,
    private readonly channels: Channels,
    private readonly personalData: PersonalData,
    private readonly callbacksUrl: string,
    /** What a channel lets us ask of it in a second; null: as much as we like. */
    quotaOf: ((rail: string) => RailQuota) | null,
  ) {
    this.#quotas = quotaOf && { wechat: quotaOf('wechat/refund'), alipay: quotaOf('alipay/refund') };
    this.#settler = new GroupCommit({ commit: (came) => inTransaction(db, (tx) => settleTold(tx, came)) });
  }

  /** Sends what is due back, page after page, for a time; a page that was sent before is asked about first. */
  async send(scope: ReturnScope, at: Date, { after: from, forMs }: Sweep = WHOLE): Promise<Sent> {
    const [where, binding, reason] =
      'roundId' in scope
        ? ['r.round_id = ?', scope.roundId, REASONS.round]
        : ['r.campaign_id = ? and r.round_id is null', scope.campaignId, REASONS.excess];
    const untilMs = Date.now() + forMs;
    for (let after = from; ; ) {
      if (Date.now() >= untilMs) return { after, underWay: true };
      const page = await rows<DueReturn>(
        this.db,
        `with page as (select r.id from gift_return r where ${where} and r.status in ('due', 'processing') and r.id > ? and ${NOT_RESTORED} order by r.id limit ${PAGE})
         update gift_return r set attempts = r.attempts + 1 from gift g join tenant t on t.id = g.tenant_id join campaign c on c.id = g.campaign_id
         where r.id in (select id from page) and g.id = r.gift_id
         returning r.id, r.gift_id, r.amount_fen, g.amount_fen as total_fen, g.channel, merchant_of(t, g.channel) as merchant_id, r.attempts - 1 as attempts, g.paid_at, c.edition,
           exists (select from money_exception e where e.booked_fen > 0 and e.tenant_id = g.tenant_id and e.data->>'orderId' = g.id) as charged_back,
           (select k.id from card_refund k where k.return_id = r.id and k.state = 'confirmed') as card_id,
           (select k.card_enc from card_refund k where k.return_id = r.id and k.state = 'confirmed') as card_enc`,
        [binding, after],
      );
      if (page.length === 0) break;
      after = page.reduce((last, { id }) => (id > last ? id : last), '');
      const outcomes = await inParallel(page, CHANNEL_CONCURRENCY, (due) => this.#ask(due, reason, at));
      await this.#record(page, outcomes, at);
    }
    const left = await row(this.db, `select 1 from gift_return r where ${where} and r.status in ('due', 'processing') limit 1`, [binding]);
    return { after: null, underWay: left !== null };
  }

  /** Takes a verified callback about a return. @returns once it is durable; what fits nowhere is kept for a person. */
  async hear(channel: ChannelName, notice: Extract<DonationNotice, { kind: 'refund' }>): Promise<void> {
    const { refundId: id, outcome, refundFen, merchantId } = notice;
    const fits = (known: KnownReturn): boolean => known.amount_fen === refundFen && known.channel === channel && known.merchant_id === merchantId;
    const known = outcome.kind === 'SUCCEEDED' ? await this.#settler.add({ id, reference: outcome.reference, fits }) : await knownReturn(this.db, id);
    if (known && fits(known)) {
      if (outcome.kind === 'SUCCEEDED') return;
      // Since it goes to a card, a callback of before may still come: what is true now is asked.
      const card = isOwed(outcome) ? await wentToCard(this.db, id) : 'no';
      if (card === 'taken') await this.look(channel, id, merchantId);
      if (card === 'no') await this.#keep(id, outcome, nowOf(known));
      return;
    }
    const kind = known ? 'refund-amount' : 'refund-unknown';
    const data = known
      ? { expectedFen: known.amount_fen.toString(), toldFen: refundFen.toString(), channel, merchantId }
      : { outcome: outcome.kind, channel, merchantId };
    await inTransaction(this.db, (tx) =>
      openException(tx, { kind, subject: id, tenantId: known?.tenant_id, campaignId: known?.campaign_id, actor: 'channel', data }),
    );
  }

  /** Asks the channel about one return of this merchant, because a notice said that it changed. What is not on its way is not asked about. */
  async look(channel: ChannelName, returnId: string, merchantId: string): Promise<void> {
    const known = await knownReturn(this.db, returnId);
    const isOurs = known?.channel === channel && known.merchant_id === merchantId;
    if (!known || !isOurs || known.attempts === 0 || !['due', 'processing'].includes(known.status)) return;
    const outcome = await this.channels[channel].queryRefund({ merchantId, orderId: known.gift_id, refundId: returnId, refundFen: known.amount_fen });
    if (outcome.kind === 'SUCCEEDED') await this.#settler.add({ id: returnId, reference: outcome.reference, fits: () => true });
    else if (outcome.kind !== 'NOT_FOUND') await this.#keep(returnId, outcome, nowOf(known));
  }

  async #ask(due: DueReturn, reason: string, at: Date): Promise<Outcome> {
    // The channel took it back for the donor already: a second time would be paid out of other donors' money.
    // A channel gives back for a year after the payment; later the donor is owed it another way (REFUND).
    const isOver = at.getTime() - due.paid_at.getTime() > editionOf(due.edition).windows.railRefundDays * DAY_MS;
    const never = due.charged_back ? 'CHARGED_BACK' : isOver ? 'RAIL_CLOSED' : null;
    if (never !== null) {
      if (due.card_id !== null) await endCardRefund(this.db, due.card_id, never);
      return { kind: never };
    }
    const ref = { merchantId: due.merchant_id, orderId: due.gift_id, refundId: due.id, refundFen: due.amount_fen };
    if (due.card_id !== null) return this.#toCard(due, due.card_id, ref);
    // A retry asks first: the earlier attempt may have landed.
    const before = due.attempts > 0 ? await this.channels[due.channel].queryRefund(ref) : ({ kind: 'NOT_FOUND' } as const);
    if (before.kind !== 'NOT_FOUND') return before;
    await this.#quotas?.[due.channel].take();
    return this.channels[due.channel].refund({ ...ref, totalFen: due.total_fen, reason, notifyUrl: `${this.callbacksUrl}/${due.channel}` });
  }

  /** Sends a failed refund to the card that two people named. Where the channel does not take the card, the money is owed again, and they name another. */
  async #toCard(due: DueReturn, cardId: string, ref: RefundRef): Promise<Outcome> {
    const card = cardOf(this.personalData, due.card_enc);
    const { refundToCard } = this.channels[due.channel];
    if (card === null || refundToCard === undefined) return { kind: 'UNKNOWN', reason: 'no way to a card' };
    const outcome = await refundToCard(ref, card);
    const isRefused = outcome.kind === 'REJECTED' || isOwed(outcome);
    if (outcome.kind === 'PROCESSING' || outcome.kind === 'SUCCEEDED') await endCardRefund(this.db, cardId, null);
    if (isRefused) await endCardRefund(this.db, cardId, outcome.kind === 'REJECTED' ? outcome.code : outcome.kind);
    return outcome.kind === 'REJECTED' ? { kind: 'ABNORMAL', text: outcome.text } : outcome;
  }

  async #record(page: readonly DueReturn[], outcomes: readonly Outcome[], at: Date): Promise<void> {
    const told = page.map(({ id }, i) => ({ id, outcome: outcomes[i]! }));
    const came = told.flatMap(({ id, outcome }) => (outcome.kind === 'SUCCEEDED' ? [{ id, reference: outcome.reference }] : []));
    if (came.length > 0) await inTransaction(this.db, (tx) => settle(tx, came, at));
    const underWay = told.filter(({ outcome }) => outcome.kind !== 'SUCCEEDED' && !isOwed(outcome));
    if (underWay.length > 0)
      await this.db.raw(
        `update gift_return r set status = 'processing', last_outcome = o.kind from unnest(?::text[], ?::text[]) as o(id, kind)
         where r.id = o.id and r.status in ('due', 'processing')`,
        [underWay.map(({ id }) => id), underWay.map(({ outcome }) => outcome.kind)] as never,
      );
    for (const { id, outcome } of told) if (isOwed(outcome)) await this.#keep(id, outcome, at);
  }

  /** Records an outcome that is no success: still on its way, or owed back with an owner because the channel gives it back no more. */
  async #keep(returnId: string, outcome: Outcome, at: Date): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      // Campaign before return, as everywhere.
      const due = await row<{ campaign_id: string; gift_id: string; tenant_id: string; status: string; amount_fen: bigint }>(
        tx,
        `select r.campaign_id, r.gift_id, c.tenant_id, r.status, r.amount_fen from gift_return r join campaign c on c.id = r.campaign_id where r.id = ? for update of c, r`,
        [returnId],
      );
      if (!due || due.status === 'returned' || due.status === 'owed') return;
      if (outcome.kind === 'CHARGED_BACK' && (await setOffReturn(tx, returnId, at))) return;
      await tx('gift_return')
        .where('id', returnId)
        .update({ status: isOwed(outcome) ? 'owed' : 'processing', last_outcome: outcome.kind });
      if (!isOwed(outcome)) return;
      // The donor's account no longer takes it: the money is still ours to give back, and somebody's task.
      const { tenant_id: tenantId, campaign_id: campaignId } = due;
      const data = { returnId, amountFen: due.amount_fen };
      await audit(tx, { action: 'gift.owed_back', subject: `gift/${due.gift_id}`, actor: 'channel', tenantId, campaignId, businessAt: at, data });
      const why = { outcome: outcome.kind };
      await openException(tx, { kind: 'owed-back', subject: returnId, tenantId, campaignId, actor: 'channel', businessAt: at, data: why });
    });
  }
}

function isOwed({ kind }: Outcome): boolean {
  return kind === 'ABNORMAL' || kind === 'CLOSED' || kind === 'RAIL_CLOSED' || kind === 'CHARGED_BACK';
}
