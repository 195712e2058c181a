import type { Campaign, Release } from './answers';
import { nextMode } from './releaseRequests';
import type { Story } from './story';

const moving = ['review', 'publicity', 'approval', 'transfer', 'correction'];

/** @returns whether the campaign has come to an end of its own. */
export function isOver({ phase }: Campaign): boolean {
  return ['settled', 'refused', 'refunded'].includes(phase);
}

function hospitalSigns({ theCase }: Story): boolean {
  return (theCase.hospital_receipt ?? 'confirm') === 'confirm';
}

/** Why a release goes no further: its use cannot be evidenced, or its hospital will not sign and the hold is reached. */
function stuck(story: Story, { holds }: Campaign, { id, stage }: Release): string | null {
  if (stage === 'evidence' && !story.documents.has('receipts')) return 'there are no receipts to evidence the use';
  const held = holds.some((hold) => hold.rule === 'RECEIPT' && hold.liftedAt === null && (hold.releaseId ?? id) === id);
  return held && !hospitalSigns(story) ? 'the hospital does not sign, and payouts are held by RECEIPT' : null;
}

/**
 * @returns why nobody in the story can do anything more, so that it stops where it is; null while it goes on.
 *   Asked only when nobody has anything to do at this moment. Sources: cases/README.md, "A release refused without a
 *   fallback", "`silent` and `deny` end `in-progress`".
 */
export function whyStopped(story: Story, campaign: Campaign): string | null {
  const { phase, requests, releases } = campaign;
  if (phase !== 'release' && phase !== 'refunding') return null;
  const accepted = requests.some(({ outcome }) => outcome === 'accepted');
  if (phase === 'release' && !accepted && nextMode(story, requests) === null) return 'no release was granted, and none is left to ask for';
  if (releases.some(({ stage }) => moving.includes(stage))) return null;
  for (const release of releases) {
    const why = stuck(story, campaign, release);
    if (why) return why;
  }
  return null;
}
