import type { BankEntry } from '../adapters/payment/port';
import { type Transaction, rows } from '../database/connect';
import { openException } from '../records/exceptions';

type Line = Pick<BankEntry, 'accountNumber' | 'reference' | 'sign' | 'amountFen' | 'endToEndId' | 'bookedAt'>;

/** Hands a line of the bank that fits nowhere to a person; nothing is posted for it. @param kind why it fits nowhere. */
export async function parkLine(tx: Transaction, tenantId: string, kind: string, line: Line): Promise<void> {
  const data = { sign: line.sign, amountFen: line.amountFen.toString(), endToEndId: line.endToEndId, bookedAt: line.bookedAt };
  await openException(tx, { kind, subject: `${line.accountNumber}/${line.reference}/${line.sign}`, tenantId, actor: 'bank', data });
}

/** A return that arrived after the bank was last asked and before its release ended: nobody else is going to hear of it. */
export async function parkUnheardReturn(tx: Transaction, releaseId: string): Promise<void> {
  const unheard = await rows<Omit<Line, 'bookedAt'> & { tenantId: string; bookedAt: Date }>(
    tx,
    `update bank_line l set kind = 'unknown' from payout p
     where p.release_id = ? and l.payout_id = p.id and l.kind = 'return' and l.applied_at is null
     returning l.tenant_id as "tenantId", l.account_number as "accountNumber", l.reference, l.sign, l.amount_fen as "amountFen",
       l.end_to_end_id as "endToEndId", l.booked_at as "bookedAt"`,
    [releaseId],
  );
  for (const line of unheard) await parkLine(tx, line.tenantId, 'return-late', { ...line, bookedAt: line.bookedAt.toISOString() });
}
