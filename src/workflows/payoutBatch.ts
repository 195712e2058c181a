import type { WorkflowInput } from '../messages/messages';
import { payment } from './doors';
import { Story } from './story';

const NOTICES = new Set(['approved', 'repaired']);

/**
 * All lines of an approved payout batch on their way to the bank, in files; then everybody who waits for one of them is told. A further round of the batch begins it anew, or is
 * heard while it is at work.
 */
export async function payoutBatch(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  story.chapter('with the bank');
  do {
    await story.hears(async () => conductsAll(input.id, story));
  } while (story.hasNews());
  await story.ends(undefined);
}

async function conductsAll(batchId: string, story: Story): Promise<true> {
  let came = await payment.conductBatch(batchId, story.now(), { phase: 'paying', after: 0 });
  while (came.phase !== 'finished') came = await payment.conductBatch(batchId, story.now(), came);
  return true;
}
