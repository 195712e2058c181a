import { createHash } from 'node:crypto';
import { type Connection, row, rows } from '../database/connect';
import { canonicalJson } from '../domain/canonical';
import type { DisbursementFacts, FeeFacts } from '../domain/convention/facts';
import { DomainError } from '../domain/errors';
import { feeOf } from '../domain/fees';
import { shareOf } from '../domain/money';
import { type CampaignRow, feeScheduleOf } from './campaigns';
import type { ReleaseRow } from './releases';

/** What maker and checkers sign. Any change of any of it is another digest. */
export interface ApprovalContent {
  readonly campaignId: string;
  readonly releaseId: string;
  readonly payeeKind: string;
  readonly accountId: string;
  /** Keyed hash of holder, number and bank. */
  readonly accountHash: string;
  readonly grossFen: string;
  readonly feeFen: string;
  readonly netFen: string;
  readonly feeVersion: number;
  readonly evidenceVersion: number;
}

export interface ApprovalRow {
  readonly id: string;
  readonly release_id: string;
  readonly maker_id: string;
  readonly digest: string;
  readonly content: ApprovalContent;
  readonly account_id: string;
  readonly gross_fen: bigint;
  readonly fee_fen: bigint;
  readonly net_fen: bigint;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly voided_at: Date | null;
  readonly void_reason: string | null;
}

export interface PayeeAccountRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly version: number;
  readonly holder_name_enc: Buffer;
  readonly number_enc: Buffer;
  readonly number_hash: Buffer;
  readonly bank_code: string;
  readonly name_check: 'match' | 'mismatch' | 'no-record' | 'unavailable' | null;
  readonly accepted_by: string | null;
  readonly accepted_at: Date | null;
}

/** @returns the digest of a content and its expiry: SHA-256 over canonical JSON, hex. */
export function digestOf(content: ApprovalContent, expiresAt: Date): string {
  return createHash('sha256')
    .update(canonicalJson({ ...content, expiresAt: expiresAt.toISOString() }))
    .digest('hex');
}

/** @returns the account that payouts of the campaign go to, or null while none is filed. */
export async function currentAccount(connection: Connection, campaignId: string): Promise<PayeeAccountRow | null> {
  return row<PayeeAccountRow>(connection, 'select * from payee_account where campaign_id = ? and superseded_at is null', [campaignId]);
}

/** Service fees that this campaign's payouts have taken so far, in fen: what the cap counts. */
export async function serviceCharged(connection: Connection, campaign: CampaignRow, channelBp: number): Promise<bigint> {
  const charged = await rows<{ gross_fen: bigint; fee_fen: bigint }>(
    connection,
    `select p.gross_fen, p.fee_fen from payout p join release r on r.id = p.release_id
     where p.campaign_id = ? and p.state <> 'failed' and p.fee_fen > 0 and r.stage <> 'cancelled'`,
    [campaign.id],
  );
  return charged.reduce((total, p) => total + p.fee_fen - shareOf(p.gross_fen, channelBp), 0n);
}

/** Gathers what FEES looks at: what an approval would charge, against the schedule that the public was shown. */
export async function feeFacts(
  connection: Connection,
  campaign: CampaignRow,
  approval: Pick<ApprovalRow, 'release_id' | 'gross_fen' | 'fee_fen' | 'content'>,
): Promise<FeeFacts> {
  const schedule = await feeScheduleOf(connection, campaign);
  const bounced = await row(connection, `select 1 from payout where release_id = ? and state = 'returned'`, [approval.release_id]);
  return {
    schedule,
    shownVersion: schedule.version,
    chargedVersion: approval.content.feeVersion,
    grossFen: approval.gross_fen,
    chargedBefore: bounced !== null,
    feeFen: approval.fee_fen,
    serviceChargedFen: await serviceCharged(connection, campaign, schedule.channelBp),
  };
}

/**
 * What would be paid now, made up from the records as they stand. A release whose payment bounced pays the same net again, without another fee.
 * @throws {DomainError} release.no_account when no account is accepted.
 */
export async function currentContent(connection: Connection, campaign: CampaignRow, release: ReleaseRow): Promise<ApprovalContent> {
  const account = await currentAccount(connection, campaign.id);
  if (!account?.accepted_at)
    throw new DomainError(
      'release.no_account',
      {
        zh: '收款账户尚未通过：请提交账户，经银行核验户名，再由审核员确认',
        en: "The payee's account is not accepted yet: file it, let the bank check the name, and have a reviewer accept it",
      },
      { field: '/payee/account', rules: ['PAYEE'] },
    );
  const bounced = await row<{ net_fen: bigint }>(
    connection,
    `select net_fen from payout where release_id = ? and state = 'returned' order by attempt desc limit 1`,
    [release.id],
  );
  const schedule = await feeScheduleOf(connection, campaign);
  const fee = bounced
    ? { feeFen: 0n, netFen: bounced.net_fen }
    : feeOf(release.gross_fen, schedule, await serviceCharged(connection, campaign, schedule.channelBp));
  return {
    campaignId: campaign.id,
    releaseId: release.id,
    payeeKind: campaign.payee_kind,
    accountId: account.id,
    accountHash: account.number_hash.toString('hex'),
    grossFen: (bounced?.net_fen ?? release.gross_fen).toString(),
    feeFen: fee.feeFen.toString(),
    netFen: fee.netFen.toString(),
    feeVersion: schedule.version,
    evidenceVersion: campaign.evidence_version,
  };
}

/** @returns the approval that stands on a release, or null. */
export async function standingApproval(connection: Connection, releaseId: string): Promise<ApprovalRow | null> {
  return row<ApprovalRow>(connection, 'select * from approval where release_id = ? and voided_at is null', [releaseId]);
}

/** Gathers what DISBURSE-REVIEW looks at. @param current what would be paid now. */
export async function disbursementFacts(
  connection: Connection,
  release: ReleaseRow,
  approval: ApprovalRow,
  current: ApprovalContent,
  edition: DisbursementFacts['edition'],
  now: Date,
): Promise<DisbursementFacts> {
  const signatures = await rows<{ checker_id: string; decision: 'approve' | 'reject'; digest: string }>(
    connection,
    // A rejection stands whoever its signer is today; an approval counts while its checker may still check, and once per human.
    `select distinct on (s.decision, coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) s.checker_id, s.decision, s.digest
     from approval_signature s join staff f on f.id = s.checker_id
     where s.approval_id = ? and (s.decision = 'reject' or (f.disabled_at is null and f.role = 'finance-checker' and not is_related(f.id, ?)))`,
    [approval.id, approval.content.campaignId],
  );
  return {
    edition,
    reviewedBy: release.review === 'approve' ? release.reviewed_by : null,
    makerId: approval.maker_id,
    signatures: signatures.map((s) => ({ checkerId: s.checker_id, decision: s.decision, digest: s.digest })),
    signedDigest: approval.digest,
    currentDigest: digestOf(current, approval.expires_at),
    voided: approval.voided_at !== null,
    expiresAtMs: approval.expires_at.getTime(),
    nowMs: now.getTime(),
  };
}
