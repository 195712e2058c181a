import type { WorkflowInput } from '../messages/messages';
import { database, reading } from './doors';
import { Story } from './story';

const NOTICES = new Set(['opened', 'paid', 'updated', 'ended', 'repaired']);

/** SUPERVISE, from a campaign's opening to its end: what the sponsor owes the public is reminded of, marked on the public page, and then holds payouts. */
export async function supervision(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  story.chapter('watching what is due');
  for (;;) {
    const next = await reading.supervisionStanding(input.id, story.now());
    if (next.over) return story.ends(undefined);
    if (next.stepIsDue) await database.takeSupervisionSteps(input.id, story.now());
    else await story.waitUntil(next.dueAtMs);
  }
}
