import { patched } from '@temporalio/workflow';
import type { WorkflowInput } from '../messages/messages';
import { payment, reading } from './doors';
import { CLEARING_HOURS } from './patches';
import { Story } from './story';

type TransferEnd = 'succeeded' | 'failed';

const NOTICES = new Set(['started', 'bank-line', 'cancelled', 'repaired']);
/** How long to leave the bank alone between questions, in order; the last one repeats. Pushes from the bank come sooner. */
const POLLS_MS = [60_000, 300_000, 900_000, 3_600_000];

/**
 * One payout under one id. Sent, then asked for until the bank's answer is certain; unknown never becomes a second payment.
 */
export async function transfer(input: WorkflowInput): Promise<TransferEnd> {
  const story = new Story(input, NOTICES);
  story.chapter('with the bank');
  for (let poll = 0; ; poll += 1) {
    const state = await payment.pursuePayout(input.id, story.now());
    if (state === 'succeeded' || state === 'failed') return story.ends(state);
    const opensAtMs = state === 'waiting' && patched(CLEARING_HOURS) ? await reading.clearingOpensAt(input.id, story.now()) : null;
    const pollAtMs = story.now() + (POLLS_MS[poll] ?? POLLS_MS.at(-1)!);
    await story.waitUntil(opensAtMs ?? pollAtMs);
  }
}
