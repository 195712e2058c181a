import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { reasonFits, type ReceiptReason, type Shortfall } from '../domain/receiptReasons';
import { openException } from './exceptions';
import type { ExceptionRow } from './exceptionStanding';
import { tell } from './outbox';
import { closeReceiptLoop } from './receiptLoop';
import type { PayoutRow, ReleaseStage } from './releases';
import { reopen, resolve } from './settlements';

/** A hospital's answer about a payment. */
export interface NewReceipt {
  readonly outcome: 'confirm' | 'deny';
  /** What the hospital has received of the payment in all, fen; of a denial: what it was told that it would receive. */
  readonly amountFen: bigint;
  /** Why it is less than was paid, or nothing; null for all of it. */
  readonly reason: ReceiptReason | null;
  readonly note: string | null;
  readonly signedAt: string;
  readonly signature: string | null;
  readonly institutionId: string;
  readonly staffId: string | null;
}

interface Acting {
  readonly by: string;
  /** Business time. */
  readonly at: Date;
}

interface Loop {
  readonly release_id: string;
  readonly campaign_id: string;
  readonly tenant_id: string;
  readonly payee_kind: string;
  readonly net_fen: bigint;
  readonly given_back_fen: bigint;
  readonly confirmed_fen: bigint;
  /** The most that any receipt said was received in all. */
  readonly said_fen: bigint;
  readonly stage: ReleaseStage;
  readonly receipt: string | null;
}

const LOOP = `select p.release_id, p.campaign_id, p.tenant_id, p.payee_kind, p.net_fen, p.given_back_fen, p.confirmed_fen, r.stage, r.receipt,
    coalesce((select max(amount_fen) from receipt x where x.payout_id = p.id and x.outcome = 'confirm'), 0)::bigint as said_fen
  from payout p join release r on r.id = p.release_id where p.id = ?`;

const openOf = ({ net_fen, confirmed_fen, given_back_fen }: Loop): bigint => net_fen - confirmed_fen - given_back_fen;

/**
 * RECEIPT: records what a hospital says of a payment that the bank has booked. Each confirmation says what was received in all, so that one given twice counts once.
 * @param payout locked, and the hospital's own. @returns the receipt's id.
 * @throws {DomainError} receipt.not_credited, receipt.already_given, receipt.wrong_amount, release.wrong_stage; request.invalid where the reason does not fit.
 */
export async function recordReceipt(tx: Transaction, payout: PayoutRow, answer: NewReceipt, { by, at }: Acting): Promise<string> {
  if (payout.state !== 'succeeded')
    throw new DomainError(
      'receipt.not_credited',
      { zh: '银行尚未入账，或款项已被退回；不能签收', en: 'The bank has not booked this payment, or has taken it back; nothing can be signed for' },
      { rules: ['RECEIPT'] },
    );
  await tx('release').where('id', payout.release_id).forUpdate().select('id');
  const loop = (await row<Loop>(tx, LOOP, [payout.id]))!;
  mustAnswer(loop, answer);
  if (loop.stage !== 'receipt' && loop.receipt !== 'part')
    throw new DomainError('release.wrong_stage', {
      zh: '该笔拨付尚未到签收步骤；请稍后再试',
      en: 'The release does not wait for a receipt yet; try again in a moment',
    });
  const id = ulid();
  await tx('receipt').insert({
    id,
    release_id: payout.release_id,
    payout_id: payout.id,
    institution_id: answer.institutionId,
    outcome: answer.outcome,
    amount_fen: answer.amountFen.toString(),
    reason: answer.reason,
    signed_at: answer.signedAt,
    signature: answer.signature,
    staff_id: answer.staffId,
    note: answer.note,
    received_at: at,
  });
  const isPart = answer.outcome === 'confirm' && answer.reason !== null;
  if (answer.outcome === 'deny') await tx('release').where('id', payout.release_id).update({ receipt: 'denied' });
  await audit(tx, {
    action: answer.outcome === 'deny' ? 'receipt.denied' : isPart ? 'receipt.confirmed_in_part' : 'receipt.confirmed',
    subject: `payout/${payout.id}`,
    actor: by,
    tenantId: payout.tenant_id,
    campaignId: payout.campaign_id,
    businessAt: at,
    data: { receiptId: id, amountFen: answer.amountFen, ...(answer.reason === null ? {} : { reason: answer.reason }) },
  });
  if (answer.outcome === 'confirm') await lookAtReceipt(tx, payout.id, { by, at }, id);
  await tell(tx, { workflow: 'release', tenantId: payout.tenant_id, id: payout.release_id, notice: 'receipt-given', cause: id });
  return id;
}

