import type { BankEntry } from '../adapters/payment/port';
import { type Transaction, rows } from '../database/connect';
import type { ExceptionKind } from '../domain/moneyExceptions';
import { post } from '../ledger/post';
import { openException } from '../records/exceptions';

type Line = Pick<BankEntry, 'accountNumber' | 'reference' | 'sign' | 'amountFen' | 'endToEndId' | 'bookedAt'>;

/** Hands a line of the bank that fits nowhere to a person. @returns the exception's id. @param tenantId null: of an account that nobody has, it is nobody's. @param kind why it fits nowhere. */
export async function parkLine(tx: Transaction, tenantId: string | null, kind: ExceptionKind, line: Line): Promise<string> {
  const data = { sign: line.sign, amountFen: line.amountFen.toString(), endToEndId: line.endToEndId, bookedAt: line.bookedAt };
  const subject = `${line.accountNumber}/${line.reference}/${line.sign}`;
  return openException(tx, { kind, subject, tenantId: tenantId ?? undefined, actor: 'bank', data, businessAt: new Date(line.bookedAt) });
}

/** A credit that nobody explains is in custody all the same: it lies on suspense, with an owner, until a person matches it. @param amountFen what of the line is unexplained. */
export async function suspend(tx: Transaction, tenantId: string, line: Line, amountFen: bigint): Promise<void> {
  if (amountFen === 0n) return;
  const businessAt = new Date(line.bookedAt);
  const subject = `bank-line/${line.accountNumber}/${line.reference}`;
  const transfer = { key: `${subject}/suspense`, kind: 'unexplained-credit', debit: { kind: 'custody' }, credit: { kind: 'suspense' } } as const;
  await post(tx, [{ ...transfer, tenantId, amountFen, subject, businessAt }], 'bank');
  await tx('bank_line')
    .where({ account_number: line.accountNumber, reference: line.reference, sign: line.sign })
    .update({ unexplained_fen: amountFen.toString(), applied_at: businessAt });
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
  for (const each of unheard) {
    const line = { ...each, bookedAt: each.bookedAt.toISOString() };
    await suspend(tx, each.tenantId, line, each.amountFen);
    await parkLine(tx, each.tenantId, 'return-late', line);
  }
}
