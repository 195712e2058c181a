import { row, rows, type Transaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import type { ReceiptReason } from '../../../domain/receiptReasons';
import type { PersonalData } from '../../../security/personalData';
import type { Actor } from '../../../access/actors';
import { type HospitalPayout, hospitalPayouts } from '../../routes/hospital';

/** One payment as its hospital sees it, with what was signed for it. */
export interface PayoutRecord {
  readonly payout: HospitalPayout;
  readonly hospital: string;
  readonly platform: { readonly zh: string; readonly en: string };
  /** The bank has since taken the money back. */
  readonly returned: boolean;
  /** The confirmation, or else the newest denial. */
  readonly receipt: Receipt | null;
}

export interface Receipt {
  readonly id: string;
  readonly outcome: 'confirm' | 'deny';
  readonly amountFen: bigint;
  /** Why it is not all that was paid; null for all of it, and where receipts of before said it in words. */
  readonly reason: ReceiptReason | null;
  readonly signedAt: string;
  readonly receivedAt: string;
  readonly note: string | null;
  /** Null where the hospital's own key signed. */
  readonly signer: string | null;
}

/** @returns a payment to the actor's hospital. @throws {DomainError} object.not_found, also for another hospital's. */
export async function payoutRecord(tx: Transaction, personalData: PersonalData, payoutId: string, actor: Actor): Promise<PayoutRecord> {
  const payout = (await hospitalPayouts(tx, personalData, actor, payoutId))[0];
  if (!payout) throw new DomainError('object.not_found', { zh: '没有该笔付款', en: 'There is no such payout' });
  const names = (await row<{ hospital: string; zh: string; en: string; state: string }>(
    tx,
    'select i.name as hospital, t.name_zh as zh, t.name_en as en, p.state from payout p join tenant t on t.id = p.tenant_id, institution i where p.id = ? and i.id = ?',
    [payoutId, actor.institutionId ?? ''],
  ))!;
  return {
    payout,
    hospital: names.hospital,
    platform: { zh: names.zh, en: names.en },
    returned: names.state === 'returned',
    receipt: await receiptOf(tx, payoutId),
  };
}

async function receiptOf(tx: Transaction, payoutId: string): Promise<Receipt | null> {
  const [found] = await rows<{
    id: string;
    outcome: Receipt['outcome'];
    amount_fen: bigint;
    reason: ReceiptReason | null;
    signed_at: Date;
    received_at: Date;
    note: string | null;
    display_name: string | null;
  }>(
    tx,
    `select r.*, s.display_name from receipt r left join staff s on s.id = r.staff_id where r.payout_id = ? order by (r.outcome = 'confirm') desc, r.received_at desc, r.id desc limit 1`,
    [payoutId],
  );
  return found
    ? {
        id: found.id,
        outcome: found.outcome,
        amountFen: found.amount_fen,
        reason: found.reason,
        signedAt: found.signed_at.toISOString(),
        receivedAt: found.received_at.toISOString(),
        note: found.note,
        signer: found.display_name,
      }
    : null;
}