/** @throws {DomainError} unless the answer fits what is open of the payment, and its reason fits the answer. */
function mustAnswer(loop: Loop, { outcome, amountFen, reason, note }: NewReceipt): void {
  const openFen = openOf(loop);
  if (openFen === 0n) throw new DomainError('receipt.already_given', { zh: '该笔付款已签收', en: 'This payment is signed for already' });
  const mostFen = loop.said_fen + openFen;
  if (outcome === 'confirm' && amountFen > mostFen)
    throw new DomainError(
      'receipt.wrong_amount',
      {
        zh: `已付 ${loop.net_fen} 分，已退回 ${loop.given_back_fen} 分；累计至多签收 ${mostFen} 分`,
        en: `${loop.net_fen} fen were paid and ${loop.given_back_fen} fen came back; in all at most ${mostFen} fen can be signed for`,
      },
      { field: '/amountFen', rules: ['RECEIPT'] },
    );
  if (outcome === 'confirm' && amountFen <= loop.said_fen)
    throw new DomainError(
      'receipt.already_given',
      {
        zh: `已签收 ${loop.said_fen} 分；amountFen 是累计收到的金额`,
        en: `${loop.said_fen} fen are signed for already; amountFen is what was received in all`,
      },
      { field: '/amountFen', rules: ['RECEIPT'] },
    );
  mustGiveReason(outcome === 'deny' ? 'deny' : amountFen < mostFen ? 'part' : null, reason, note);
}

function mustGiveReason(answer: Shortfall | null, reason: ReceiptReason | null, note: string | null): void {
  const wrong = (field: '/reason' | '/note', zh: string, en: string): DomainError =>
    new DomainError('request.invalid', { zh: `${field.slice(1)}：${zh}`, en: `${field.slice(1)}: ${en}` }, { field, rules: ['RECEIPT'] });
  if (answer === null && reason !== null) throw wrong('/reason', '全额签收不附原因', 'none is given where all was received');
  if (answer === null) return;
  if (reason === null || !reasonFits(reason, answer))
    throw wrong('/reason', '部分签收或否认收款须给出相符的原因代码', 'a receipt in part and a denial each need a code that fits');
  if (reason === 'other' && note === null) throw wrong('/note', '原因为 other 时须说明', 'say what the other reason is');
}

/**
 * RECEIPT: looks whether anything of a payment is still missing, after a receipt, or after money of it came back or a match was undone. Nothing missing: the loop is
 * closed. A part confirmed: the rest is finance's exception, and the release waits for it. @param cause unique to what happened.
 */
export async function lookAtReceipt(tx: Transaction, payoutId: string, { by, at }: Acting, cause: string): Promise<void> {
  const loop = (await row<Loop>(tx, LOOP, [payoutId]))!;
  const { release_id: id, campaign_id: campaignId, tenant_id: tenantId } = loop;
  if (loop.payee_kind !== 'institution' || loop.receipt === null) return;
  const [shortfall] = await shortfallsOf(tx, 'e.subject = ?', payoutId);
  if (openOf(loop) === 0n) {
    if (shortfall?.resolution === null) await resolve(tx, shortfall, { how: 'matched', reason: null, by, at });
    return closeReceiptLoop(tx, { id, campaignId, tenantId }, by, at, cause);
  }
  // A person said what became of the rest: that stands.
  if (loop.confirmed_fen === 0n || shortfall?.resolution === 'settled') return;
  await tx('release').where('id', id).whereIn('receipt', ['awaited', 'overdue', 'denied', 'signed']).update({ receipt: 'part' });
  if (shortfall) return reopen(tx, shortfall, by, at);
  const data = { releaseId: id, netFen: loop.net_fen.toString() };
  await openException(tx, { kind: 'receipt-short', subject: payoutId, tenantId, campaignId, actor: by, data, businessAt: at });
}

/** The bank took the whole payment back: nothing of it is missing any more. */
export async function endShortfalls(tx: Transaction, releaseId: string, { by, at }: Acting): Promise<void> {
  for (const each of await shortfallsOf(tx, 'e.resolved_at is null and p.release_id = ?', releaseId))
    await resolve(tx, each, { how: 'machine', reason: null, by, at });
}

/** A shortfall's exception, as it stands. */
type Shortfalls = Pick<ExceptionRow, 'id' | 'kind' | 'tenant_id' | 'campaign_id' | 'resolution'>;

function shortfallsOf(tx: Transaction, where: string, id: string): Promise<Shortfalls[]> {
  return rows<Shortfalls>(
    tx,
    `select e.id, e.kind, e.tenant_id, e.campaign_id, e.resolution from money_exception e join payout p on p.id = e.subject
     where e.kind = 'receipt-short' and ${where} for update of e`,
    [id],
  );
}
