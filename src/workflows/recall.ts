import type { WorkflowInput } from '../messages/messages';
import { payment } from './doors';
import { Story } from './story';

const NOTICES = new Set(['confirmed', 'payout-booked', 'ended', 'repaired']);

/** One payout asked back under one id, from the second person's word until the bank refused, the money is booked again, or a person ended it. */
export async function recall(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  story.chapter('with the bank');
  for (;;) {
    const pursuit = await payment.pursueRecall(input.id, story.now());
    if (pursuit === 'over') return story.ends(undefined);
    await story.waitUntil(pursuit.againAtMs);
  }
}
