import { createHash } from 'node:crypto';
import { type Connection, row, rows } from '../database/connect';
import { canonicalJson } from '../domain/canonical';
import type { DisbursementFacts, FeeFacts } from '../domain/convention/facts';
import type { PayeeKind, ReleaseMode } from '../domain/convention/terms';
import { DomainError } from '../domain/errors';
import { feeOf } from '../domain/fees';
import { shareOf } from '../domain/money';
import { goesToWallet, type Wallet } from '../domain/wallets';
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
  /** Where it is paid to the payee's wallet and not to the account: which, and the keyed hash of its identity. */
  readonly wallet?: { readonly rail: Wallet; readonly id: string; readonly hash: string };
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
  /** The payout batch's proposal that it was made in; null where it was made by itself. */
  readonly batch_proposal_id: string | null;
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

/** Service fees that campaigns' payouts have taken so far, in fen: what the cap counts. @param channelBp of a campaign. @returns by campaign; one without any is not among them. */
async function serviceChargedBy(
  connection: Connection,
  campaignIds: readonly string[],
  channelBp: (campaignId: string) => number,
): Promise<Map<string, bigint>> {
  const charged = await rows<{ campaign_id: string; gross_fen: bigint; fee_fen: bigint }>(
    connection,
    `select p.campaign_id, p.gross_fen, p.fee_fen from payout p join release r on r.id = p.release_id
     where p.campaign_id = any(?) and p.state <> 'failed' and p.fee_fen > 0 and r.stage <> 'cancelled'`,
    [[...campaignIds]] as never,
  );
  const sums = new Map<string, bigint>();
  for (const p of charged) sums.set(p.campaign_id, (sums.get(p.campaign_id) ?? 0n) + p.fee_fen - shareOf(p.gross_fen, channelBp(p.campaign_id)));
  return sums;
}

/** Service fees that this campaign's payouts have taken so far, in fen: what the cap counts. */
export async function serviceCharged(connection: Connection, campaign: Pick<CampaignRow, 'id'>, channelBp: number): Promise<bigint> {
  return (await serviceChargedBy(connection, [campaign.id], () => channelBp)).get(campaign.id) ?? 0n;
}

/** What an approval would charge, and to which campaign. */
export interface Charge {
  readonly campaign: CampaignRow;
  readonly approval: Pick<ApprovalRow, 'release_id' | 'gross_fen' | 'fee_fen' | 'content'>;
}

/** Gathers what FEES looks at, of many approvals in few queries: what each would charge, against the schedule that the public was shown. @returns by release. */
export async function feeFactsOf(connection: Connection, charges: readonly Charge[]): Promise<Map<string, FeeFacts>> {
  const version = (campaign: CampaignRow): string => `${campaign.tenant_id}/${campaign.fee_version}`;
  const schedules = new Map<string, Awaited<ReturnType<typeof feeScheduleOf>>>();
  for (const { campaign } of charges)
    if (!schedules.has(version(campaign))) schedules.set(version(campaign), await feeScheduleOf(connection, campaign));
  const bounced = await rows<{ release_id: string }>(connection, `select release_id from payout where release_id = any(?) and state = 'returned'`, [
    charges.map(({ approval }) => approval.release_id),
  ] as never);
  const bp = new Map(charges.map(({ campaign }) => [campaign.id, schedules.get(version(campaign))!.channelBp]));
  const charged = await serviceChargedBy(connection, [...bp.keys()], (id) => bp.get(id)!);
  const before = new Set(bounced.map((payout) => payout.release_id));
  return new Map(
    charges.map(({ campaign, approval }) => {
      const schedule = schedules.get(version(campaign))!;
      return [
        approval.release_id,
        {
          schedule,
          shownVersion: schedule.version,
          chargedVersion: approval.content.feeVersion,
          grossFen: approval.gross_fen,
          chargedBefore: before.has(approval.release_id),
          feeFen: approval.fee_fen,
          serviceChargedFen: charged.get(campaign.id) ?? 0n,
        },
      ];
    }),
  );
}

/**
 * What would be paid now, made up from the records as they stand. A release whose payment bounced pays the same net again, without another fee.
 * @throws {DomainError} release.no_account when no account is accepted.
 */
