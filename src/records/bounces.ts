import { audit } from '../audit/append';
import { row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { post } from '../ledger/post';
import { exceptionRow, mustAllow } from './exceptionStanding';
import { tell } from './outbox';
import { payoutRow, type ReleaseStage } from './releases';
import { resolve } from './settlements';

/** Stages in which a release hears that its money came back. */
const HEARS: readonly ReleaseStage[] = ['receipt', 'evidence', 'watch'];

/**
 * A person says that a credit on suspense is the bank's return of a whole payout: it leaves suspense, and the release takes it as it takes every bounce and begins its
 * payment anew. Final: what a release has acted upon is not undone.
 * @throws {DomainError} exception.wrong_act; exception.wrong_target unless the payout stands, whole, and its release is open.
 */
export async function takeAsBounce(
  tx: Transaction,
  exceptionId: string,
  payoutId: string,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<void> {
  const { tenant_id: tenantId } = await exceptionRow(tx, exceptionId);
  const known = await row<{ given_back_fen: bigint }>(tx, 'select given_back_fen from payout where id = ? and tenant_id = ?', [payoutId, tenantId]);
  const wrong = (zh: string, en: string): DomainError => new DomainError('exception.wrong_target', { zh, en }, { field: '/payoutId' });
  if (!known) throw wrong('没有该笔付款', 'There is no such payout');
  const p = await payoutRow(tx, payoutId, { lock: true });
  const e = await exceptionRow(tx, exceptionId, { lock: true });
  mustAllow(e, 'take-as-bounce');
  const release = (await row<{ stage: ReleaseStage }>(tx, 'select stage from release where id = ? for update', [p.release_id]))!;
  const returned = await row(tx, `select 1 from bank_line where payout_id = ? and kind = 'return'`, [payoutId]);
  if (p.state !== 'succeeded' || returned || !HEARS.includes(release.stage))
    throw wrong('该笔付款未入账、已退回，或其拨付已结束', 'The payout is not booked, has come back already, or its release is over');
  if (known.given_back_fen > 0n || e.line_fen !== p.net_fen || e.unexplained_fen !== p.net_fen || e.allocated_fen !== 0n)
    throw wrong(`须为整笔退回：${p.net_fen} 分，且未作其他匹配`, `A bounce is whole: ${p.net_fen} fen, and nothing of it matched otherwise`);
  const subject = `bank-line/${e.account_number}/${e.reference}`;
  const back = { key: `${subject}/bounce`, kind: 'suspense-reversed', debit: { kind: 'suspense' }, credit: { kind: 'custody' } } as const;
  await post(tx, [{ ...back, tenantId, amountFen: p.net_fen, subject, businessAt: at }], by);
  await tx('bank_line')
    .where({ account_number: e.account_number, reference: e.reference, sign: 'CRDT' })
    .update({ kind: 'return', payout_id: payoutId, unexplained_fen: '0', applied_at: null });
  await audit(tx, {
    action: 'match.bounced',
    subject: `payout/${payoutId}`,
    actor: by,
    tenantId,
    campaignId: p.campaign_id,
    businessAt: at,
    data: { exceptionId, amountFen: p.net_fen },
  });
  await resolve(tx, e, { how: 'matched', reason: null, by, at });
  await tell(tx, { workflow: 'release', tenantId, id: p.release_id, notice: 'bank-returned', cause: e.reference! });
}
