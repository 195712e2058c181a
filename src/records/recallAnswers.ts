import { audit } from '../audit/append';
import { row, rows, type Transaction } from '../database/connect';
import { addWorkingDays } from '../domain/calendar';
import { RECALL_PATIENCE_WORKING_DAYS, STANDING_RECALLS } from '../domain/recall';
import { campaignRow } from './campaigns';
import { openException } from './exceptions';
import { type Acting, endRecall, happened, lockedRecall, type RecallRow, standingRecall } from './recalls';
import { resolve } from './settlements';

/** What a bank says of a recall; only these two words change it. */
export type RecallAnswer =
  | { readonly kind: 'ACCEPTED' }
  | { readonly kind: 'REFUSED'; readonly code: string | null }
  | { readonly kind: 'PENDING' | 'UNKNOWN' };

/** @returns whether a recall is under way. */
export const isStanding = (r: Pick<RecallRow, 'state'>): boolean => STANDING_RECALLS.includes(r.state);

interface Payout {
  readonly state: string;
  readonly net_fen: bigint;
  readonly given_back_fen: bigint;
}

/**
 * Looks whether a payout is over that is asked back: it failed, or its money is back and booked, whoever found that. A recall that the bank has heard of is then
 * returned; one that it has not is moot. @param payoutId locked, campaign first, by the caller.
 */
export async function lookAtRecall(tx: Transaction, payoutId: string, acting: Acting): Promise<void> {
  const payout = (await row<Payout>(tx, 'select state, net_fen, given_back_fen from payout where id = ?', [payoutId]))!;
  const isBack = payout.state === 'returned' || payout.given_back_fen === payout.net_fen;
  if (!isBack && payout.state !== 'failed') return;
  const r = await standingRecall(tx, payoutId);
  if (r) await endRecall(tx, r, r.sent_at === null ? 'moot' : 'returned', acting);
  await resolveParked(tx, payoutId, ['recall-silent', 'recall-refused'], acting);
}

/** Takes the bank's answer. A promise is not money, and what is not certain changes nothing. @returns whether the recall is over. */
export async function takeAnswer(tx: Transaction, id: string, answer: RecallAnswer, acting: Acting): Promise<boolean> {
  const r = await lockedRecall(tx, id);
  if (!isStanding(r)) return true;
  if (answer.kind === 'REFUSED') {
    await endRecall(tx, r, 'refused', acting, answer.code);
    await resolveParked(tx, r.payout_id, ['recall-silent'], acting);
    await park(tx, r, 'recall-refused', { code: answer.code ?? 'none', reason: r.reason }, acting);
    return true;
  }
  if (answer.kind === 'ACCEPTED' && r.state === 'sent') {
    await tx('recall').where('id', id).update({ state: 'accepted', accepted_at: acting.at });
    await audit(tx, happened(r, 'recall.accepted', acting, { payoutId: r.payout_id }));
  }
  return false;
}

/** @returns when finance is told that nothing has come of a recall which the bank has, epoch ms. @param speed the campaign's, as for `addWorkingDays`. */
export const patienceEndsMs = (r: Pick<RecallRow, 'sent_at' | 'accepted_at'>, speed: number): number =>
  addWorkingDays((r.accepted_at ?? r.sent_at)!.getTime(), RECALL_PATIENCE_WORKING_DAYS, speed);

/** Tells finance, once, of a recall that the bank does not answer, or accepted without giving the money back, when its time is over. */
export async function noteSilence(tx: Transaction, id: string, acting: Acting): Promise<void> {
  const r = await lockedRecall(tx, id);
  if (r.state !== 'sent' && r.state !== 'accepted') return;
  const { window_speed: speed } = await campaignRow(tx, r.campaign_id);
  if (acting.at.getTime() >= patienceEndsMs(r, speed)) await park(tx, r, 'recall-silent', { standsAt: r.state }, acting);
}

async function park(
  tx: Transaction,
  r: RecallRow,
  kind: 'recall-refused' | 'recall-silent',
  facts: Record<string, string>,
  { by, at }: Acting,
): Promise<void> {
  const { net_fen: netFen } = (await row<Payout>(tx, 'select net_fen from payout where id = ?', [r.payout_id]))!;
  const data = { payoutId: r.payout_id, amountFen: netFen.toString(), ...facts };
  await openException(tx, { kind, subject: r.id, tenantId: r.tenant_id, campaignId: r.campaign_id, actor: by, businessAt: at, data });
}

async function resolveParked(tx: Transaction, payoutId: string, kinds: readonly string[], acting: Acting): Promise<void> {
  const parked = await rows<Parameters<typeof resolve>[1]>(
    tx,
    `select e.id, e.kind, e.tenant_id, e.campaign_id from money_exception e join recall r on r.id = e.subject
     where r.payout_id = ? and e.kind = any(?) and e.resolved_at is null order by e.id for update of e`,
    [payoutId, [...kinds]] as never,
  );
  for (const e of parked) await resolve(tx, e, { how: 'machine', reason: null, ...acting });
}
