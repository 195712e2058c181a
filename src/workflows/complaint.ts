import type { WorkflowInput } from '../messages/messages';
import { database, reading } from './doors';
import { Story } from './story';

const NOTICES = new Set(['filed', 'acknowledged', 'decided', 'appealed', 'repaired']);

/** A complaint from its receipt number to its published reply, and to the end of the time in which it may be appealed. People decide; the clock reminds. */
export async function complaint(input: WorkflowInput): Promise<void> {
  const story = new Story(input, NOTICES);
  for (;;) {
    story.chapter('waiting for people');
    const next = await reading.complaintStanding(input.id, story.now());
    if (next.over) return story.ends(undefined);
    if (next.overdue !== null) await database.noteOverdueComplaint(input.id, next.overdue, story.now());
    else await story.waitUntil(next.dueAtMs);
  }
}