export async function currentContent(connection: Connection, release: Pick<ReleaseRow, 'id'>): Promise<ApprovalContent> {
  const content = (await currentContents(connection, [release.id])).get(release.id);
  if (content) return content;
  throw new DomainError(
    'release.no_account',
    {
      zh: '收款账户尚未通过：请提交账户，经银行核验户名，再由审核员确认',
      en: "The payee's account is not accepted yet: file it, let the bank check the name, and have a reviewer accept it",
    },
    { field: '/payee/account', rules: ['PAYEE'] },
  );
}

interface ContentFacts {
  readonly id: string;
  readonly campaign_id: string;
  readonly payee_kind: PayeeKind;
  readonly evidence_version: number;
  readonly fee_version: number;
  readonly gross_fen: bigint;
  readonly account_id: string;
  readonly account_hash: string;
  readonly bounced_fen: bigint | null;
  readonly service_bp: number;
  readonly service_cap_fen: bigint;
  readonly channel_bp: number;
  readonly service_charged_fen: bigint;
  readonly mode: ReleaseMode;
  readonly bound: boolean;
  readonly wallet: Wallet | null;
  readonly wallet_id: string;
  readonly wallet_hash: string;
  readonly wallet_most_fen: bigint | null;
  readonly wallet_failed: boolean;
  readonly sent: boolean;
}

/** `currentContent` of many releases in one query. @returns by release; one whose account is not accepted is not among them. */
export async function currentContents(connection: Connection, releaseIds: readonly string[]): Promise<Map<string, ApprovalContent>> {
  const found = await rows<ContentFacts>(
    connection,
    `select r.id, r.campaign_id, c.payee_kind, c.evidence_version, c.fee_version, r.gross_fen, a.id as account_id, encode(a.number_hash, 'hex') as account_hash,
       (select p.net_fen from payout p where p.release_id = r.id and p.state = 'returned' order by p.attempt desc limit 1) as bounced_fen,
       f.service_bp, f.service_cap_fen, f.channel_bp,
       (select coalesce(sum(p.fee_fen - p.gross_fen * f.channel_bp / 10000), 0)::bigint from payout p join release x on x.id = p.release_id
        where p.campaign_id = c.id and p.state <> 'failed' and p.fee_fen > 0 and x.stage <> 'cancelled') as service_charged_fen,
       r.mode, s.id is not null as sent, r.settles_debt or exists (select from payout_batch_line l where l.release_id = r.id and l.excluded_code is null and l.freed_at is null) as bound,
       w.wallet, w.id as wallet_id, encode(w.identity_hash, 'hex') as wallet_hash, wt.most_fen as wallet_most_fen,
       exists (select from payout p where p.release_id = r.id and p.clearing = 'wallet' and p.state = 'failed' and p.failure_code not in ('approval', 'stopped')) as wallet_failed
     from release r join campaign c on c.id = r.campaign_id
       join payee_account a on a.campaign_id = c.id and a.superseded_at is null and a.accepted_at is not null
       join fee_schedule f on f.tenant_id = c.tenant_id and f.version = c.fee_version
       left join payout s on s.release_id = r.id and s.state in ('submitted', 'unknown')
       left join payee_wallet w on w.campaign_id = c.id and case when s.id is not null then w.id = s.wallet_id else w.superseded_at is null and w.accepted_at is not null and w.refused_at is null end
       left join wallet_terms wt on wt.tenant_id = c.tenant_id and wt.wallet = w.wallet
     where r.id = any(?)`,
    [[...releaseIds]] as never,
  );
  return new Map(found.map((facts) => [facts.id, contentOf(facts)]));
}

function contentOf(f: ContentFacts): ApprovalContent {
  const schedule = { serviceBp: f.service_bp, serviceCapFen: f.service_cap_fen, channelBp: f.channel_bp };
  const fee = f.bounced_fen === null ? feeOf(f.gross_fen, schedule, f.service_charged_fen) : { feeFen: 0n, netFen: f.bounced_fen };
  return {
    campaignId: f.campaign_id,
    releaseId: f.id,
    payeeKind: f.payee_kind,
    accountId: f.account_id,
    accountHash: f.account_hash,
    grossFen: (f.bounced_fen ?? f.gross_fen).toString(),
    feeFen: fee.feeFen.toString(),
    netFen: fee.netFen.toString(),
    feeVersion: f.fee_version,
    evidenceVersion: f.evidence_version,
    ...walletOf(f, fee.netFen),
  };
}

