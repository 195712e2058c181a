import type { QueryOutcome, SubmitOutcome } from '../../adapters/payment/port';
import { audit } from '../../audit/append';
import type { Transaction } from '../../database/connect';
import { isUnfit, isWallet, type Wallet } from '../../domain/wallets';
import { clearingOf, post, type Transfer } from '../../ledger/post';
import { campaignRows } from '../../records/campaigns';
import { openException } from '../../records/exceptions';
import { tellAll } from '../../records/manyNotices';
import { lookAtRecall } from '../../records/recallAnswers';
import { tellRecalls } from '../../records/recalls';
import { moveStage, type PayoutRow, payoutRows } from '../../records/releases';
import { oweAfterPayments } from '../../records/supervision';
import type { PersonalData } from '../../security/personalData';
import { toRelease, toSupervision } from './words';

const WORKFLOW = 'workflow:transfer';
/** Nothing is certain but that the bank, or the channel, has it. */
const ON_ITS_WAY: ReadonlySet<Outcome['kind']> = new Set<Outcome['kind']>(['PENDING', 'ACCEPTED', 'ACTION_REQUIRED']);

/** Where a payout stands after the bank was heard. */
export type Recorded = 'submitted' | 'unknown' | 'succeeded' | 'failed';

type Outcome = QueryOutcome | SubmitOutcome;

/** A payout that the bank booked. */
interface Settled {
  readonly p: PayoutRow;
  readonly reference: string | null;
  readonly bookedAt: string;
}

/**
 * Records what the bank says of payouts, once each: a payout that has ended stays as it is. Money moves only here.
 * @returns where each payout stands.
 */
export async function recordOutcomes(
  tx: Transaction,
  personalData: PersonalData,
  outcomes: ReadonlyMap<string, Outcome>,
  at: Date,
): Promise<Map<string, Recorded>> {
  const payouts = await payoutRows(tx, [...outcomes.keys()], { lock: true });
  const recorded = new Map<string, Recorded>();
  const settled: Settled[] = [];
  for (const p of payouts.values()) {
    const outcome = outcomes.get(p.id)!;
    if (p.state === 'succeeded' || p.state === 'returned') recorded.set(p.id, 'succeeded');
    else if (p.state === 'failed') recorded.set(p.id, 'failed');
    else recorded.set(p.id, await taken(tx, personalData, p, outcome, settled, at));
  }
  await succeed(tx, settled, at);
  return recorded;
}

async function taken(tx: Transaction, personalData: PersonalData, p: PayoutRow, outcome: Outcome, settled: Settled[], at: Date): Promise<Recorded> {
  if (outcome.kind === 'SUCCEEDED' || outcome.kind === 'RETURNED') {
    if (outcome.amountFen !== p.net_fen) return contradicted(tx, p, outcome.amountFen, at);
    settled.push({ p, ...(outcome.kind === 'SUCCEEDED' ? outcome : { reference: null, bookedAt: at.toISOString() }) });
    return 'succeeded';
  }
  if (outcome.kind === 'FAILED' || (outcome.kind === 'REJECTED' && outcome.final)) {
    if (isWallet(p.rail)) await endAtWallet(tx, personalData, p, at, outcome.code, outcome.text);
    else await fail(tx, personalData, p, at, outcome.code, outcome.text);
    return 'failed';
  }
  if (outcome.kind === 'ACTION_REQUIRED') await awaitReceiver(tx, p, new Date(outcome.expiresAt), at);
  const to = ON_ITS_WAY.has(outcome.kind) ? 'submitted' : 'unknown';
  if (p.state !== to) await tx('payout').where('id', p.id).update({ state: to });
  return to;
}

/** The receiver must confirm until then: on record once. */
async function awaitReceiver(tx: Transaction, p: PayoutRow, until: Date, at: Date): Promise<void> {
  const told = await tx('payout').where('id', p.id).whereNull('confirm_by').update({ confirm_by: until });
  if (told > 0) await audit(tx, { ...happened(p, at), action: 'payout.awaits_receiver', data: { until } });
}

/**
 * A wallet's payout ended without being paid: it lapsed, was cancelled, or the channel refused it. Nothing about the account is wrong, so its release asks for new signatures, for the
 * account: only now may another rail be chosen. A wallet that cannot be paid is used for nothing any more.
 */
async function endAtWallet(tx: Transaction, personalData: PersonalData, p: PayoutRow, at: Date, code: string, text: string): Promise<void> {
  if (isUnfit(code)) {
    const refused = await tx('payee_wallet').where('id', p.wallet_id).whereNull('refused_at').update({ refused_at: at, refused_code: code });
    if (refused > 0) await audit(tx, { ...happened(p, at), action: 'wallet.refused', subject: `payee-wallet/${p.wallet_id}`, data: { code } });
  }
  const { stopped_at: stopped } = (await campaignRows(tx, [p.campaign_id])).get(p.campaign_id)!;
  // What was to be paid of a stopped campaign is not paid otherwise: its release is cancelled as for any failure.
  if (stopped !== null) return fail(tx, personalData, p, at, code, text);
  await backToApproval(tx, p, at, 'the payment to the wallet ended unpaid');
  await fail(tx, personalData, p, at, code, text);
}

/** The bank booked another amount under our id: nothing is posted, the payout stays unknown, and a person is told. */
async function contradicted(tx: Transaction, p: PayoutRow, bookedFen: bigint, at: Date): Promise<'unknown'> {
  const data = { netFen: p.net_fen.toString(), bookedFen: bookedFen.toString() };
  await openException(tx, {
    kind: 'payout-amount',
    subject: p.id,
    tenantId: p.tenant_id,
    campaignId: p.campaign_id,
    actor: 'bank',
    businessAt: at,
    data,
  });
  if (p.state === 'submitted') await tx('payout').where('id', p.id).update({ state: 'unknown' });
  return 'unknown';
}

