import type { WorkflowInput } from '../messages/messages';
import { database, payment } from './doors';
import { Story } from './story';

const NOTICES = new Set(['started', 'returns-settled', 'return-retried', 'repaired']);
/** How long to leave the channel alone between questions about returns that it is still making. Its callbacks come sooner. */
const POLL_MS = 10 * 60_000;

/**
 * One amount on its way back to the donors, shared out exactly before it begins. Each return has its number for ever, so a page that is sent twice gives
 * nothing back twice. Finished once every return came home, or is owed back with an owner.
 */
export async function refund(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  story.chapter('giving back');
  while (await payment.sendReturns(input.id, story.now())) await story.waitUntil(story.now() + POLL_MS);
  await database.finishRefund(input.id, story.now());
  await story.ends(undefined);
}