function walletOf(f: ContentFacts, netFen: bigint): Pick<ApprovalContent, 'wallet'> {
  if (f.wallet === null) return {};
  const { wallet, mode, bound, wallet_most_fen: mostFen, wallet_failed: failedBefore } = f;
  // A payout that was sent keeps its way, whatever has become of the wallet and the limits: sent again it is the same.
  const goes = f.sent || goesToWallet({ payeeKind: f.payee_kind, mode, netFen, wallet, mostFen, failedBefore, bound });
  return goes ? { wallet: { rail: wallet, id: f.wallet_id, hash: f.wallet_hash } } : {};
}

/** @returns the approval that stands on a release, or null. */
export async function standingApproval(connection: Connection, releaseId: string): Promise<ApprovalRow | null> {
  return row<ApprovalRow>(connection, 'select * from approval where release_id = ? and voided_at is null', [releaseId]);
}

/**
 * Approvals that stand on releases: each by itself, or in a payout batch that was approved as a whole; until then its signatures pay nothing.
 * @returns by release.
 */
export async function standingApprovals(connection: Connection, releaseIds: readonly string[]): Promise<Map<string, ApprovalRow>> {
  const found = await rows<ApprovalRow>(
    connection,
    `select a.* from approval a left join payout_batch_proposal b on b.id = a.batch_proposal_id
     where a.release_id = any(?) and a.voided_at is null and (a.batch_proposal_id is null or b.approved_at is not null)`,
    [[...releaseIds]] as never,
  );
  return new Map(found.map((approval) => [approval.release_id, approval]));
}

/** A release, what was signed for it, and what would be paid now. */
export interface SignedSheet {
  readonly release: ReleaseRow;
  readonly approval: ApprovalRow;
  readonly current: ApprovalContent;
  readonly edition: DisbursementFacts['edition'];
}

/** Gathers what DISBURSE-REVIEW looks at, of many releases in two queries. @returns by release. */
export async function disbursementFactsOf(
  connection: Connection,
  sheets: readonly SignedSheet[],
  now: Date,
): Promise<Map<string, DisbursementFacts>> {
  const signatures = await rows<{ approval_id: string; checker_id: string; decision: 'approve' | 'reject'; digest: string }>(
    connection,
    // A rejection stands whoever its signer is today; an approval counts while its checker may still check, and once per human.
    `select distinct on (s.approval_id, s.decision, coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) s.approval_id, s.checker_id, s.decision, s.digest
     from approval_signature s join staff f on f.id = s.checker_id join approval a on a.id = s.approval_id join release r on r.id = a.release_id
     where s.approval_id = any(?) and (s.decision = 'reject' or (f.disabled_at is null and f.role = 'finance-checker' and not is_related(f.id, r.campaign_id)))`,
    [sheets.map(({ approval }) => approval.id)] as never,
  );
  const makers = await rows<{ id: string }>(connection, `select id from staff where id = any(?) and disabled_at is null and role = 'finance-maker'`, [
    sheets.map(({ approval }) => approval.maker_id),
  ] as never);
  const mayPropose = new Set(makers.map(({ id }) => id));
  const byApproval = new Map<string, typeof signatures>();
  for (const signature of signatures) byApproval.set(signature.approval_id, [...(byApproval.get(signature.approval_id) ?? []), signature]);
  return new Map(
    sheets.map(({ release, approval, current, edition }) => [
      release.id,
      {
        edition,
        reviewedBy: release.review === 'approve' ? release.reviewed_by : null,
        makerId: approval.maker_id,
        signatures: (byApproval.get(approval.id) ?? []).map((s) => ({ checkerId: s.checker_id, decision: s.decision, digest: s.digest })),
        signedDigest: approval.digest,
        currentDigest: digestOf(current, approval.expires_at),
        // What somebody proposed who is a maker no more stands as little as what was voided.
        voided: approval.voided_at !== null || !mayPropose.has(approval.maker_id),
        expiresAtMs: approval.expires_at.getTime(),
        nowMs: now.getTime(),
      },
    ]),
  );
}
