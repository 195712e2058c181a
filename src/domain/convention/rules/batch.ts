import { fail, pass, type ReleaseFacts, type Rule } from '../facts';

/** BATCH: at least two batches, none above 5,000 declared basis points (judged on what is declared, never on the rounded fen). Convention 2.0. */
export const batch: Rule<ReleaseFacts> = ({ mode, batchesBp, edition }) => {
  const { minimumCount, maximumBp } = edition.batch;
  const largestBp = Math.max(0, ...batchesBp);
  const facts = { mode, count: batchesBp.length, largestBp, minimumCount, maximumBp };
  if (mode !== 'batched') return pass('BATCH', facts, { zh: '不是分批拨付。', en: 'Not in batches.' });
  if (batchesBp.length < minimumCount)
    return fail('BATCH', facts, { zh: `至少分 ${minimumCount} 批。`, en: `There must be at least ${minimumCount} batches.` });
  if (largestBp > maximumBp)
    return fail('BATCH', facts, { zh: `单批不得超过 ${maximumBp / 100}%。`, en: `No batch may pass ${maximumBp / 100} % of what is released.` });
  return pass('BATCH', facts, { zh: '批次划分符合要求。', en: 'The batches are as the edition wants.' });
};

/**
 * BATCH: whether the use of a batch is evidenced well enough for the next one (receipts ≥ 80 % of what was paid out).
 * @param paidFen what reached the payee. @param evidencedFen accepted receipts.
 */
export function useIsEvidenced(paidFen: bigint, evidencedFen: bigint, evidenceBp: number): boolean {
  return evidencedFen * 10_000n >= paidFen * BigInt(evidenceBp);
}
