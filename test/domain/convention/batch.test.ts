import fc from 'fast-check';
import { batch, useIsEvidenced } from '../../../src/domain/convention/rules/batch';
import { requesting } from '../../support/facts';
import { fenAround, holds } from '../../support/property';

const inBatches = (...batchesBp: number[]): string => batch(requesting({ mode: 'batched', batchesBp })).verdict;

describe('BATCH: at least two, none above 5,000 basis points', () => {
  test.each([
    ['two halves', [5_000, 5_000], 'pass'],
    ['one basis point too many in the first', [5_001, 4_999], 'fail'],
    ['one basis point too many in the last', [4_999, 5_001], 'fail'],
    ['only one', [10_000], 'fail'],
    ['only one, small', [5_000], 'fail'],
    ['none', [], 'fail'],
    ['three thirds', [3_333, 3_333, 3_334], 'pass'],
  ])('%s', (_what, bps, verdict) => {
    expect(inBatches(...bps)).toBe(verdict);
  });

  test('what is declared is judged, never the rounded fen', () => {
    // Of 3 fen the second half takes 2, two thirds of the money: still 5,000 declared basis points.
    expect(batch(requesting({ mode: 'batched', requestedFen: 3n, batchesBp: [5_000, 5_000] })).verdict).toBe('pass');
  });

  test('the verdict follows from count and largest share alone, whatever the amount', () => {
    const any = fc.record({ batchesBp: fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 6 }), requestedFen: fenAround() });
    holds(any, ({ batchesBp, requestedFen }) => {
      const oracle = [...batchesBp].sort((a, b) => b - a)[1] !== undefined && batchesBp.every((bp) => bp <= 5_000);
      expect(batch(requesting({ mode: 'batched', batchesBp, requestedFen })).verdict).toBe(oracle ? 'pass' : 'fail');
    });
  });

  test.each(['single', 'hospital-direct'] as const)('%s is not in batches and not judged', (mode) => {
    expect(batch(requesting({ mode, batchesBp: [10_000] })).verdict).toBe('pass');
  });
});

describe('BATCH: the next batch needs receipts for 80 % of the last', () => {
  test.each([
    ['exactly 80 %', 100_00n, 80_00n, true],
    ['one fen less', 100_00n, 79_99n, false],
    ['80 % of an odd amount rounds up, never down', 101n, 80n, false],
    ['81 of 101 fen is enough', 101n, 81n, true],
    ['nothing of nothing', 0n, 0n, true],
    ['nothing of one fen', 1n, 0n, false],
  ])('%s', (_what, paidFen, evidencedFen, enough) => {
    expect(useIsEvidenced(paidFen, evidencedFen, 8_000)).toBe(enough);
  });

  test('enough is four fifths or more, in whole fen', () => {
    const amounts = fenAround(100_00n).chain((paidFen) =>
      fc.tuple(fc.constant(paidFen), fc.oneof(fenAround((paidFen * 4n) / 5n), fc.bigInt(0n, paidFen))),
    );
    holds(amounts, ([paidFen, evidencedFen]) => {
      const leastFen = (paidFen * 4n + 4n) / 5n;
      expect(useIsEvidenced(paidFen, evidencedFen, 8_000)).toBe(evidencedFen >= leastFen);
    });
  });
});
