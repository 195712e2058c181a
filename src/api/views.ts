import { type Connection, row, rows } from '../database/connect';
import { businessNow } from '../database/clock';
import { editionOf } from '../domain/convention/editions';
import { isRestricted } from '../domain/convention/rules/route';
import { missingItems } from '../domain/convention/rules/publicity';
import type { Signal } from '../domain/convention/signals';
import type { Finding } from '../domain/convention/terms';
import { type RouteReason, sayRoute } from '../domain/routing';
import { campaignBooks } from '../ledger/statement';
import { withdrawnInvoicesOf } from '../records/invoiceWithdrawal';
import { listedParties } from '../records/blacklist';
import { type CampaignRow, feeScheduleOf } from '../records/campaigns';
import { claimView, standingClaims } from '../records/claims';
import { evidenceRequests, evidenceRequestView } from '../records/evidenceRequests';
import { partyFacts, publishedItems } from '../records/facts';
import { currentAccount } from '../records/approvals';
import { currentWallet } from '../records/payeeWallets';
import { consentsOf, versionsInForce } from '../records/consents';
import { originOf } from '../records/promoters';
import { dutiesOf, dutyView } from '../records/supervision';
import type { ReleaseRow } from '../records/releases';
import { publicComplaints } from './routes/complaintViews';
import { refundsView } from './routes/refunds';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Money words are not synonyms: each is a number of its own, from the ledger or the rows it names. All in fen. */
export async function moneyWords(connection: Connection, campaign: CampaignRow): Promise<Record<string, bigint>> {
  const books = await campaignBooks(connection, campaign.id);
  const sums = (await row<
    Record<'gifts' | 'collected' | 'requested' | 'approved' | 'sent' | 'received' | 'receipted' | 'used' | 'returned' | 'owed', bigint>
  >(
    connection,
    `select
       coalesce((select sum(amount_fen)::bigint from gift where campaign_id = :id and status = 'paid'), 0) as gifts,
       coalesce((select sum(credited_fen)::bigint from gift where campaign_id = :id and status = 'paid' and paid_at <
         (select max(booked_at) from bank_line where tenant_id = :tenant and kind = 'collection')), 0) as collected,
       coalesce((select sum(gross_fen)::bigint from release where campaign_id = :id and stage not in ('refused', 'cancelled')), 0) as requested,
       coalesce((select sum(gross_fen)::bigint from release r where campaign_id = :id and exists (select from payout p where p.release_id = r.id and p.state in ('reserved', 'submitted', 'unknown', 'succeeded'))), 0) as approved,
       coalesce((select sum(net_fen)::bigint from payout where campaign_id = :id and state in ('submitted', 'unknown', 'succeeded')), 0) as sent,
       coalesce((select sum(net_fen)::bigint from payout where campaign_id = :id and state = 'succeeded'), 0) as received,
       coalesce((select sum(confirmed_fen)::bigint from payout where campaign_id = :id and state = 'succeeded'), 0) as receipted,
       coalesce((select sum(amount_fen)::bigint from use_evidence where campaign_id = :id and decision = 'accept'), 0) as used,
       coalesce((select sum(amount_fen)::bigint from gift_return where campaign_id = :id and status = 'returned'), 0) as returned,
       coalesce((select sum(amount_fen)::bigint from gift_return where campaign_id = :id and status <> 'returned'), 0) as owed`,
    { id: campaign.id, tenant: campaign.tenant_id },
  ))!;
  const outFen = books.paidNetFen + books.refundedFen;
  return {
    askFen: campaign.ask_fen,
    giftsPaidFen: sums.gifts,
    raisedFen: campaign.raised_fen,
    inCustodyFen: sums.collected > outFen ? sums.collected - outFen : 0n,
    requestedFen: sums.requested,
    approvedFen: sums.approved,
    sentFen: sums.sent,
    receivedFen: sums.received,
    receiptConfirmedFen: sums.receipted,
    usedFen: sums.used,
    paidFen: books.paidNetFen + books.feesFen,
    feesFen: books.feesFen,
    refundedFen: books.refundedFen,
    pendingFen: books.pendingFen,
    returnedFen: sums.returned,
    owedBackFen: sums.owed,
  };
}

