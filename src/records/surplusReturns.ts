import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { SURPLUS_REFERENCE, surplusReference } from '../domain/surplusReference';
import { matchLine } from './bankMatches';
import { payoutRow } from './releases';

interface Acting {
  readonly by: string;
  /** Business time. */
  readonly at: Date;
}

/** Money of a payment that its hospital said it sends back. */
interface SurplusRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly payout_id: string;
  readonly reference: string;
  readonly amount_fen: bigint;
  readonly reason: string;
  readonly announced_at: Date;
  readonly match_id: string | null;
  readonly withdrawn_at: Date | null;
}

/**
 * SURPLUS: a hospital says that it sends money of a payment back. It gets a reference for its transfer, by which the credit is matched without anybody.
 * @param payout to the hospital itself. @returns the announcement. @throws {DomainError} surplus.not_now, match.too_much.
 */
export async function announceReturn(
  tx: Transaction,
  payoutId: string,
  { amountFen, reason, institutionId }: { readonly amountFen: bigint; readonly reason: string; readonly institutionId: string },
  { by, at }: Acting,
): Promise<SurplusRow> {
  const payout = await payoutRow(tx, payoutId, { lock: true });
  if (payout.state !== 'succeeded')
    throw new DomainError('surplus.not_now', {
      zh: '银行尚未入账，或款项已被银行退回',
      en: 'The bank has not booked this payment, or has taken it back already',
    });
  const leftFen = await returnable(tx, payoutId);
  if (amountFen > leftFen)
    throw new DomainError(
      'match.too_much',
      { zh: `该笔付款可退回的金额为 ${leftFen} 分`, en: `${leftFen} fen of this payment can be sent back` },
      { field: '/amountFen', payoutFen: leftFen },
    );
  const id = ulid();
  const { tenant_id: tenantId, campaign_id: campaignId } = payout;
  await tx('surplus_return').insert({
    id,
    tenant_id: tenantId,
    campaign_id: campaignId,
    payout_id: payoutId,
    institution_id: institutionId,
    reference: surplusReference(randomBytes(12)),
    amount_fen: amountFen.toString(),
    reason,
    announced_at: at,
    announced_by: by,
  });
  const data = { surplusId: id, amountFen };
  await audit(tx, { action: 'surplus.announced', subject: `payout/${payoutId}`, actor: by, tenantId, campaignId, businessAt: at, data });
  return (await row<SurplusRow>(tx, 'select * from surplus_return where id = ?', [id]))!;
}

/** @returns what of a payment can still be announced, fen: neither back nor announced; nothing of one that the bank has not booked or took back. */
export async function returnable(connection: Connection, payoutId: string): Promise<bigint> {
  const left = await row<{ fen: bigint }>(
    connection,
    `select (p.net_fen - p.given_back_fen - coalesce((select sum(s.amount_fen) from surplus_return s where s.payout_id = p.id and s.match_id is null and s.withdrawn_at is null), 0))::bigint as fen
     from payout p where p.id = ? and p.state = 'succeeded'`,
    [payoutId],
  );
  return left?.fen ?? 0n;
}

/** The hospital sends it not, or otherwise. @throws {DomainError} surplus.not_now once it is matched or withdrawn. */
export async function withdrawReturn(tx: Transaction, id: string, { by, at }: Acting): Promise<void> {
  const s = (await row<SurplusRow>(tx, 'select * from surplus_return where id = ? for update', [id]))!;
  if (s.match_id !== null || s.withdrawn_at !== null)
    throw new DomainError('surplus.not_now', { zh: '该笔退回已到账或已撤回', en: 'It has come in, or was withdrawn, already' });
  await tx('surplus_return').where('id', id).update({ withdrawn_at: at, withdrawn_by: by });
  const common = { actor: by, tenantId: s.tenant_id, campaignId: s.campaign_id, businessAt: at };
  await audit(tx, { action: 'surplus.withdrawn', subject: `payout/${s.payout_id}`, ...common, data: { surplusId: id, amountFen: s.amount_fen } });
}

/** @returns what a hospital announced about a payment, newest first. */
export async function returnsOf(connection: Connection, payoutId: string) {
  const found = await rows<SurplusRow>(connection, 'select * from surplus_return where payout_id = ? order by id desc', [payoutId]);
  return found.map(surplusView);
}

/** @returns an announcement as its hospital is shown it. */
export function surplusView({ id, payout_id, reference, amount_fen, reason, announced_at, match_id, withdrawn_at }: SurplusRow) {
  const state: 'matched' | 'withdrawn' | 'announced' = match_id !== null ? 'matched' : withdrawn_at !== null ? 'withdrawn' : 'announced';
  return {
    id,
    payoutId: payout_id,
    reference,
    amountFen: amount_fen,
    reason,
    state,
    announcedAt: announced_at.toISOString(),
  };
}

/**
 * The announcement that a credit names, locked with its campaign. @param words every text of the credit that its payer may have written.
 * @returns it, whatever the credit's amount; null where none is named, or more than one.
 */
export async function namedReturn(tx: Transaction, tenantId: string, words: readonly (string | null)[]): Promise<SurplusRow | null> {
  const named = [...new Set(words.flatMap((text) => (text ?? '').toUpperCase().match(SURPLUS_REFERENCE) ?? []))];
  if (named.length !== 1) return null;
  const reference = named[0]!;
  await tx.raw('select 1 from campaign where id = (select campaign_id from surplus_return where reference = ? and tenant_id = ?) for update', [
    reference,
    tenantId,
  ]);
  return row<SurplusRow>(tx, 'select * from surplus_return where reference = ? and tenant_id = ? for update', [reference, tenantId]);
}

/** Whether a credit is what was announced: to the fen, once, and not withdrawn, of a payment that stands. */
export async function isAsAnnounced(tx: Transaction, s: SurplusRow, amountFen: bigint): Promise<boolean> {
  if (s.match_id !== null || s.withdrawn_at !== null || s.amount_fen !== amountFen) return false;
  const fits = await row(
    tx,
    `select 1 from payout p where p.id = ? and p.state = 'succeeded' and p.net_fen - p.given_back_fen >= ?
       and not exists (select from bank_line l where l.payout_id = p.id and l.kind = 'return')`,
    [s.payout_id, amountFen.toString()],
  );
  return fits !== null;
}

/** Matches a credit that is as announced: the campaign has the money again. @param exceptionId the credit's own, on suspense. */
export async function matchAnnounced(tx: Transaction, s: SurplusRow, exceptionId: string, at: Date): Promise<void> {
  const target = { target: 'payout-return', id: s.payout_id, amountFen: s.amount_fen, surplusId: s.id } as const;
  const matchId = await matchLine(tx, exceptionId, target, { by: 'machine', at });
  await tx('surplus_return').where('id', s.id).update({ match_id: matchId });
}
