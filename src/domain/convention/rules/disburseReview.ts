import { fail, needs, pass, type DisbursementFacts, type Rule } from '../facts';

/** DISBURSE-REVIEW: reviewed by name, made by one, signed by two others on the digest that stands; any change voids it. Convention 2.0, Measures 2024. */
export const disburseReview: Rule<DisbursementFacts> = (f) => {
  const approving = new Set(
    f.signatures.filter((s) => s.decision === 'approve' && s.digest === f.currentDigest && s.checkerId !== f.makerId).map((s) => s.checkerId),
  );
  const rejected = f.signatures.some((s) => s.decision === 'reject');
  const facts = {
    reviewed: f.reviewedBy !== null,
    checkers: approving.size,
    checkersNeeded: f.edition.checkers,
    rejected,
    voided: f.voided,
    expired: f.nowMs >= f.expiresAtMs,
  };
  if (f.reviewedBy === null) return needs('DISBURSE-REVIEW', facts, { zh: '该笔拨付尚未审核。', en: 'Nobody has reviewed this release yet.' });
  if (rejected) return fail('DISBURSE-REVIEW', facts, { zh: '复核人已否决。', en: 'A checker rejected it.' });
  if (f.voided || f.signedDigest !== f.currentDigest)
    return fail('DISBURSE-REVIEW', facts, {
      zh: '审批内容已变更，原签字作废，须重新审批。',
      en: 'What was signed has changed: the signatures are void and must be given again.',
    });
  if (facts.expired)
    return fail('DISBURSE-REVIEW', facts, { zh: '审批已过期，须重新审批。', en: 'The approval has expired and must be made again.' });
  return approving.size >= f.edition.checkers
    ? pass('DISBURSE-REVIEW', facts, { zh: '制单与两名复核人已就同一内容签字。', en: 'Maker and two checkers signed the same content.' })
    : needs('DISBURSE-REVIEW', facts, {
        zh: `还需 ${f.edition.checkers - approving.size} 名复核人签字。`,
        en: `${f.edition.checkers - approving.size} more checker(s) must sign.`,
      });
};