/** A campaign as its platform and staff see it. No name, number or medical text. */
export async function campaignView(connection: Connection, campaign: CampaignRow): Promise<Record<string, unknown>> {
  const edition = editionOf(campaign.edition);
  const now = await businessNow(connection, campaign.tenant_id);
  const published = await publishedItems(connection, campaign.id);
  const missing = missingItems(edition, published);
  const report = await row<{
    id: string;
    verdict: string;
    findings: Finding[];
    signals: Signal[];
    claims: unknown[];
    reported_at: Date;
    evidence_version: number;
  }>(connection, 'select * from machine_report where campaign_id = ? order by reported_at desc, id desc limit 1', [campaign.id]);
  const decision = await row<{ decision: string; rules: string[]; reason: string; is_override: boolean; display_name: string; decided_at: Date }>(
    connection,
    'select d.*, s.display_name from audit_decision d join staff s on s.id = d.staff_id where d.campaign_id = ?',
    [campaign.id],
  );
  const account = await currentAccount(connection, campaign.id);
  const wallet = await currentWallet(connection, campaign.id);
  const holds = await rows<{ rule: string; release_id: string | null; reason: string; placed_at: Date; lifted_at: Date | null }>(
    connection,
    'select * from hold where campaign_id = ? order by placed_at',
    [campaign.id],
  );
  const requests = await rows<{
    id: string;
    mode: string;
    amount_fen: bigint;
    outcome: string;
    refused_by: string[];
    findings: Finding[];
    requested_at: Date;
  }>(connection, 'select * from release_request where campaign_id = ? order by requested_at, id', [campaign.id]);
  return {
    id: campaign.id,
    edition: campaign.edition,
    phase: campaign.phase,
    phaseSince: iso(campaign.phase_since),
    now: iso(now),
    title: campaign.title,
    askFen: campaign.ask_fen,
    submittedAt: iso(campaign.submitted_at),
    certificatePublicityEndsAt: iso(campaign.certificate_publicity_ends_at),
    openedAt: iso(campaign.opened_at),
    closesAt: iso(campaign.closes_at),
    closedAt: iso(campaign.closed_at),
    closedBy: campaign.closed_by,
    endedAt: iso(campaign.ended_at),
    stoppedBy: campaign.stopped_by,
    route: campaign.route_at_close,
    restricted: isRestricted({ edition, raisedFen: campaign.raised_fen, published, restrictedBefore: campaign.route_restricted }),
    evidenceVersion: campaign.evidence_version,
    publicity: { complete: missing.length === 0, missing },
    broughtBy: await originOf(connection, campaign.id),
    duties: (await dutiesOf(connection, campaign.id)).map(dutyView),
    consents: await consentsOf(connection, campaign.id),
    // What to show, now, before giving and before withdrawing.
    rights: await versionsInForce(connection, await businessNow(connection, campaign.tenant_id)),
    fees: await feeScheduleOf(connection, campaign),
    report: report && {
      id: report.id,
      verdict: report.verdict,
      findings: report.findings,
      signals: report.signals,
      claims: report.claims,
      reportedAt: iso(report.reported_at),
      current: report.evidence_version === campaign.evidence_version,
    },
    decision: decision && {
      decision: decision.decision,
      rules: decision.rules,
      reason: decision.reason,
      override: decision.is_override,
      by: decision.display_name,
      at: iso(decision.decided_at),
    },
    claims: (await standingClaims(connection, campaign.id)).map(claimView),
    evidenceRequests: (await evidenceRequests(connection, campaign.id)).map(evidenceRequestView),
    identity: await partyFacts(connection, campaign.id),
    money: await moneyWords(connection, campaign),
    payeeAccount: account && {
      status: account.accepted_at ? 'accepted' : account.name_check === 'mismatch' ? 'refused' : 'filed',
      version: account.version,
      nameCheck: account.name_check,
    },
    payeeWallet: wallet && {
      wallet: wallet.wallet,
      status: wallet.refused_at ? 'refused' : wallet.accepted_at ? 'accepted' : 'filed',
      version: wallet.version,
    },
    blacklisted: (await listedParties(connection, campaign, now)).length > 0,
    stoppedAt: iso(campaign.stopped_at),
    surplusDeclaredAt: iso(campaign.surplus_declared_at),
    refunds: await refundsView(connection, campaign.id),
    complaints: await publicComplaints(connection, campaign.id),
    holds: holds.map((h) => ({ rule: h.rule, releaseId: h.release_id, reason: h.reason, placedAt: iso(h.placed_at), liftedAt: iso(h.lifted_at) })),
    requests: requests.map((r) => ({
      id: r.id,
      mode: r.mode,
      amountFen: r.amount_fen,
      outcome: r.outcome,
      refusedBy: r.refused_by,
      findings: r.findings,
      requestedAt: iso(r.requested_at),
    })),
    releases: await releaseViews(connection, campaign),
  };
}

const RELEASES = 'select r.*, c.tenant_id from release r join campaign c on c.id = r.campaign_id where r.campaign_id = ? order by r.seq';

/** @returns every release of a campaign, in order. */
export async function releaseViews(connection: Connection, campaign: CampaignRow): Promise<Record<string, unknown>[]> {
  const releases = await rows<ReleaseRow>(connection, RELEASES, [campaign.id]);
  const views: Record<string, unknown>[] = [];
  for (const release of releases) views.push(await releaseView(connection, release, campaign.payee_kind));
  return views;
}

interface SignatureRow {
  readonly display_name: string;
  readonly decision: 'approve' | 'reject';
  readonly signed_at: Date;
}

