import type { Campaign, Release, Verification, WorkflowRuns } from './answers';
import { bankEntries, standingDebits } from './bank';
import type { Story } from './story';

/** The one JSON object of a play; its fields are those of cases/README.md, "Result". */
export type Result = {
  case: string;
  opened: boolean;
  stopped_by: string[];
  route: 'single' | 'restricted' | null;
  refused_releases: { mode: string; by: string[] }[];
  releases: { mode: string; payee_kind: string; gross_fen: string; fee_fen: string; checkers: number; receipt: string | null }[];
  held_by: string[];
  blacklisted: boolean;
  raised_fen: string;
  paid_fen: string;
  fees_fen: string;
  refunded_fen: string;
  pending_fen: string;
  bank_debits: number;
  end: 'settled' | 'refused' | 'refunded' | 'in-progress';
  history_events_max: number;
  ledger_verified: boolean;
  audit_chain_verified: boolean;
  seconds: number;
};

const paid = ({ payouts }: Release) => payouts.some(({ state }) => state === 'succeeded');

function releaseEntry({ mode, payeeKind, grossFen, feeFen, checkers, receipt }: Release) {
  // An awaited receipt is a gate, not yet an outcome.
  const outcome = receipt === 'awaited' ? null : receipt;
  return { mode, payee_kind: payeeKind, gross_fen: grossFen, fee_fen: feeFen ?? '0', checkers, receipt: outcome };
}

/** `refunded`: all credited money went back. Opened without a single gift is settled. */
function end({ phase, money }: Campaign): Result['end'] {
  if (phase === 'refused') return 'refused';
  if (phase !== 'settled' && phase !== 'refunded') return 'in-progress';
  return money.raisedFen !== '0' && money.refundedFen === money.raisedFen ? 'refunded' : 'settled';
}

/**
 * Looks at the story where it stands: the campaign, the bank's own ledger, the workflows and both verifications.
 * @param debitsBefore how many payouts stood in the bank's ledger of the tenant before the story began
 */
export async function lookBack(story: Story, debitsBefore = 0): Promise<Result> {
  const { platform, sandbox, campaignId, tenant, theCase, progress } = story;
  const campaign = await platform.get<Campaign>(`/v1/campaigns/${campaignId}`);
  const { runs } = await sandbox.get<WorkflowRuns>(`/v1/sandbox/workflows?campaignId=${encodeURIComponent(campaignId)}`);
  const debits = standingDebits(await bankEntries(story));
  const { ledger, auditChain } = await sandbox.post<Verification>(`/v1/sandbox/verify?tenantId=${encodeURIComponent(tenant.tenantId)}`, {});
  for (const difference of [...ledger.differences, ...auditChain.differences]) progress.say(`not verified: ${JSON.stringify(difference)}`);
  const { money } = campaign;
  return {
    case: theCase.case,
    opened: campaign.openedAt !== null,
    stopped_by: [...campaign.stoppedBy].sort(),
    route: campaign.route,
    refused_releases: campaign.requests
      .filter(({ outcome }) => outcome === 'refused')
      .map(({ mode, refusedBy }) => ({ mode, by: [...refusedBy].sort() })),
    releases: [...campaign.releases]
      .sort((one, other) => one.seq - other.seq)
      .filter(paid)
      .map(releaseEntry),
    held_by: [...new Set(campaign.holds.map(({ rule }) => rule))].sort(),
    blacklisted: campaign.blacklisted ?? false,
    raised_fen: money.raisedFen,
    paid_fen: money.paidFen,
    fees_fen: money.feesFen,
    refunded_fen: money.refundedFen,
    pending_fen: money.pendingFen,
    bank_debits: debits.length - debitsBefore,
    end: end(campaign),
    history_events_max: Math.max(0, ...runs.map(({ historyEvents }) => historyEvents)),
    ledger_verified: ledger.verified,
    audit_chain_verified: auditChain.verified,
    seconds: progress.seconds,
  };
}

/** @returns what must always hold of a result, whatever the case expects, and does not (cases/README.md, "Always"). */
export function brokenAlways(result: Result): string[] {
  const broken: string[] = [];
  const sumFen = BigInt(result.paid_fen) + BigInt(result.refunded_fen) + BigInt(result.pending_fen);
  if (BigInt(result.raised_fen) !== sumFen) broken.push(`raised ${result.raised_fen} fen is not paid + refunded + pending = ${sumFen} fen`);
  if (result.bank_debits !== result.releases.length) broken.push(`${result.releases.length} releases paid, ${result.bank_debits} debits at the bank`);
  if (!result.ledger_verified) broken.push('the ledger is not verified');
  if (!result.audit_chain_verified) broken.push('the audit chain is not verified');
  return broken;
}
