import { type Connection, rows, type Transaction } from '../database/connect';
import { openException } from './exceptions';

/** A debit of a restored house's lost days: the bank made it under an id that the books did not have, and an operator said for which release. */
export interface ClaimedDebit {
  readonly payoutId: string;
  readonly amountFen: bigint;
}

/** @returns by release, the debits that were claimed and that no payout stands for yet; a payout takes the bank's id, so that nothing is paid a second time. */
export async function claimedDebits(connection: Connection, releaseIds: readonly string[]): Promise<Map<string, ClaimedDebit>> {
  const found = await rows<{ release: string; id: string; fen: string }>(
    connection,
    `select e.data->>'releaseId' as release, e.data->>'endToEndId' as id, e.data->>'amountFen' as fen from money_exception e
     where e.kind = 'bank-line-unknown' and e.data->>'releaseId' = any(?) and not exists (select from payout p where p.id = e.data->>'endToEndId')`,
    [[...releaseIds]] as never,
  );
  return new Map(found.map(({ release, id, fen }) => [release, { payoutId: id, amountFen: BigInt(fen) }]));
}

/** What was signed is not what the bank debited: nothing is made up, and a person is told. */
export async function contradicts(
  tx: Transaction,
  release: { readonly id: string; readonly tenant_id: string; readonly campaign_id: string },
  claimed: ClaimedDebit,
  netFen: bigint,
  at: Date,
): Promise<void> {
  await openException(tx, {
    kind: 'payout-amount',
    subject: `release/${release.id}/${claimed.payoutId}`,
    tenantId: release.tenant_id,
    campaignId: release.campaign_id,
    actor: 'workflow:release',
    businessAt: at,
    data: { netFen: netFen.toString(), bookedFen: claimed.amountFen.toString() },
  });
}