async function succeed(tx: Transaction, settled: readonly Settled[], at: Date): Promise<void> {
  if (settled.length === 0) return;
  await post(
    tx,
    settled.flatMap(({ p }) => movements(p, at)),
    WORKFLOW,
  );
  const unknown = settled.filter(({ p }) => p.state === 'unknown').map(({ p }) => p.id);
  if (unknown.length > 0) await tx('payout').whereIn('id', unknown).update({ state: 'submitted' });
  await tx.raw(
    `update payout p set state = 'succeeded', bank_reference = x.reference, booked_at = x.booked_at
     from jsonb_to_recordset(?::jsonb) as x (id text, reference text, booked_at timestamptz) where p.id = x.id`,
    [JSON.stringify(settled.map(({ p, reference, bookedAt }) => ({ id: p.id, reference, booked_at: bookedAt })))],
  );
  const payoutIds = settled.map(({ p }) => p.id);
  await tx('release')
    .whereIn(
      'id',
      settled.map(({ p }) => p.release_id),
    )
    .update({ paid_at: at });
  await tx('bank_line').where('kind', 'payout').whereIn('payout_id', payoutIds).update({ applied_at: at });
  await audit(
    tx,
    ...settled.map(({ p, reference }) => ({
      ...happened(p, at),
      action: 'payout.succeeded',
      data: { netFen: p.net_fen, feeFen: p.fee_fen, reference },
    })),
  );
  const campaigns = await campaignRows(
    tx,
    settled.map(({ p }) => p.campaign_id),
  );
  await oweAfterPayments(
    tx,
    settled.map(({ p }) => ({ campaign: campaigns.get(p.campaign_id)!, releaseId: p.release_id })),
    at,
  );
  await tellRecalls(tx, payoutIds);
  // Of a conducted payout the batch's conductor tells, once its whole batch has been sent.
  await tellAll(
    tx,
    settled.filter(({ p }) => !p.conducted).flatMap(({ p }) => [toSupervision(p), toRelease(p)]),
  );
}

function movements(p: PayoutRow, businessAt: Date): Transfer[] {
  const common = { tenantId: p.tenant_id, subject: `payout/${p.id}`, businessAt };
  const reserved = { kind: 'reserved', campaignId: p.campaign_id } as const;
  return [
    {
      ...common,
      key: `payout/${p.id}/paid`,
      kind: 'payout-paid',
      debit: reserved,
      credit: { kind: 'paid', campaignId: p.campaign_id },
      amountFen: p.net_fen,
    },
    {
      ...common,
      key: `payout/${p.id}/fee`,
      kind: 'fee-charged',
      debit: reserved,
      credit: { kind: 'fees', campaignId: p.campaign_id },
      amountFen: p.fee_fen,
    },
    ...(isWallet(p.rail) ? fromChannel(p, p.rail, common) : fromCustody(p, common)),
  ];
}

type Common = Pick<Transfer, 'tenantId' | 'subject' | 'businessAt'>;

function fromCustody(p: PayoutRow, common: Common): Transfer[] {
  return [
    {
      ...common,
      key: `payout/${p.id}/custody`,
      kind: 'custody-paid',
      debit: { kind: 'disbursed' },
      credit: { kind: 'custody' },
      amountFen: p.net_fen,
    },
  ];
}

/** To a wallet the channel pays from what it holds of the platform's; the rest it collects from custody, as for refunds. */
function fromChannel(p: PayoutRow, wallet: Wallet, common: Common): Transfer[] {
  return [
    {
      ...common,
      key: `payout/${p.id}/channel`,
      kind: 'channel-paid',
      debit: { kind: 'disbursed' },
      credit: { kind: clearingOf(wallet) },
      amountFen: p.net_fen,
    },
  ];
}

/** What was signed holds no longer, and the bank never had the payment: nothing about the account is wrong, only the signatures are missing. A payout has its approval to itself, so the next needs a new one. */
export async function endUnsigned(tx: Transaction, personalData: PersonalData, p: PayoutRow, at: Date, broken: string): Promise<void> {
  await backToApproval(tx, p, at, broken);
  await fail(tx, personalData, p, at, 'approval', broken);
}

async function backToApproval(tx: Transaction, p: PayoutRow, at: Date, why: string): Promise<void> {
  await moveStage(tx, p.release_id, ['transfer'], 'approval', at);
  await tx('approval').where('id', p.approval_id).whereNull('voided_at').update({ voided_at: at, void_reason: why });
  await audit(tx, { ...happened(p, at), action: 'approval.voided', subject: `approval/${p.approval_id}`, data: { payoutId: p.id } });
}

/** This id will never be booked. The money stays reserved for the release, which asks for a new approval, after a correction if the bank refused it. */
export async function fail(tx: Transaction, personalData: PersonalData, p: PayoutRow, at: Date, code: string, text: string): Promise<void> {
  await tx('payout')
    .where('id', p.id)
    .update({ state: 'failed', failure_code: code, failure_text_enc: personalData.sealForHouse(text, 'payout.failure') });
  await audit(tx, { ...happened(p, at), action: 'payout.failed', data: { code } });
  await lookAtRecall(tx, p.id, { by: WORKFLOW, at });
  await tellAll(tx, [toRelease(p)]);
}

/** What happened to a payout, for its audit row. */
export const happened = (p: PayoutRow, businessAt: Date) => ({
  subject: `payout/${p.id}`,
  actor: WORKFLOW,
  tenantId: p.tenant_id,
  campaignId: p.campaign_id,
  businessAt,
});
