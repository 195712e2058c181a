import type { Campaign } from './answers';
import { type Deed, once, type Story } from './story';

/** The reviewer looks at a release's evidence and lets it go on to publicity. */
export async function reviewRelease(story: Story, { releases }: Campaign): Promise<Deed> {
  const release = releases.find(({ stage }) => stage === 'review');
  if (!release) return 'nothing';
  return once(story, `review ${release.id} ${release.stageSince}`, async () => {
    const reviewer = await story.staff.as('reviewer');
    await reviewer.post(`/v1/releases/${release.id}/review`, { decision: 'approve', reason: 'Amount, purpose and payee agree with the documents.' });
  });
}

/** Finance: the maker proposes, two checkers sign the digest of exactly that; anew when their signatures were voided, by time or by a change. */
export async function approveRelease(story: Story, { releases, payeeAccount }: Campaign): Promise<Deed> {
  const release = releases.find(({ stage }) => stage === 'approval');
  if (!release || release.approval || (payeeAccount && payeeAccount.status !== 'accepted')) return 'nothing';
  return once(story, `approve ${release.id} ${release.stageSince} ${story.clock.nowMs}`, async () => {
    const maker = await story.staff.as('maker');
    const { approval } = await maker.post<{ approval: { digest: string } }>(`/v1/releases/${release.id}/approval`, {});
    for (const role of ['checkerA', 'checkerB'] as const) {
      const checker = await story.staff.as(role);
      const { digest } = approval;
      const stepUp = await story.staff.stepUp(role, digest);
      await checker.postOnce(`/v1/releases/${release.id}/approval/signatures`, { digest, decision: 'approve', stepUp });
    }
  });
}
