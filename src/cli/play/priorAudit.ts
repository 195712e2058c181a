import type { Campaign } from './answers';
import { type Deed, once, type Story } from './story';

type Party = 'patient' | 'sponsor';

/** The person whom the identity service could not find: the case says whether the reviewer resolves it. */
function unresolved({ identity, report }: Campaign): Party | null {
  if (report?.verdict !== 'needs') return null;
  const open = (party: Party) => {
    const state = identity?.[party];
    return state && state.verdict !== null && !['match', 'mismatch'].includes(state.verdict) && state.resolution === null;
  };
  return open('patient') ? 'patient' : open('sponsor') ? 'sponsor' : null;
}

function resolves({ theCase: { patient, sponsor } }: Story, party: Party): boolean {
  if (sponsor.relation !== 'self') return Boolean((party === 'patient' ? patient : sponsor).reviewer_resolves);
  return Boolean(patient.reviewer_resolves || sponsor.reviewer_resolves);
}

/** The reviewer follows the findings: resolves who was not found, then approves when no finding stops it and refuses otherwise. */
export async function reviewCampaign(story: Story, campaign: Campaign): Promise<Deed> {
  const { report, decision, id } = campaign;
  if (campaign.phase !== 'prior-audit' || report === null || decision !== null) return 'nothing';
  const party = unresolved(campaign);
  if (party) {
    const resolution = resolves(story, party) ? 'confirmed' : 'not-confirmed';
    return once(story, `resolve ${party} ${report.id}`, async () => {
      const reviewer = await story.staff.as('reviewer');
      const reason = 'Compared the identity card with the person in a call.';
      await reviewer.post(`/v1/campaigns/${id}/identity-resolutions`, { party, resolution, reason });
    });
  }
  if (report.verdict === 'needs') return 'nothing';
  const approves = report.verdict === 'pass';
  return once(story, `decide ${report.id}`, async () => {
    const failed = report.findings.filter((finding) => finding.verdict === 'fail').map((finding) => finding.rule);
    const reason = approves ? 'No finding stops the campaign; documents and person agree.' : `Stopped by ${failed.join(', ')}.`;
    const reviewer = await story.staff.as('reviewer');
    await reviewer.post(`/v1/campaigns/${id}/decision`, { decision: approves ? 'approve' : 'refuse', reason });
    story.progress.say(`the reviewer ${approves ? 'approves' : 'refuses'}: ${reason}`);
  });
}