/** A release with its approval, payouts, receipt and evidence. */
export async function releaseView(connection: Connection, release: ReleaseRow, payeeKind: string): Promise<Record<string, unknown>> {
  const payouts = await rows<{
    id: string;
    attempt: number;
    state: string;
    gross_fen: bigint;
    fee_fen: bigint;
    net_fen: bigint;
    confirmed_fen: bigint;
    given_back_fen: bigint;
    invoiced_fen: bigint;
    booked_at: Date | null;
    returned_at: Date | null;
    failure_code: string | null;
    approval_id: string;
    payee_kind: string;
    rail: string;
    clearing: string | null;
    confirm_by: Date | null;
    route_reason: RouteReason | null;
    waits_until: Date | null;
  }>(connection, 'select * from payout where release_id = ? order by attempt', [release.id]);
  const withdrawn = await withdrawnInvoicesOf(connection, release.id);
  const approval = await row<{
    id: string;
    digest: string;
    display_name: string;
    made_at: Date;
    expires_at: Date;
    gross_fen: bigint;
    fee_fen: bigint;
    net_fen: bigint;
  }>(connection, 'select a.*, s.display_name from approval a join staff s on s.id = a.maker_id where a.release_id = ? and a.voided_at is null', [
    release.id,
  ]);
  const approvalId = approval?.id ?? payouts.at(-1)?.approval_id;
  const signatures =
    approvalId === undefined
      ? []
      : await rows<SignatureRow>(
          connection,
          'select s.decision, s.signed_at, f.display_name from approval_signature s join staff f on f.id = s.checker_id where s.approval_id = ? order by s.signed_at',
          [approvalId],
        );
  const evidence = await row<{ used: bigint }>(
    connection,
    `select coalesce(sum(amount_fen)::bigint, 0) as used from use_evidence where release_id = ? and decision = 'accept'`,
    [release.id],
  );
  const awaiting = await rows<{ id: string; amount_fen: bigint }>(
    connection,
    'select id, amount_fen from use_evidence where release_id = ? and decision is null order by filed_at',
    [release.id],
  );
  const reminders = await rows<{ kind: string; sent_at: Date }>(
    connection,
    'select kind, sent_at from reminder where release_id = ? order by sent_at',
    [release.id],
  );
  const paid = payouts.filter((p) => p.state === 'succeeded' || p.state === 'returned');
  const feeFen = paid.length > 0 ? paid.reduce((sum, p) => sum + p.fee_fen, 0n) : (approval?.fee_fen ?? null);
  return {
    id: release.id,
    campaignId: release.campaign_id,
    requestId: release.request_id,
    seq: release.seq,
    batch: release.batch,
    batches: release.batches,
    mode: release.mode,
    purpose: release.purpose,
    dueOn: release.due_on,
    // A payment keeps the payee it was made to, whoever is the payee now.
    payeeKind: payouts.findLast((p) => p.state !== 'failed' && p.state !== 'returned')?.payee_kind ?? payeeKind,
    grossFen: release.gross_fen,
    feeFen,
    netFen: feeFen === null ? null : release.gross_fen - feeFen,
    urgent: release.urgent,
    stage: release.stage,
    /** The reviewer's decision; it stands before the workflow has gone on. */
    review: release.review,
    stageSince: iso(release.stage_since),
    publicityEndsAt: iso(release.publicity_ends_at),
    paidAt: iso(release.paid_at),
    awaitsReceiverUntil: iso(payouts.findLast((p) => p.state === 'submitted')?.confirm_by ?? null),
    receipt: release.receipt,
    receiptDueAt: iso(release.receipt_due_at),
    evidencedFen: evidence!.used,
    evidenceAwaitingDecision: awaiting.map((e) => ({ id: e.id, amountFen: e.amount_fen })),
    checkers: signatures.filter((s) => s.decision === 'approve').length,
    approval: approval && {
      id: approval.id,
      digest: approval.digest,
      maker: approval.display_name,
      madeAt: iso(approval.made_at),
      expiresAt: iso(approval.expires_at),
      grossFen: approval.gross_fen,
      feeFen: approval.fee_fen,
      netFen: approval.net_fen,
      signatures: signatures.map((s) => ({ checker: s.display_name, decision: s.decision, at: iso(s.signed_at) })),
    },
    payouts: payouts.map((p) => ({
      id: p.id,
      attempt: p.attempt,
      state: p.state,
      grossFen: p.gross_fen,
      feeFen: p.fee_fen,
      netFen: p.net_fen,
      confirmedFen: p.confirmed_fen,
      givenBackFen: p.given_back_fen,
      invoicedFen: p.invoiced_fen,
      withdrawnInvoices: withdrawn
        .filter(({ payoutId }) => payoutId === p.id)
        .map(({ id, amountFen, withdrawnAt, because }) => ({ id, amountFen, withdrawnAt: iso(withdrawnAt), because })),
      bookedAt: iso(p.booked_at),
      returnedAt: iso(p.returned_at),
      failureCode: p.failure_code,
      rail: p.rail,
      clearing: p.clearing,
      route: p.route_reason && sayRoute(p.route_reason),
      // While it is unsent: when its clearing opens.
      waitsUntil: p.state === 'reserved' ? iso(p.waits_until) : null,
      // Its receiver has not confirmed it yet: no money has left, and after this none will.
      awaitsReceiverUntil: p.state === 'submitted' ? iso(p.confirm_by) : null,
    })),
    reminders: reminders.map((r) => ({ kind: r.kind, at: iso(r.sent_at) })),
    unlockedAt: iso(release.unlocked_at),
    closedAt: iso(release.closed_at),
  };
}
