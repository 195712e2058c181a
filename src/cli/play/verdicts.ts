import type { Campaign } from './answers';
import type { CaseEvent } from './caseFile';
import type { Story } from './story';

type Complaint = Extract<CaseEvent, { type: 'complaint' }>;

/** How long the operator looks into a complaint, on the story's clock: well within any edition's time for the answer. */
const investigationHours = 72;
const subject = 'plea';

/** A complaint that a play filed, and when it is to be decided at the earliest. */
export type OpenComplaint = { readonly id: string; readonly event: Complaint; readonly decideMs: number };

/** Somebody complains; the operator acknowledges and rules on admissibility at once. @returns what is left to decide; null after “inadmissible” */
export async function complain(story: Story, { id }: Campaign, event: Complaint): Promise<OpenComplaint | null> {
  const { platform, staff, clock, progress } = story;
  const complaint = await platform.post<{ id: string }>(`/v1/campaigns/${id}/complaints`, {
    subject,
    text: 'The family is said to own shopfronts that the page does not name.',
  });
  const operator = await staff.as('operator');
  await operator.post(`/v1/complaints/${complaint.id}/acknowledgement`, {});
  const ruling = event.admissible
    ? { admissible: true, reason: 'It names facts that can be checked.' }
    : { admissible: false, reason: 'It names no fact.', reply: 'The complaint names nothing that can be checked.' };
  await operator.post(`/v1/complaints/${complaint.id}/admissibility`, ruling);
  progress.say(`a complaint, ${event.admissible ? 'admissible' : 'inadmissible'}`);
  return event.admissible ? { id: complaint.id, event, decideMs: clock.nowMs + clock.hoursMs(investigationHours) } : null;
}

/** The operator decides a complaint; upheld names the ground that the blacklist takes. */
export async function decide(story: Story, { id, event }: OpenComplaint): Promise<void> {
  const operator = await story.staff.as('operator');
  const said = { reason: 'Land registry and family were heard.', reply: 'The platform looked into the complaint; this is its answer.' };
  const verdict = event.verdict === 'upheld' ? { verdict: 'upheld', ground: 'hidden-assets', ...said } : { verdict: 'dismissed', ...said };
  await operator.post(`/v1/complaints/${id}/decision`, verdict);
  story.progress.say(`the complaint is ${event.verdict}`);
}

/** The patient died: the platform reports it, and the operator confirms it on the certificate. The hospital is owed nothing more. */
export async function reportDeath(story: Story, { id, now }: Campaign): Promise<void> {
  const { platform, staff, progress } = story;
  const diedOn = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10);
  const death = await platform.post<{ id: string }>(`/v1/campaigns/${id}/deaths`, { diedOn });
  const operator = await staff.as('operator');
  await operator.post(`/v1/deaths/${death.id}/decision`, {
    confirmed: true,
    reason: 'The death certificate was seen; the hospital is owed nothing.',
  });
  progress.say('the patient died');
}
