import { rows, type Transaction } from '../database/connect';
import { balanceOf, clearingOf } from '../ledger/post';
import { matchLine } from '../records/bankMatches';
import { tellAll } from '../records/manyNotices';

/**
 * Settlements that came before their gifts were known: a callback was lost, and the gift was found by asking or in the bill. They are matched with what the channel
 * owes by now: that of the merchant number which the line names, where nobody undid such a match before. Others are a person's.
 * @param at business time. @returns how many fen are explained now.
 */
export async function explainLateSweeps(tx: Transaction, tenantId: string, at: Date): Promise<bigint> {
  const open = await rows<{ id: string; fen: bigint; channel: 'wechat' | 'alipay' }>(
    tx,
    `select e.id, l.unexplained_fen - l.allocated_fen as fen, l.channel from bank_line l
     join money_exception e on e.tenant_id = l.tenant_id and e.kind = 'unexplained-credit' and e.subject = l.account_number || '/' || l.reference || '/' || l.sign
     where l.tenant_id = ? and l.kind = 'collection' and l.names_merchant and l.channel is not null and l.unexplained_fen > l.allocated_fen and e.resolved_at is null
       and not exists (select from bank_match m where m.exception_id = e.id and m.undone_at is not null)
     order by l.booked_at, l.reference`,
    [tenantId],
  );
  let explained = 0n;
  for (const { id, fen, channel } of open) {
    const owed = await balanceOf(tx, tenantId, { kind: clearingOf(channel) });
    if (owed <= 0n) continue;
    const amountFen = owed < fen ? owed : fen;
    await matchLine(tx, id, { target: channel === 'alipay' ? 'channel-alipay' : 'channel', id: tenantId, amountFen }, { by: 'machine', at });
    explained += amountFen;
  }
  if (explained > 0n) await tellWhoWaits(tx, tenantId, `explained-${at.getTime()}`);
  return explained;
}

/** Money is in custody that was not there to pay from: campaigns that settle their books and releases that wait for it look again. */
export async function tellWhoWaits(tx: Transaction, tenantId: string, cause: string): Promise<void> {
  const waiting = await rows<{ id: string; workflow: 'campaign' | 'release' }>(
    tx,
    `select id, 'campaign' as workflow from campaign where tenant_id = :tenant and phase = 'settlement'
     union all select r.id, 'release' from release r join campaign c on c.id = r.campaign_id where c.tenant_id = :tenant and r.stage = 'approval'`,
    { tenant: tenantId },
  );
  await tellAll(
    tx,
    waiting.map(({ id, workflow }) =>
      workflow === 'campaign'
        ? { workflow, tenantId, id, notice: 'custody-credited', cause }
        : { workflow, tenantId, id, notice: 'approval-changed', cause: `custody-${cause}` },
    ),
  );
}
