import { businessNow } from '../../../database/clock';
import { rows, type Transaction } from '../../../database/connect';
import { editionOf } from '../../../domain/convention/editions';
import { disburseReview } from '../../../domain/convention/rules/disburseReview';
import { DomainError } from '../../../domain/errors';
import { type ApprovalContent, type ApprovalRow, currentContent, disbursementFactsOf, standingApproval } from '../../../records/approvals';
import { campaignRow, type CampaignRow } from '../../../records/campaigns';
import { type ReleaseRow, standingHolds } from '../../../records/releases';

/** Whose turn it is: an account is missing or to be corrected, the maker's (anew), the checkers', or nobody's: it is signed. `past`: beyond approval. */
type Turn = 'account' | 'correct' | 'propose' | 'changed' | 'sign' | 'signed' | 'past';

interface Signature {
  readonly checkerId: string;
  readonly name: string;
  readonly decision: 'approve' | 'reject';
  readonly at: string;
}

/** Where a release stands with finance, by the same rule that lets the payment go. */
export interface Standing {
  readonly release: ReleaseRow;
  readonly campaign: CampaignRow;
  readonly approval: ApprovalRow | null;
  /** What would be paid now; null while no account is accepted. */
  readonly content: ApprovalContent | null;
  readonly signatures: readonly Signature[];
  readonly checkersNeeded: number;
  /** Rules whose holds stand on the campaign. */
  readonly heldBy: readonly string[];
  readonly expired: boolean;
  readonly turn: Turn;
}

/** @returns where a release stands. Reads only; what it says is judged by DISBURSE-REVIEW itself. */
export async function standingOf(tx: Transaction, release: ReleaseRow): Promise<Standing> {
  const campaign = await campaignRow(tx, release.campaign_id);
  const edition = editionOf(campaign.edition);
  const approval = await standingApproval(tx, release.id);
  const content = await contentNow(tx, release);
  const now = await businessNow(tx, campaign.tenant_id);
  const signatures = approval === null ? [] : await signaturesOf(tx, approval.id);
  const verdict =
    approval && content
      ? disburseReview((await disbursementFactsOf(tx, [{ release, approval, current: content, edition }], now)).get(release.id)!).verdict
      : null;
  const turn =
    release.stage === 'correction'
      ? 'correct'
      : release.stage !== 'approval'
        ? 'past'
        : !content
          ? 'account'
          : !approval
            ? 'propose'
            : verdict === 'fail'
              ? 'changed'
              : verdict === 'pass'
                ? 'signed'
                : 'sign';
  return {
    release,
    campaign,
    approval,
    content,
    signatures,
    turn,
    checkersNeeded: edition.checkers,
    heldBy: (await standingHolds(tx, campaign.id)).map((hold) => hold.rule),
    expired: approval !== null && now >= approval.expires_at,
  };
}

async function contentNow(tx: Transaction, release: ReleaseRow): Promise<ApprovalContent | null> {
  try {
    return await currentContent(tx, release);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'release.no_account') return null;
    throw error;
  }
}

async function signaturesOf(tx: Transaction, approvalId: string): Promise<Signature[]> {
  const signed = await rows<{ checker_id: string; display_name: string; decision: Signature['decision']; signed_at: Date }>(
    tx,
    'select s.checker_id, f.display_name, s.decision, s.signed_at from approval_signature s join staff f on f.id = s.checker_id where s.approval_id = ? order by s.signed_at',
    [approvalId],
  );
  return signed.map((s) => ({ checkerId: s.checker_id, name: s.display_name, decision: s.decision, at: s.signed_at.toISOString() }));
}
