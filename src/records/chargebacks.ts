import { audit } from '../audit/append';
import { row, type Transaction } from '../database/connect';
import { clearingOf, post, type Transfer } from '../ledger/post';
import { exceptionRow, mustAllow } from './exceptionStanding';
import { resolve } from './settlements';

/**
 * Books what the channel took back of its own accord, as its bill shows: the channel of the gift owes that much less, and somebody owes it to the platform's custody. The exception stays
 * open, with its owner and age, until credits make it good.
 * @throws {DomainError} exception.wrong_act.
 */
export async function bookChargeback(tx: Transaction, exceptionId: string, { by, at }: { readonly by: string; readonly at: Date }): Promise<void> {
  const e = await exceptionRow(tx, exceptionId, { lock: true });
  mustAllow(e, 'book-chargeback');
  const amountFen = BigInt(e.data.amountFen!);
  const subject = `exception/${exceptionId}`;
  const gift = await row<{ channel: 'wechat' | 'alipay' }>(tx, 'select channel from gift where id = ?', [e.data.orderId ?? '']);
  const credit = { kind: clearingOf(gift?.channel ?? 'wechat') } as const;
  const taken = { key: `chargeback/${exceptionId}`, kind: 'chargeback', debit: { kind: 'chargeback' }, credit } as const;
  await post(tx, [{ ...taken, tenantId: e.tenant_id, amountFen, subject, businessAt: at }], by);
  await tx('money_exception').where('id', exceptionId).update({ booked_fen: amountFen.toString() });
  await audit(tx, {
    action: 'chargeback.booked',
    subject,
    actor: by,
    tenantId: e.tenant_id,
    campaignId: e.campaign_id ?? undefined,
    businessAt: at,
    data: { amountFen },
  });
}

interface ChargedBack {
  readonly gift_id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly amount_fen: bigint;
  readonly round_id: string | null;
  readonly cause: string;
  readonly exception_id: string;
  readonly open_fen: bigint;
}

/**
 * Gives a return back by setting it off against the chargeback of its gift: the donor has the money from the channel already, and what custody was short of is
 * made good by what the campaign gives back. The caller has locked campaign and return.
 * @returns whether so much is open of the chargeback; where somebody made it good before, whom the money belongs to is for a person to say.
 */
export async function setOffReturn(tx: Transaction, returnId: string, at: Date): Promise<boolean> {
  const r = await row<ChargedBack>(
    tx,
    `select r.gift_id, g.tenant_id, r.campaign_id, r.amount_fen, r.round_id, r.cause, e.id as exception_id, e.booked_fen - e.made_good_fen as open_fen
     from gift_return r join gift g on g.id = r.gift_id
       join money_exception e on e.booked_fen > 0 and e.tenant_id = g.tenant_id and e.data->>'orderId' = g.id and e.booked_fen - e.made_good_fen >= r.amount_fen
     where r.id = ? order by e.id limit 1 for update of e`,
    [returnId],
  );
  if (!r) return false;
  const { tenant_id: tenantId, campaign_id: campaignId, amount_fen: amountFen, exception_id: exceptionId } = r;
  const common = { tenantId, subject: `gift/${r.gift_id}`, amountFen, businessAt: at };
  const chargeback = { kind: 'chargeback' } as const;
  const legs: Transfer[] =
    r.round_id === null
      ? [{ ...common, key: `return/${returnId}`, kind: 'excess-returned', debit: { kind: 'excess' }, credit: chargeback }]
      : [
          {
            ...common,
            key: `return/${returnId}`,
            kind: 'gift-refunded',
            debit: { kind: 'reserved', campaignId },
            credit: { kind: 'refunded', campaignId },
          },
          { ...common, key: `return/${returnId}/chargeback`, kind: 'chargeback-set-off', debit: { kind: 'returned' }, credit: chargeback },
        ];
  await post(tx, legs, 'channel');
  await tx('gift_return')
    .where('id', returnId)
    .update({ status: 'returned', reference: `chargeback/${exceptionId}`, returned_at: at, last_outcome: 'CHARGED_BACK' });
  await tx.raw('update money_exception set made_good_fen = made_good_fen + ? where id = ?', [amountFen.toString(), exceptionId]);
  await audit(tx, {
    action: 'gift.returned',
    subject: `gift/${r.gift_id}`,
    actor: 'channel',
    tenantId,
    campaignId,
    businessAt: at,
    data: { returnId, amountFen, cause: r.cause, chargeback: exceptionId },
  });
  if (r.open_fen === amountFen)
    await resolve(tx, await exceptionRow(tx, exceptionId, { lock: true }), { how: 'matched', reason: null, by: 'machine', at });
  return true;
}
