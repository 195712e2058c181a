import fc from 'fast-check';
import type { DisbursementFacts } from '../../../src/domain/convention/facts';
import { disburseReview } from '../../../src/domain/convention/rules/disburseReview';
import { CONVENTION_2, disbursement } from '../../support/facts';
import { holds } from '../../support/property';

const sign = (checkerId: string, decision: 'approve' | 'reject' = 'approve', digest = 'd1'): DisbursementFacts['signatures'][number] => ({
  checkerId,
  decision,
  digest,
});

test.each([
  ['reviewed, made, signed by two others on what stands', {}, 'pass'],
  ['not reviewed', { reviewedBy: null }, 'needs'],
  ['signed by nobody', { signatures: [] }, 'needs'],
  ['signed by one', { signatures: [sign('zhao')] }, 'needs'],
  ['signed twice by one person', { signatures: [sign('zhao'), sign('zhao')] }, 'needs'],
  ['signed by one and by the maker', { signatures: [sign('zhao'), sign('maker')] }, 'needs'],
  ['one of two signed another digest', { signatures: [sign('zhao'), sign('qian', 'approve', 'd0')] }, 'needs'],
  ['two approve and a third rejects', { signatures: [sign('zhao'), sign('qian'), sign('sun', 'reject')] }, 'fail'],
  ['what would be paid changed', { currentDigest: 'd2' }, 'fail'],
  ['voided', { voided: true }, 'fail'],
  ['one millisecond before it expires', { nowMs: 999 }, 'pass'],
  ['the moment it expires', { nowMs: 1_000 }, 'fail'],
  ['three checkers', { signatures: [sign('zhao'), sign('qian'), sign('sun')] }, 'pass'],
] as [string, Partial<DisbursementFacts>, string][])('DISBURSE-REVIEW: %s', (_what, over, verdict) => {
  expect(disburseReview(disbursement(over))).toMatchObject({ rule: 'DISBURSE-REVIEW', verdict });
});

test('DISBURSE-REVIEW: money leaves only with two people’s standing, unexpired, unrejected yes to exactly this', () => {
  const signature = fc.record({
    checkerId: fc.constantFrom('maker', 'zhao', 'qian', 'sun'),
    decision: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
    digest: fc.constantFrom('d1', 'd1', 'd2'),
  });
  const facts = fc.record({
    edition: fc.constant(CONVENTION_2),
    reviewedBy: fc.constantFrom('reviewer', 'reviewer', null),
    makerId: fc.constant('maker'),
    signatures: fc.array(signature, { maxLength: 5 }),
    signedDigest: fc.constant('d1'),
    currentDigest: fc.constantFrom('d1', 'd1', 'd2'),
    voided: fc.constantFrom(false, false, true),
    expiresAtMs: fc.constant(10),
    nowMs: fc.integer({ min: 7, max: 11 }),
  });
  holds(
    facts,
    (f) => {
      const people = ['zhao', 'qian', 'sun'].filter((who) =>
        f.signatures.some((s) => s.checkerId === who && s.decision === 'approve' && s.digest === f.currentDigest),
      );
      const may =
        f.reviewedBy !== null &&
        people.length >= 2 &&
        f.signatures.every((s) => s.decision === 'approve') &&
        f.currentDigest === 'd1' &&
        !f.voided &&
        f.nowMs < 10;
      expect(disburseReview(f).verdict === 'pass').toBe(may);
    },
    3_000,
  );
});
