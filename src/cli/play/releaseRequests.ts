import type { Campaign, ReleaseRequest } from './answers';
import type { ReleaseMode } from './caseFile';
import { type Deed, once, type Story } from './story';

const dayMs = 86_400_000;
const daysBetweenBatches = 14;

/** @returns the mode to ask for next: the wish, after its refusal the fallback; null when one was accepted or none is left. */
export function nextMode({ theCase: { release } }: Pick<Story, 'theCase'>, requests: readonly ReleaseRequest[]): ReleaseMode | null {
  if (requests.some((request) => request.outcome === 'accepted')) return null;
  return [release?.wish, release?.fallback][requests.length] ?? null;
}

const shanghaiDay = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10);

function requestBody({ theCase: { release }, clock }: Story, mode: ReleaseMode) {
  if (mode !== 'batched') return { mode, purpose: 'Treatment as published' };
  const batches = (release?.batches ?? []).map((basisPoints, index) => ({
    basisPoints,
    purpose: `Course ${index + 1} of the treatment`,
    dueOn: shanghaiDay(clock.nowMs + index * daysBetweenBatches * dayMs),
  }));
  return { mode, batches };
}

/** Batches to a person: the hospital was asked first, and both parties sign plan and list, where the sponsor has them. */
async function prepareBatchesToPerson({ platform, campaignId, documents, hospital, theCase }: Story): Promise<void> {
  if (theCase.payee.kind === 'institution') return;
  const contact = { contacted: hospital.institution.name, outcome: 'hospital-account-refused', note: 'The ward takes no transfers from platforms.' };
  await platform.post(`/v1/campaigns/${campaignId}/hospital-contacts`, contact);
  const [plan, list] = [documents.get('medical-plan'), documents.get('expense-list')];
  if (!plan || !list) return;
  for (const party of ['sponsor', 'help-seeker']) {
    const signed = { party, planSha256: plan.sha256, listSha256: list.sha256 };
    await platform.post(`/v1/campaigns/${campaignId}/plan-signatures`, signed);
  }
}

/** Once the raise is over and its books are settled, the sponsor asks for the money as the case wishes. */
export async function requestRelease(story: Story, { id, phase, requests, fees }: Campaign): Promise<Deed> {
  const mode = phase === 'release' ? nextMode(story, requests) : null;
  if (mode === null) return 'nothing';
  return once(story, `request ${requests.length}`, async () => {
    if (mode === 'batched') await prepareBatchesToPerson(story);
    const request = await story.platform.postOnce<ReleaseRequest>(`/v1/campaigns/${id}/release-requests`, {
      ...requestBody(story, mode),
      feeVersion: fees.version,
    });
    const by = request.refusedBy.length > 0 ? ` by ${request.refusedBy.join(', ')}` : '';
    story.progress.say(`release asked for as ${mode}: ${request.outcome}${by}`);
  });
}
