import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { canonicalJson } from '../domain/canonical';
import { DomainError } from '../domain/errors';
import type { RecallReason, RecallState } from '../domain/recall';
import { campaignRow } from './campaigns';
import { tell } from './outbox';
import { type Acting, endRecall, happened, holdWhileRecalled, lockedRecall, type RecallRow, standingRecall } from './recalls';
import { areOneHuman, isRelated } from './relations';
import { payoutRow } from './releases';

/** A person of finance who asks or confirms. */
interface Person extends Acting {
  readonly staffId: string;
}

/**
 * Somebody asks a payout back that was sent. From now on its campaign pays nothing; the bank hears of it once another person has confirmed it.
 * @returns the recall's id. @throws {DomainError} recall.wrong_state where the payout was not sent, is over, or came back in part; recall.stands.
 */
export async function askRecall(
  tx: Transaction,
  payoutId: string,
  { reason, words }: { readonly reason: RecallReason; readonly words: string },
  { staffId, ...acting }: Person,
): Promise<string> {
  const payout = await payoutRow(tx, payoutId, { lock: true });
  const standing = await standingRecall(tx, payoutId);
  if (standing)
    throw new DomainError('recall.stands', {
      zh: `该笔付款已有进行中的追回 ${standing.id}`,
      en: `The recall ${standing.id} of this payout is under way`,
    });
  const { given_back_fen: backFen } = (await row<{ given_back_fen: bigint }>(tx, 'select given_back_fen from payout where id = ?', [payoutId]))!;
  if (!['submitted', 'unknown', 'succeeded'].includes(payout.state) || backFen > 0n)
    throw new DomainError('recall.wrong_state', {
      zh: `该笔付款处于 ${payout.state}，已退回 ${backFen} 分；只有已发送或已入账、且未有退回的付款可以追回`,
      en: `The payout is ${payout.state} and ${backFen} fen of it came back; only what was sent or booked, and is away whole, can be asked back`,
    });
  const id = ulid();
  const { tenant_id: tenantId, campaign_id: campaignId, net_fen: netFen } = payout;
  const digest = createHash('sha256').update(canonicalJson({ id, payoutId, campaignId, netFen, reason, words, staffId })).digest('hex');
  await tx('recall').insert({
    ...{ id, tenant_id: tenantId, campaign_id: campaignId, payout_id: payoutId, reason, words, digest },
    ...{ asker_id: staffId, asked_at: acting.at },
  });
  await audit(tx, happened({ id, tenant_id: tenantId, campaign_id: campaignId }, 'recall.asked', acting, { payoutId, reason, netFen, digest }));
  await holdWhileRecalled(tx, await campaignRow(tx, campaignId), `recall-asked-${id}`, acting);
  return id;
}

/**
 * Another person confirms a recall: its workflow asks the bank. @param stepUp uses the person's step-up for the recall's digest, and answers its id.
 * @throws {DomainError} recall.wrong_state, recall.same_person, release.related_party, auth.step_up_required.
 */
export async function confirmRecall(
  tx: Transaction,
  id: string,
  { staffId, ...acting }: Person,
  stepUp: (digest: string) => Promise<string>,
): Promise<void> {
  const r = await lockedRecall(tx, id);
  mustBeAsked(r);
  if (r.asker_id === staffId || (await areOneHuman(tx, r.asker_id, staffId)))
    throw new DomainError('recall.same_person', {
      zh: '申请追回的人不能自己确认，请另一位复核人确认',
      en: 'Whoever asked for the recall does not confirm it: another checker does',
    });
  if (await isRelated(tx, staffId, r.campaign_id))
    throw new DomainError('release.related_party', {
      zh: '您与该活动的当事人有关联（本人或已申报的关系），不得确认其追回；请由他人经办',
      en: 'You are tied to this campaign, in person or by a declared relation: somebody else confirms its recall',
    });
  const stepUpId = await stepUp(r.digest);
  await tx('recall').where('id', id).update({ state: 'confirmed', confirmer_id: staffId, confirmed_at: acting.at, step_up_id: stepUpId });
  await audit(tx, happened(r, 'recall.confirmed', acting, { payoutId: r.payout_id, digest: r.digest }));
  await tell(tx, { workflow: 'recall', tenantId: r.tenant_id, id, notice: 'confirmed', cause: 'confirmed' });
}

/** Takes a recall back that nobody has confirmed: the campaign goes on. @throws {DomainError} recall.wrong_state. */
export async function withdrawRecall(tx: Transaction, id: string, acting: Acting): Promise<void> {
  const r = await lockedRecall(tx, id);
  mustBeAsked(r);
  await endRecall(tx, r, 'withdrawn', acting);
}

function mustBeAsked(r: RecallRow): void {
  if (r.state === 'asked') return;
  throw new DomainError('recall.wrong_state', {
    zh: `该追回处于 ${r.state}；只有待确认的追回可以确认或撤回`,
    en: `The recall is ${r.state}; only one that waits to be confirmed is confirmed or withdrawn`,
  });
}

/** Which recalls are looked at. */
export interface RecallFilter {
  readonly state?: RecallState | undefined;
  readonly payoutId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface ListedRow extends RecallRow {
  readonly net_fen: bigint;
  readonly asker: string;
  readonly confirmer: string | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
}

const LISTED = `select r.*, p.net_fen, a.display_name as asker, c.display_name as confirmer from recall r join payout p on p.id = r.payout_id
  join staff a on a.id = r.asker_id left join staff c on c.id = r.confirmer_id`;

/** @returns a platform's recalls that the filter lets through, oldest first. */
export async function listRecalls(connection: Connection, tenantId: string, { state, payoutId, after, limit }: RecallFilter) {
  const found = await rows<ListedRow>(
    connection,
    `${LISTED} where r.tenant_id = :tenant and (:state::text is null or r.state = :state) and (:payout::text is null or r.payout_id = :payout)
       and (:after::text is null or r.id > :after) order by r.id limit :limit`,
    { tenant: tenantId, state: state ?? null, payout: payoutId ?? null, after: after ?? null, limit } as never,
  );
  return found.map(viewOf);
}

/** @returns a recall as finance is shown it. @throws {DomainError} object.not_found. */
export async function recallView(connection: Connection, id: string) {
  const found = await row<ListedRow>(connection, `${LISTED} where r.id = ?`, [id]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该追回', en: 'There is no such recall' });
  return viewOf(found);
}

const viewOf = (r: ListedRow) => ({
  id: r.id,
  payoutId: r.payout_id,
  campaignId: r.campaign_id,
  amountFen: r.net_fen,
  reason: r.reason,
  words: r.words,
  digest: r.digest,
  state: r.state,
  asker: r.asker,
  askerId: r.asker_id,
  askedAt: r.asked_at.toISOString(),
  confirmer: r.confirmer,
  confirmedAt: r.confirmed_at?.toISOString() ?? null,
  sentAt: r.sent_at?.toISOString() ?? null,
  acceptedAt: r.accepted_at?.toISOString() ?? null,
  bankCode: r.bank_code,
  endedAt: r.ended_at?.toISOString() ?? null,
  endedBy: r.ended_by,
});
