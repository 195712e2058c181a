import type { Campaign } from './answers';
import { bankEntries, standsCredited } from './bank';
import { newDocument } from './documents';
import { type Deed, once, type Story } from './story';

/** The sponsor files receipts for the whole of a payout that stands credited, where there are any; the reviewer accepts them. */
export async function fileEvidence(story: Story, { releases }: Campaign): Promise<Deed> {
  const release = releases.find(({ stage }) => stage === 'evidence');
  const payout = release?.payouts.findLast(({ state }) => state === 'succeeded');
  const name = `evidence ${payout?.id}`;
  if (!story.documents.has('receipts') || !release || !payout || story.done.has(name)) return 'nothing';
  if (!standsCredited(await bankEntries(story), payout.id)) return 'nothing';
  return once(story, name, async () => {
    // Each batch is evidenced by receipts of its own.
    const filed = { amountFen: payout.netFen, document: newDocument() };
    const { id } = await story.platform.postOnce<{ id: string }>(`/v1/releases/${release.id}/use-evidence`, filed);
    const reviewer = await story.staff.as('reviewer');
    await reviewer.post(`/v1/use-evidence/${id}/decision`, { decision: 'accept', reason: 'Receipts add up to the amount and name the patient.' });
  });
}
