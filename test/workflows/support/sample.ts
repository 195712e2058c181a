import { proxyActivities } from '@temporalio/workflow';
import { Story } from '../../../src/workflows/story';
import type { WorkflowInput } from '../../../src/messages/messages';

const NOTICES = new Set(['started', 'bank-line']);
const DAY_MS = 86_400_000;

/** Waits for the deadlines its id names, in days from its beginning: `30,330`. @returns the business time that passed, in days. */
export async function deadlines(input: WorkflowInput): Promise<number> {
  const story = new Story(input, NOTICES);
  const beganMs = story.now();
  for (const days of input.id.split(',').map(Number)) {
    while (story.now() < beganMs + days * DAY_MS) await story.waitUntil(beganMs + days * DAY_MS);
  }
  return story.ends(Math.floor((story.now() - beganMs) / DAY_MS));
}

/** Ends at a fixed business time, however many runs it takes to get there. @returns that time, epoch ms. */
export async function untilTheGoal(input: WorkflowInput): Promise<number> {
  const story = new Story(input, NOTICES);
  const goalMs = Number(input.id);
  while (story.now() < goalMs) await story.waitUntil(goalMs);
  return story.ends(story.now());
}

const { confide } = proxyActivities<{ confide(secret: string): Promise<string> }>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
});

/** Hands what it is told to an activity. @returns the activity's answer. */
export async function confides(secret: string): Promise<string> {
  return confide(secret);
}

/** Says hello at once. */
export async function greets(): Promise<string> {
  return 'hello';
}
