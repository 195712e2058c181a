import { monotonicFactory } from 'ulid';
import type {
  ChannelName,
  Channels,
  ClientKind,
  DonationNotice,
  GiverClient,
  OrderOutcome,
  PaymentState,
  WechatPayRequest,
} from '../adapters/donation/port';
import { type Database, inTransaction, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import { campaignRow } from '../records/campaigns';
import { recordGiftConsent, type Shown } from '../records/consents';
import type { ExceptionKind } from '../domain/moneyExceptions';
import { openException } from '../records/exceptions';
import type { PersonalData } from '../security/personalData';
import { businessNow } from '../database/clock';
import { inParallel } from './parallel';
import { GiftPoster, type PostingOutcome } from './poster';
import { RailQuota } from './railQuota';
import { Returns } from './returns';

/** How many orders are asked of the channel at once. */
const CHANNEL_CONCURRENCY = 24;
const PAGE = 100;

export interface GiftOrdered {
  readonly id: string;
  readonly amountFen: bigint;
  readonly status: 'ordered' | 'refused';
  readonly channel: ChannelName;
  /** One of the three, by the giver's client and the channel; all null: the channel has not answered yet, or the order is refused or paid. */
  readonly codeUrl: string | null;
  readonly payUrl: string | null;
  readonly wechatPay: WechatPayRequest | null;
}

interface OrderRow {
  readonly id: string;
  readonly amount_fen: bigint;
  readonly status: 'ordered' | 'refused' | 'paid';
  readonly code_url: string | null;
  readonly campaign_id: string;
  readonly channel: ChannelName;
  readonly client: ClientKind;
  readonly asked_payer_hash: Buffer | null;
}

const CODE: GiverClient = { kind: 'code' };

/** Gifts from order to ledger; `returns` takes them back to the donor. */
export class Gifts {
  readonly #poster: GiftPoster;
  readonly returns: Returns;

  constructor(
    private readonly db: Database,
    private readonly channels: Channels,
    private readonly personalData: PersonalData,
    /** Where the channels send their callbacks: each to its own name below. */
    private readonly callbacksUrl: string,
    /** Refunds a second that each channel takes; 0: as many as come. */
    refundsPerSecond = 0,
  ) {
    this.#poster = new GiftPoster(db);
    this.returns = new Returns(
      db,
      channels,
      personalData,
      callbacksUrl,
      refundsPerSecond > 0 ? (rail) => new RailQuota(db, rail, refundsPerSecond) : null,
    );
  }

  /**
   * Makes an order per gift at one channel: stored first, then asked of the channel under the stored id. The same key again finds the same orders, asks the channel
   * for those it has no answer to, and answers the same.
   * Only a code is kept: a page's address and a request to WeChat are signed for each answer anew.
   * @param shown what the donors saw before giving, kept once per order.
   * @param client where the donors pay; Alipay is not paid inside of WeChat, which the caller has refused.
   * @throws {DomainError} channel.not_offered where the platform has no account there; consent.not_current, fees.not_shown; campaign.wrong_phase when the raise is not open; request.key_reused when the key was used for other amounts, another channel, or another client.
   */
  async order(
    tenantId: string,
    campaignId: string,
    amountsFen: readonly bigint[],
    orderKey: string,
    shown: Shown,
    channel: ChannelName = 'wechat',
    client: GiverClient = CODE,
  ): Promise<GiftOrdered[]> {
    const merchantId = await merchantAt(this.db, tenantId, channel);
    const payerHash = client.kind === 'wechat' ? this.personalData.lookup('payer', client.openid) : null;
    const { orders, isRepeat } = await inTransaction(this.db, async (tx) => {
      const campaign = await campaignRow(tx, campaignId, { tenantId });
      // Two requests under one key queue here; the second finds the first one's orders.
      await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [orderKey]);
      const known = await rows<OrderRow>(
        tx,
        'select id, amount_fen, status, code_url, campaign_id, channel, client, asked_payer_hash from gift where order_key = ? order by id',
        [orderKey],
      );
      if (known.length > 0) {
        const same =
          known.length === amountsFen.length &&
          known.every((g, i) => g.amount_fen === amountsFen[i] && g.campaign_id === campaignId && g.channel === channel) &&
          known.every((g) => g.client === client.kind && (payerHash === null || g.asked_payer_hash?.equals(payerHash)));
        if (!same)
          throw new DomainError(
            'request.key_reused',
            { zh: '该 Idempotency-Key 已用于其他捐赠', en: 'This Idempotency-Key was used for other gifts' },
            { field: 'Idempotency-Key' },
          );
        return { orders: known, isRepeat: true };
      }
      if (campaign.phase !== 'fundraising')
        throw new DomainError(
          'campaign.wrong_phase',
          { zh: `筹款未在进行：该活动处于 ${campaign.phase}`, en: `The raise is not open: the campaign stands in ${campaign.phase}` },
          { field: '/params/id' },
        );
      const orderedAt = await businessNow(tx, tenantId);
      await recordGiftConsent(tx, campaign, orderKey, shown, orderedAt);
      const nextId = monotonicFactory();
      const fresh = amountsFen.map(
        (amount): OrderRow => ({
          ...{ id: nextId(), amount_fen: amount, status: 'ordered', code_url: null, campaign_id: campaignId, channel },
          ...{ client: client.kind, asked_payer_hash: payerHash },
        }),
      );
      await tx('gift').insert(
        fresh.map((g) => ({
          id: g.id,
          tenant_id: tenantId,
          campaign_id: campaignId,
          amount_fen: g.amount_fen.toString(),
          ordered_at: orderedAt,
          order_key: orderKey,
          channel,
          client: client.kind,
          asked_payer_hash: payerHash,
        })),
      );
      return { orders: fresh, isRepeat: false };
    });
    const answered = await inParallel(orders, CHANNEL_CONCURRENCY, async (gift): Promise<GiftOrdered> => {
      const known = { id: gift.id, amountFen: gift.amount_fen, channel, codeUrl: gift.code_url, payUrl: null, wechatPay: null };
      if (gift.code_url !== null || gift.status !== 'ordered') return { ...known, status: gift.status === 'refused' ? 'refused' : 'ordered' };
      const outcome = await this.#ask(gift, merchantId, client);
      // An unknown outcome stays an open order: the donor may have been shown it, and a payment of it will be credited.
      // So does one whose renewal inside of WeChat is refused: what it was first made with may be paid yet.
      const isRefused = outcome.kind === 'REJECTED' && !(isRepeat && client.kind === 'wechat');
      if (outcome.kind !== 'CREATED') return { ...known, status: isRefused ? 'refused' : 'ordered' };
      const { kind: _created, ...means } = outcome;
      return { ...known, status: 'ordered', ...means };
    });
    await this.db.raw(
      `update gift g set status = a.status, code_url = a.url from unnest(?::text[], ?::text[], ?::text[]) as a(id, status, url) where g.id = a.id and g.status = 'ordered'`,
      [answered.map((a) => a.id), answered.map((a) => a.status), answered.map((a) => a.codeUrl)] as never,
    );
    return answered;
  }

  /**
   * The channel's own page for an open order that was made for a telephone's browser, signed anew; the channel is asked nothing.
   * @param backUrl where the browser comes back to. @returns null for an order that has no such page, or that takes no money any more.
   */
  async payPage(
    gift: Pick<OrderRow, 'id' | 'amount_fen' | 'campaign_id' | 'channel' | 'client' | 'status'> & { readonly tenant_id: string },
    backUrl: string,
  ): Promise<string | null> {
    if (gift.status !== 'ordered' || gift.client !== 'browser' || gift.channel !== 'alipay') return null;
    const merchantId = await merchantAt(this.db, gift.tenant_id, gift.channel);
    const outcome = await this.#ask(gift, merchantId, { kind: 'browser', backUrl });
    return outcome.kind === 'CREATED' && 'payUrl' in outcome ? outcome.payUrl : null;
  }

  /** The same order is asked for in the same words, however often. */
  #ask(gift: Pick<OrderRow, 'id' | 'amount_fen' | 'campaign_id' | 'channel'>, merchantId: string, client: GiverClient): Promise<OrderOutcome> {
    return this.channels[gift.channel].createOrder({
      merchantId,
      orderId: gift.id,
      amountFen: gift.amount_fen,
      description: `个人大病求助 ${gift.campaign_id}`,
      notifyUrl: `${this.callbacksUrl}/${gift.channel}`,
      client,
    });
  }

  /** Takes a verified callback. @returns once it is durable, whatever it was; what fits nowhere is kept for a person. */
  async hear(channel: ChannelName, notice: DonationNotice): Promise<void> {
    if (notice.kind === 'refund') return this.returns.hear(channel, notice);
    // An order that only waits or was closed moved no money; a refund is asked about.
    if (notice.kind === 'changed') return notice.refundId === null ? undefined : this.returns.look(channel, notice.refundId, notice.merchantId);
    if (notice.currency !== 'CNY')
      return this.#exception('gift-currency', notice.orderId, { currency: notice.currency, transactionId: notice.transactionId });
    const outcome = await this.#poster.post({
      giftId: notice.orderId,
      channel,
      merchantId: notice.merchantId,
      transactionId: notice.transactionId,
      amountFen: notice.amountFen,
      payerHash: this.personalData.lookup('payer', notice.payerId).toString('hex'),
      paidAt: notice.paidAt,
    });
    await this.#keepWhatDoesNotFit(outcome, notice.orderId, {
      transactionId: notice.transactionId,
      merchantId: notice.merchantId,
      amountFen: notice.amountFen.toString(),
    });
  }

  /** Asks each open order's own channel about it and posts those that were paid. */
  async collectLateOrders(campaignId: string): Promise<void> {
    for (let after = ''; ; ) {
      const page = await rows<{ id: string; merchant_id: string; channel: ChannelName }>(
        this.db,
        `select g.id, g.channel, merchant_of(t, g.channel) as merchant_id from gift g join tenant t on t.id = g.tenant_id where g.campaign_id = ? and g.status = 'ordered' and g.id > ? order by g.id limit ${PAGE}`,
        [campaignId, after],
      );
      if (page.length === 0) return;
      after = page.at(-1)!.id;
      await inParallel(page, CHANNEL_CONCURRENCY, async ({ id, merchant_id, channel }) => {
        const state = await this.channels[channel].queryOrder(merchant_id, id);
        if (state.kind !== 'PAID') return;
        await this.takeProven(channel, merchant_id, id, state);
      });
    }
  }

  /** Posts a payment that the channel's answer or bill proves, where its callback was lost. What does not fit is kept for a person. */
  async takeProven(
    channel: ChannelName,
    merchantId: string,
    orderId: string,
    proof: Pick<Extract<PaymentState, { kind: 'PAID' }>, 'transactionId' | 'amountFen' | 'paidAt'>,
  ): Promise<PostingOutcome> {
    const outcome = await this.#poster.post({
      giftId: orderId,
      channel,
      merchantId,
      transactionId: proof.transactionId,
      amountFen: proof.amountFen,
      payerHash: this.personalData.lookup('payer', proof.transactionId).toString('hex'),
      paidAt: proof.paidAt,
    });
    await this.#keepWhatDoesNotFit(outcome, orderId, { transactionId: proof.transactionId, amountFen: proof.amountFen.toString() });
    return outcome;
  }

  async #keepWhatDoesNotFit(outcome: PostingOutcome, orderId: string, data: Record<string, string>): Promise<void> {
    if (outcome === 'unknown') await this.#exception('gift-unknown', orderId, data);
    if (outcome === 'mismatch') await this.#exception('gift-mismatch', `${orderId}/${data.transactionId}`, data);
  }

  /** Parks what fits nowhere, with an owner; the same thing is parked once. */
  async #exception(kind: ExceptionKind, subject: string, data: Record<string, unknown>): Promise<void> {
    const gift = await row<{ tenant_id: string; campaign_id: string }>(this.db, 'select tenant_id, campaign_id from gift where id = ?', [
      subject.split('/')[0]!,
    ]);
    await inTransaction(this.db, (tx) =>
      openException(tx, { kind, subject, tenantId: gift?.tenant_id, campaignId: gift?.campaign_id, actor: 'channel', data }),
    );
  }
}

/** @returns the platform's account at the channel. @throws {DomainError} channel.not_offered. */
async function merchantAt(db: Database, tenantId: string, channel: ChannelName): Promise<string> {
  const found = await row<{ merchant_id: string | null }>(db, 'select merchant_of(t, ?) as merchant_id from tenant t where t.id = ?', [
    channel,
    tenantId,
  ]);
  if (found?.merchant_id) return found.merchant_id;
  throw new DomainError(
    'channel.not_offered',
    { zh: `该平台未开通此支付渠道：${channel}`, en: `The platform takes no gifts through this channel: ${channel}` },
    { field: '/channel' },
  );
}
