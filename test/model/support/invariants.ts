import { forbidsOpening } from './judgement';
import type { Memory } from './memory';
import { type CampaignView, LEFT, type Look, OVER, type PayoutView, type ReleaseView } from './views';

const HOUR_MS = 3_600_000;
type Step = { readonly m: Memory; readonly before: Look; readonly after: Look; readonly rivalRan: boolean; readonly frozenThroughout: boolean };

/** What must hold whatever people do, in whatever order. @returns what does not hold after this step, in words. */
export function broken(step: Step): string[] {
  return [...money(step), ...opening(step), ...payouts(step), ...batches(step), ...endings(step), ...atTheBank(step)];
}

const fen = (c: CampaignView, word: keyof CampaignView['money']) => BigInt(c.money[word]);

/** CUSTODY: raised = paid out + refunded + pending; raised never passes the ask, nor what donors paid; and only an open raise takes money. */
function money({ m, before: { campaign: b }, after: { campaign: a } }: Step): string[] {
  const raised = fen(a, 'raisedFen');
  const wrong: string[] = [];
  if (raised !== fen(a, 'paidFen') + fen(a, 'refundedFen') + fen(a, 'pendingFen')) wrong.push(`CUSTODY: ${JSON.stringify(a.money)}`);
  if (Object.values(a.money).some((amount) => BigInt(amount) < 0n)) wrong.push(`CUSTODY: below zero: ${JSON.stringify(a.money)}`);
  if (raised > BigInt(a.askFen)) wrong.push(`target: raised ${raised} above the ask ${a.askFen}`);
  if (raised > m.paidGiftsFen) wrong.push(`CUSTODY: raised ${raised}, donors paid ${m.paidGiftsFen}`);
  if (raised < fen(b, 'raisedFen') || fen(a, 'refundedFen') < fen(b, 'refundedFen')) wrong.push('CUSTODY: raised or refunded fell');
  if (raised !== fen(b, 'raisedFen') && (a.openedAt === null || b.closedAt !== null)) wrong.push('gifts were credited to a raise that is not open');
  return wrong;
}

/** Opened only by a person's approval, with no rule against it, after the certificate's window; nothing is public before. */
function opening({ m, before: { campaign: b }, after, rivalRan }: Step): string[] {
  const a = after.campaign;
  const wrong: string[] = [];
  if (after.isPublic && m.approvedAtMs === null) wrong.push('PRE-AUDIT: public before prior audit');
  if (b.openedAt !== null || a.openedAt === null) return wrong;
  if (m.approvedAtMs === null) wrong.push('DOUBLE-AUDIT: opened without a person’s approval');
  const rules = forbidsOpening(m, rivalRan);
  if (rules.length > 0) wrong.push(`opened against ${rules.join(', ')}`);
  const certified = BigInt(a.askFen) > 50_000_000n;
  const shownMs = Date.parse(a.openedAt) - (m.approvedAtMs ?? 0);
  if (certified && shownMs < 72 * HOUR_MS) wrong.push(`ASK-CERT: the certificate was public for ${shownMs / HOUR_MS} h`);
  return wrong;
}

const of = (look: Look) => look.campaign.releases.flatMap((release) => release.payouts.map((payout) => ({ release, payout })));

/** DISBURSE-REVIEW, PAYEE, COMPLAINT, DEATH: how a payout may come to be, and when it may leave. */
function payouts({ m, before, after, frozenThroughout }: Step): string[] {
  const wrong: string[] = [];
  const known = new Map(of(before).map(({ payout }) => [payout.id, payout.state]));
  for (const { release, payout } of of(after)) {
    const name = `payout ${release.seq}/${payout.attempt}`;
    const leaves = LEFT.has(payout.state) && !LEFT.has(known.get(payout.id) ?? '');
    if (!known.has(payout.id)) wrong.push(...comesToBe(m, before.campaign, release, payout).map((why) => `${name}: ${why}`));
    if (leaves && frozenThroughout) wrong.push(`${name} left while a complaint or a death held payouts`);
    const held = before.campaign.holds.some((h) => h.liftedAt === null && (h.releaseId === null || h.releaseId === release.id));
    const stillHeld = after.campaign.holds.some((h) => h.liftedAt === null && (h.releaseId === null || h.releaseId === release.id));
    if (leaves && held && stillHeld) wrong.push(`${name} left while a hold stood on it`);
    if (BigInt(payout.grossFen) !== BigInt(payout.feeFen) + BigInt(payout.netFen)) wrong.push(`${name}: gross is not fee and net`);
  }
  return wrong;
}

