import { randomBytes, sign } from 'node:crypto';
import { newDocument } from '../../../src/cli/play/documents';
import { type DeedOf, post } from './deed';
import type { Memory } from './memory';
import type { ReleaseView } from './views';
import type { ActorName } from './world';

const REASON = 'Amount, purpose and payee were compared.';
const CHECKERS: readonly ActorName[] = ['checkerA', 'checkerB'];

/** @returns a release to do it to: those in that stage first, then any. */
function someRelease(releases: readonly ReleaseView[], stage: string, pick: <T>(options: readonly T[]) => T): ReleaseView | null {
  return releases.length === 0 ? null : pick([...releases.filter((r) => r.stage === stage), ...releases]);
}

const standing = (m: Memory, release: ReleaseView) => m.proposals.get(release.id);

/** What happens to a granted release: review, account, proposal, signatures, receipt, evidence of use. */
export const FINANCE_DEEDS: Readonly<Record<string, DeedOf>> = {
  reviewRelease: (_world, { memory, look }, dice) => {
    const release = someRelease(look.campaign.releases, 'review', (o) => dice.pick(o));
    const decision = dice.pick(['approve', 'approve', 'approve', 'refuse']);
    if (!release) return null;
    return {
      by: ['reviewer'],
      request: post(`/v1/releases/${release.id}/review`, { decision, reason: REASON }),
      mustBeRefused: memory.reviewed.has(release.id) ? 'reviewed already' : null,
      learn: () => memory.reviewed.set(release.id, decision),
    };
  },
  acceptAccount: (_world, { id, memory, look }, dice) => {
    const version = look.campaign.payeeAccount?.version ?? 1;
    return {
      by: ['reviewer'],
      request: post(`/v1/campaigns/${id}/payee-account/acceptance`, { version: dice.pick([version, version + 1, Math.max(1, version - 1)]) }),
      mustBeRefused: memory.accountIsTheirs ? null : 'PAYEE: the bank knows the account under another name',
      learn: () => {
        memory.accountAccepted = true;
      },
    };
  },
  propose: (_world, { memory, look }, dice) => {
    const release = someRelease(look.campaign.releases, 'approval', (o) => dice.pick(o));
    if (!release) return null;
    return {
      by: ['maker'],
      request: post(`/v1/releases/${release.id}/approval`),
      mustBeRefused: release.stage === 'approval' && memory.accountAccepted ? null : 'nothing to propose, or no accepted account',
      learn: ({ body }) => {
        const { digest, expiresAt } = body.approval as { digest: string; expiresAt: string };
        memory.proposals.set(release.id, { digest, by: 'maker', changes: memory.changes, expiresAtMs: Date.parse(expiresAt), signed: new Map() });
      },
    };
  },
  sign: (_world, { memory, look }, dice) => {
    const release = someRelease(look.campaign.releases, 'approval', (o) => dice.pick(o));
    if (!release) return null;
    const proposal = standing(memory, release);
    const right = proposal?.digest ?? randomBytes(32).toString('hex');
    const digest = dice.pick([right, right, right, randomBytes(32).toString('hex')]);
    const decision = dice.pick(['approve', 'approve', 'approve', 'approve', 'reject']);
    const unsigned = CHECKERS.filter((checker) => !proposal?.signed.has(checker));
    const isStale =
      !proposal || digest !== proposal.digest || proposal.changes !== memory.changes || Date.parse(look.campaign.now) >= proposal.expiresAtMs;
    return {
      by: unsigned.length > 0 ? unsigned : CHECKERS,
      request: post(`/v1/releases/${release.id}/approval/signatures`, { digest, decision }),
      mustBeRefused: isStale ? 'DISBURSE-REVIEW: not what would be paid' : unsigned.length === 0 ? 'one person counts once' : null,
      learn: (_answer, actor) => proposal?.signed.set(actor, decision),
    };
  },
  receipt: (world, { memory, look }, dice) => {
    const waiting = look.campaign.releases.filter(({ stage }) => stage === 'receipt');
    const payouts = [...waiting, ...look.campaign.releases].flatMap((r) => [...r.payouts].reverse());
    if (payouts.length === 0 || !world.institution.hospitalKey) return null;
    const payout = dice.pick(payouts);
    const outcome = dice.pick(['confirm', 'confirm', 'confirm', 'deny'] as const);
    const amountFen = dice.pick([payout.netFen, payout.netFen, String(BigInt(payout.netFen) + 1n)]);
    const signedAt = look.campaign.now;
    const reason = outcome === 'deny' ? 'not-credited' : undefined;
    const text = `almoner-receipt\n${payout.id}\n${outcome}\n${amountFen}\n${signedAt}\n${reason === undefined ? '' : `${reason}\n`}`;
    const signature = sign(null, Buffer.from(dice.pick([text, text, `${text} `])), world.receiptKey).toString('base64');
    return {
      by: ['hospital'],
      request: post(`/v1/payouts/${payout.id}/receipt`, { outcome, amountFen, signedAt, signature, ...(reason === undefined ? {} : { reason }) }),
      mustBeRefused: outcome === 'confirm' && amountFen !== payout.netFen ? 'RECEIPT: another amount' : null,
      learn: () => memory.receipts.set(payout.id, outcome),
    };
  },
  fileUse: (_world, { memory, look }, dice) => {
    const release = someRelease(look.campaign.releases, 'evidence', (o) => dice.pick(o));
    const payout = release?.payouts.findLast(({ state }) => state === 'succeeded');
    if (!release || !payout) return null;
    const net = BigInt(payout.netFen);
    const justEnough = (net * 8n + 9n) / 10n;
    const amountFen = dice.pick([net, justEnough, justEnough - 1n, net + 1n, 1n]);
    if (amountFen <= 0n) return null;
    const claimed = [...memory.evidence.values()].reduce(
      (s, e) => s + (e.releaseId === release.id && e.decision !== 'reject' ? e.amountFen : 0n),
      0n,
    );
    return {
      by: ['platform'],
      request: post(`/v1/releases/${release.id}/use-evidence`, { amountFen: String(amountFen), document: newDocument() }),
      mustBeRefused: claimed + amountFen > net ? 'more than was paid' : null,
      learn: ({ body }) => memory.evidence.set(String(body.id), { releaseId: release.id, amountFen, decision: null }),
    };
  },
  decideUse: (_world, { memory }, dice) => {
    const all = [...memory.evidence];
    if (all.length === 0) return null;
    const [evidenceId, evidence] = dice.pick([...all.filter(([, e]) => e.decision === null), ...all]);
    const decision = dice.pick(['accept', 'accept', 'reject'] as const);
    return {
      by: ['reviewer'],
      request: post(`/v1/use-evidence/${evidenceId}/decision`, { decision, reason: REASON }),
      mustBeRefused: evidence.decision === null ? null : 'decided already',
      learn: () => {
        evidence.decision = decision;
      },
    };
  },
};
