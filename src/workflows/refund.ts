import { patched } from '@temporalio/workflow';
import type { WorkflowInput } from '../messages/messages';
import { database, payment } from './doors';
import { SWEEPS } from './patches';
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
  while (await isUnderWay(input.id, story)) await story.waitUntil(story.now() + POLL_MS);
  await database.finishRefund(input.id, story.now());
  await story.ends(undefined);
}

/** Sends what is due and asks about what was sent, in calls of limited length. @returns whether something is still on its way. */
async function isUnderWay(roundId: string, story: Story): Promise<boolean> {
  if (!patched(SWEEPS)) return payment.sendReturns(roundId, story.now());
  for (let after = ''; ; ) {
    const sent = await payment.sendReturnsFrom(roundId, story.now(), after);
    if (sent.after === null) return sent.underWay;
    after = sent.after;
  }
}
