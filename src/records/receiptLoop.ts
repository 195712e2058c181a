import { audit } from '../audit/append';
import type { Transaction } from '../database/connect';
import { tell, tellReleases } from './outbox';
import { liftHold } from './releases';

/** A release whose payment is signed for. */
interface SignedRelease {
  readonly id: string;
  readonly campaignId: string;
  readonly tenantId: string;
}

/**
 * RECEIPT: the loop of a release is closed: nothing of its payment is missing any more, or a person said with a reason what became of the rest. The hold goes,
 * and the release and those that the hold kept waiting look again. @param cause unique to what closed it.
 */
export async function closeReceiptLoop(
  tx: Transaction,
  { id, campaignId, tenantId }: SignedRelease,
  by: string,
  at: Date,
  cause: string,
): Promise<void> {
  await tx('release').where('id', id).whereNotNull('receipt').update({ receipt: 'signed' });
  if (await liftHold(tx, { campaignId, releaseId: id, rule: 'RECEIPT', by, at })) {
    await audit(tx, { action: 'hold.lifted', subject: `release/${id}`, actor: by, tenantId, campaignId, businessAt: at, data: { rule: 'RECEIPT' } });
    await tellReleases(tx, { id: campaignId, tenantId }, ['approval', 'transfer'], 'hold-changed', `${id}-${at.getTime()}`);
  }
  await tell(tx, { workflow: 'release', tenantId, id, notice: 'receipt-given', cause });
}
