import type { WorkflowInput } from '../messages/messages';
import { payment, reading } from './doors';
import { Story } from './story';

const NOTICES = new Set(['moved', 'repaired']);
/** How long to leave bank and channel alone when one of them has no answer yet. */
const AGAIN_MS = 3_600_000;

/** One day of one platform on which money moved: read on the next, when statement and bill are made, and asked for until both were read. */
export async function reconciliation(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  story.chapter('waiting until the day is over');
  const dueAtMs = await reading.reconciliationDueAt(input.id);
  while (story.now() < dueAtMs) await story.waitUntil(dueAtMs);
  story.chapter('reading statement and bill');
  while (!(await payment.reconcileDay(input.id, story.now()))) await story.waitUntil(story.now() + AGAIN_MS);
  await story.ends(undefined);
}
