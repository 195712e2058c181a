import { say } from '../text/say';
import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { type Connection, row, rows, type Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { campaignRow } from '../../records/campaigns';
import { askForRefund, decideRefund, type GiftRow, giftRow } from '../../records/refundRequests';
import type { PersonalData } from '../../security/personalData';
import { auditName, tenantWall } from '../../access/actors';
import { opensPage, pageKey } from '../pageKeys';
import { route } from '../route';
import { id, personText, recordText, ulidText } from '../schemas';

const donorsOwn = z.strictObject({ id: ulidText, key: z.string().regex(/^[0-9a-f]{24}$/, say({ zh: '不是捐赠的密钥', en: 'not a key of a gift' })) });
const asking = z.strictObject({ reason: personText(1_000) });

/** Routes of a donor's gift after it was given: its receipt and state, and the way back. Source: REFUND, SURPLUS. */
export function refundRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/public/gifts/{id}/{key}',
      tag: 'Refunds',
      summary: "A gift as its donor sees it, by the key on the donor's receipt",
      act: 'public.read',
      input: { params: donorsOwn },
      answers: { 200: { description: 'The gift, its returns and requests.' } },
      handler: async ({ tx, params }) => ({ status: 200, body: await giftView(tx, await donorsGift(tx, personalData, params)) }),
    }),
    route({
      method: 'post',
      path: '/v1/public/gifts/{id}/{key}/refund-requests',
      tag: 'Refunds',
      summary: 'The donor asks for the gift back, with a reason',
      act: 'public.ask-back',
      input: { params: donorsOwn, body: asking },
      answers: { 201: { description: 'The gift with the request and the day by which it is decided.' } },
      handler: async ({ tx, params, body }) => {
        const gift = await donorsGift(tx, personalData, params);
        await ask(tx, personalData, gift, body.reason, 'donor-page', 'public');
        return { status: 201, body: await giftView(tx, gift) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/gifts/{id}/refund-requests',
      tag: 'Refunds',
      summary: 'The platform asks for a donor',
      act: 'gift.ask-back',
      input: { params: id, body: asking },
      answers: { 201: { description: 'The gift with the request.' } },
      handler: async ({ tx, params, body, actor }) => {
        const gift = await giftRow(tx, params.id, actor.tenantId ?? '');
        await ask(tx, personalData, gift, body.reason, 'platform', auditName(actor));
        return { status: 201, body: await giftView(tx, gift) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/refund-requests',
      tag: 'Refunds',
      summary: 'Requests of donors that wait for an answer, the oldest first',
      act: 'refund.list',
      input: {},
      answers: { 200: { description: 'At most 100.' } },
      handler: async ({ tx, actor }) => {
        const open = await rows<RequestRow>(
          tx,
          `select * from refund_request where tenant_id = ? and state = 'asked' order by due_at, id limit 100`,
          [actor.tenantId ?? ''],
        );
        return { status: 200, body: { requests: open.map(requestView) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/refund-requests/{id}/decision',
      tag: 'Refunds',
      summary: "Answers a donor; granted, the gift's part of the unspent money goes back by the original route",
      act: 'refund.decide',
      input: { params: id, body: z.strictObject({ grant: z.boolean(), reply: recordText(1_000) }) },
      answers: { 200: { description: 'The request, decided.' } },
      handler: async ({ tx, params, body, actor }) => {
        const known = await requestRow(tx, params.id, actor.tenantId ?? '');
        const campaign = await campaignRow(tx, known.campaign_id, { lock: true });
        const at = await businessNow(tx, campaign.tenant_id);
        await decideRefund(tx, campaign, known.id, { ...body, staffId: actor.id, actor: auditName(actor), at });
        return { status: 200, body: requestView(await requestRow(tx, params.id, actor.tenantId ?? '')) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/refunds',
      tag: 'Refunds',
      summary: 'The refund rounds of a campaign, and what is owed back with its reason',
      act: 'refund.read',
      input: { params: id },
      answers: { 200: { description: 'Rounds and owed returns.' } },
      handler: async ({ tx, params, actor }) => {
        const campaign = await campaignRow(tx, params.id, tenantWall(actor));
        return { status: 200, body: await refundsView(tx, campaign.id) };
      },
    }),
  ];
}

/** @returns the key that a donor's receipt carries: who holds it may see the gift and ask for it back. 24 hex digits. */
export function giftKey(personalData: PersonalData, giftId: string): string {
  return pageKey(personalData, 'gift-page', giftId);
}

/** @throws {DomainError} object.not_found when there is no such gift under this key. */
export async function donorsGift(connection: Connection, personalData: PersonalData, at: { id: string; key: string }): Promise<GiftRow> {
  if (!opensPage(personalData, 'gift-page', at.id, at.key))
    throw new DomainError('object.not_found', { zh: '没有该捐赠', en: 'There is no such gift' });
  return giftRow(connection, at.id);
}

/** Files a donor's request under the campaign's lock. */
export async function ask(
  tx: Transaction,
  personalData: PersonalData,
  gift: GiftRow,
  reason: string,
  through: 'donor-page' | 'platform',
  actor: string,
): Promise<void> {
  const at = await businessNow(tx, gift.tenant_id);
  await askForRefund(tx, gift, { reasonEnc: personalData.sealForHouse(reason, 'refund-request.reason'), through, actor, at });
}

interface RequestRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly gift_id: string;
  readonly state: 'asked' | 'granted' | 'refused';
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly decided_at: Date | null;
  readonly reply: string | null;
}

async function requestRow(connection: Connection, requestId: string, tenantId: string): Promise<RequestRow> {
  const request = await row<RequestRow>(connection, 'select * from refund_request where id = ? and tenant_id = ?', [requestId, tenantId]);
  if (!request) throw new DomainError('object.not_found', { zh: '没有该申请', en: 'There is no such request' });
  return request;
}

function requestView(r: RequestRow) {
  return {
    id: r.id,
    campaignId: r.campaign_id,
    giftId: r.gift_id,
    state: r.state,
    askedAt: r.asked_at.toISOString(),
    dueAt: r.due_at.toISOString(),
    decidedAt: r.decided_at?.toISOString() ?? null,
    reply: r.reply,
  };
}

/** @returns what the channel took back of a gift of its own accord, as booked, fen. */
async function chargedBack(connection: Connection, giftId: string): Promise<bigint> {
  const booked = await row<{ fen: bigint }>(
    connection,
    `select coalesce(sum(booked_fen), 0)::bigint as fen from money_exception where booked_fen > 0 and data->>'orderId' = ?`,
    [giftId],
  );
  return booked!.fen;
}

/** A gift with everything that came back of it, for its donor. */
export async function giftView(connection: Connection, gift: GiftRow) {
  const returns = await rows<{ cause: string; amount_fen: bigint; status: string; returned_at: Date | null; reference: string | null }>(
    connection,
    'select cause, amount_fen, status, returned_at, reference from gift_return where gift_id = ? order by due_at, id',
    [gift.id],
  );
  const requests = await rows<RequestRow>(connection, 'select * from refund_request where gift_id = ? order by asked_at', [gift.id]);
  return {
    id: gift.id,
    campaignId: gift.campaign_id,
    amountFen: gift.amount_fen,
    status: gift.status,
    channel: gift.channel,
    orderedAt: gift.ordered_at.toISOString(),
    paidAt: gift.paid_at?.toISOString() ?? null,
    creditedFen: gift.credited_fen,
    chargedBackFen: await chargedBack(connection, gift.id),
    returns: returns.map((r) => ({
      cause: r.cause,
      amountFen: r.amount_fen,
      status: r.status,
      returnedAt: r.returned_at?.toISOString() ?? null,
      reference: r.reference,
    })),
    requests: requests.map(requestView),
  };
}

/** Refund rounds with how far each is, and what is owed back. */
export async function refundsView(connection: Connection, campaignId: string) {
  const rounds = await rows<{
    id: string;
    cause: string;
    amount_fen: bigint;
    gifts: number;
    begun_at: Date;
    finished_at: Date | null;
    returned: bigint;
    owed: bigint;
  }>(
    connection,
    `select d.*, coalesce(sum(r.amount_fen) filter (where r.status = 'returned'), 0)::bigint as returned,
       coalesce(sum(r.amount_fen) filter (where r.status = 'owed'), 0)::bigint as owed
     from refund_round d left join gift_return r on r.round_id = d.id where d.campaign_id = ? group by d.id order by d.begun_at, d.id`,
    [campaignId],
  );
  const owed = await rows<{ id: string; gift_id: string; amount_fen: bigint; cause: string; last_outcome: string | null; owner: string | null }>(
    connection,
    `select r.id, r.gift_id, r.amount_fen, r.cause, r.last_outcome, e.owner from gift_return r
     left join money_exception e on e.kind = 'owed-back' and e.subject = r.id and e.resolved_at is null
     where r.campaign_id = ? and r.status = 'owed' order by r.id limit 100`,
    [campaignId],
  );
  const asked = await row<{ asked: number; granted: number; refused: number }>(
    connection,
    `select count(*)::int as asked, count(*) filter (where state = 'granted')::int as granted, count(*) filter (where state = 'refused')::int as refused
     from refund_request where campaign_id = ?`,
    [campaignId],
  );
  const taken = await row<{ fen: bigint; open: bigint }>(
    connection,
    `select coalesce(sum(e.booked_fen), 0)::bigint as fen, coalesce(sum(e.booked_fen - e.made_good_fen), 0)::bigint as open
     from money_exception e join gift g on g.id = e.data->>'orderId' where e.booked_fen > 0 and g.campaign_id = ?`,
    [campaignId],
  );
  return {
    chargedBack: { bookedFen: taken!.fen, openFen: taken!.open },
    rounds: rounds.map((d) => ({
      id: d.id,
      cause: d.cause,
      amountFen: d.amount_fen,
      gifts: d.gifts,
      returnedFen: d.returned,
      owedFen: d.owed,
      begunAt: d.begun_at.toISOString(),
      finishedAt: d.finished_at?.toISOString() ?? null,
    })),
    owed: owed.map((o) => ({ id: o.id, giftId: o.gift_id, amountFen: o.amount_fen, cause: o.cause, outcome: o.last_outcome, owner: o.owner })),
    requests: asked!,
  };
}
