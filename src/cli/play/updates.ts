import type { Campaign } from './answers';
import type { Deed, Story } from './story';

const texts: Record<string, string> = {
  progress: 'The treatment goes on as planned; the doctors are content with the course so far.',
  'use-of-funds': 'The money paid last was used for drugs and the ward, as published; the receipts are filed.',
};

const open = ({ duties }: Campaign) => duties.filter(({ doneAt }) => doneAt === null);

/** @returns when the sponsor next owes an update; null when nothing is owed. */
export function nextUpdateMs(campaign: Campaign): number | null {
  const due = open(campaign).map(({ dueAt }) => Date.parse(dueAt));
  return due.length > 0 ? Math.min(...due) : null;
}

/** The sponsor posts every update that falls due, on time. */
export async function postUpdates({ platform, clock }: Story, campaign: Campaign): Promise<Deed> {
  const due = open(campaign).find(({ dueAt }) => Date.parse(dueAt) <= clock.nowMs);
  if (!due) return 'nothing';
  await platform.post(`/v1/campaigns/${campaign.id}/updates`, { kind: due.kind, text: texts[due.kind] });
  return 'settle';
}