function comesToBe(m: Memory, before: CampaignView, release: ReleaseView, payout: PayoutView): string[] {
  const wrong: string[] = [];
  const now = Date.parse(before.now);
  const proposal = m.proposals.get(release.id);
  const signatures = [...(proposal?.signed ?? [])];
  const approvals = signatures.filter(([, decision]) => decision === 'approve').map(([checker]) => checker);
  if (m.reviewed.get(release.id) !== 'approve') wrong.push('DISBURSE-REVIEW: not reviewed');
  if (!proposal || approvals.length < 2 || approvals.includes(proposal.by)) wrong.push('DISBURSE-REVIEW: not two checkers beside the maker');
  if (signatures.some(([, decision]) => decision === 'reject')) wrong.push('DISBURSE-REVIEW: a checker rejected it');
  if (proposal && proposal.changes !== m.changes) wrong.push('DISBURSE-REVIEW: evidence or account changed after it was signed');
  if (proposal && now >= proposal.expiresAtMs) wrong.push('DISBURSE-REVIEW: signatures had expired');
  if (now - (m.publicSince.get(release.id) ?? now) < (release.urgent ? 6 : 24) * HOUR_MS) wrong.push('payout publicity was not over');
  if (!m.accountAccepted || !m.accountIsTheirs) wrong.push('PAYEE: the account was not accepted under the payee’s name');
  const mostFee = fee(m, BigInt(payout.grossFen));
  if (BigInt(payout.feeFen) > mostFee) wrong.push(`FEES: ${payout.feeFen} fen, shown at most ${mostFee}`);
  if (m.stopped && (m.debtFen === 0n || release.payeeKind !== 'institution')) wrong.push('a stopped campaign pays');
  return wrong;
}

function fee({ theCase: { fees } }: Memory, grossFen: bigint): bigint {
  if (!fees) return 0n;
  const service = (grossFen * BigInt(fees.service_bp)) / 10_000n;
  const cap = BigInt(fees.service_cap_fen);
  return (service < cap ? service : cap) + (grossFen * BigInt(fees.channel_bp)) / 10_000n;
}

/** BATCH, RECEIPT: batch n+1 begins when batch n is signed for (institution) and 80 % of it is evidenced. */
function batches({ m, before: { campaign: b }, after: { campaign: a } }: Step): string[] {
  const wrong: string[] = [];
  const planned = new Set(b.releases.filter(({ stage }) => stage === 'planned').map(({ id }) => id));
  for (const release of a.releases) {
    const begins = planned.has(release.id) && !['planned', 'cancelled', 'refused'].includes(release.stage);
    if (!begins || release.batch === 1) continue;
    const last = a.releases.find(({ requestId, batch }) => requestId === release.requestId && batch === release.batch - 1)!;
    const paid = last.payouts.find(({ state }) => state === 'succeeded');
    const name = `batch ${release.batch} began`;
    if (!paid) wrong.push(`BATCH: ${name} before the one before was paid`);
    else if (m.usedFen(last.id) * 10n < BigInt(paid.netFen) * 8n)
      wrong.push(`BATCH: ${name} on ${m.usedFen(last.id)} of ${paid.netFen} fen evidenced`);
    if (paid && last.receipt !== null && m.receipts.get(paid.id) !== 'confirm') wrong.push(`RECEIPT: ${name} before the hospital signed`);
  }
  return wrong;
}

/** What has ended stays; what was stopped ends with nothing pending. */
function endings({ m, before, after: { campaign: a } }: Step): string[] {
  const b = before.campaign;
  const wrong: string[] = [];
  const core = ({ phase, money: words, releases }: CampaignView) =>
    JSON.stringify([phase, words.raisedFen, words.paidFen, words.refundedFen, words.pendingFen, releases.map((r) => [r.stage, r.payouts])]);
  if (b.endedAt !== null && core(b) !== core(a)) wrong.push(`an ended campaign moved: ${core(b)} → ${core(a)}`);
  if ((a.endedAt !== null) !== OVER.has(a.phase)) wrong.push(`phase ${a.phase} with endedAt ${a.endedAt}`);
  if (OVER.has(a.phase) && fen(a, 'pendingFen') !== 0n) wrong.push(`${a.phase} with ${a.money.pendingFen} fen pending`);
  if (a.phase === 'refused' && a.openedAt !== null) wrong.push('refused after it had opened');
  const isRefunded = fen(a, 'raisedFen') > 0n && fen(a, 'refundedFen') === fen(a, 'raisedFen');
  if (OVER.has(a.phase) && (a.phase === 'refunded') !== isRefunded) wrong.push(`ended ${a.phase}: ${JSON.stringify(a.money)}`);
  if (a.phase === 'settled' && a.stoppedAt === null && m.stopped) wrong.push('a verdict or a death did not stop it');
  return wrong;
}

/** One payout is one debit of its net amount at the bank; what stands debited is what the books call paid. */
function atTheBank({ after }: Step): string[] {
  const wrong: string[] = [];
  const ours = new Map(of(after).map(({ payout }) => [payout.id, payout]));
  const debits = after.bank.filter(({ sign, kind, endToEndId }) => sign === 'DBIT' && kind === 'payout' && ours.has(endToEndId ?? ''));
  if (new Set(debits.map(({ endToEndId }) => endToEndId)).size !== debits.length) wrong.push('the bank debited one payout twice');
  for (const debit of debits) if (debit.amountFen !== ours.get(debit.endToEndId!)!.netFen) wrong.push(`the bank debited ${debit.amountFen} fen`);
  const standing = debits.filter(({ bounced }) => !bounced).length;
  const count = (...states: string[]) => [...ours.values()].filter(({ state }) => states.includes(state)).length;
  if (standing < count('succeeded')) wrong.push(`${count('succeeded')} payouts succeeded, ${standing} debits stand`);
  if (standing > count('succeeded', 'submitted', 'unknown', 'reserved')) wrong.push(`${standing} debits stand without a payout`);
  return wrong;
}
