import fc from 'fast-check';
import type { EarlierRaise } from '../../../src/domain/convention/facts';
import { editionOf } from '../../../src/domain/convention/editions';
import { failedRules, openingFindings } from '../../../src/domain/convention/gates';
import { designation } from '../../../src/domain/convention/rules/designation';
import { oneRaise } from '../../../src/domain/convention/rules/oneRaise';
import { secondAsk } from '../../../src/domain/convention/rules/secondAsk';
import { ALL_DOCUMENTS, CONVENTION_1, CONVENTION_2, opening, without, yuan } from '../../support/facts';
import { fenAround, holds } from '../../support/property';

const CAP = yuan('500000');
const before = (over: Partial<EarlierRaise> = {}): EarlierRaise => ({
  platform: 'relaxed-fund',
  status: 'settled',
  sameIllness: true,
  askFen: yuan('200000'),
  ...over,
});
const CUMULATIVE = { ...CONVENTION_2, secondAskBasis: 'cumulative' } as const;
const NO_LIST = without(ALL_DOCUMENTS, 'expense-list');

test.each([
  ['running', true, 'fail'],
  ['running', false, 'pass'],
  ['settled', true, 'pass'],
  ['refunded', true, 'pass'],
] as const)('ONE-RAISE: an earlier raise that is %s, same illness %s: %s', (status, sameIllness, verdict) => {
  expect(oneRaise(opening({ earlierRaises: [before({ status, sameIllness })] })).verdict).toBe(verdict);
});

describe('SECOND-ASK, single: this ask alone is compared with ¥500,000', () => {
  test.each([
    ['500000.00', 'settled', 'pass'],
    ['500000.01', 'settled', 'fail'],
    ['500000.01', 'running', 'fail'],
    ['500000.01', 'refunded', 'pass'],
  ] as const)('¥%s after a raise that was %s, without a list: %s', (ask, status, verdict) => {
    expect(secondAsk(opening({ askFen: yuan(ask), earlierRaises: [before({ status })], documents: NO_LIST })).verdict).toBe(verdict);
  });

  test('a list that nobody reconciled waits for a reviewer', () => {
    const asking = { askFen: CAP + 1n, earlierRaises: [before()] };
    expect(secondAsk(opening(asking)).verdict).toBe('needs');
    expect(secondAsk(opening({ ...asking, expensesReconciled: true })).verdict).toBe('pass');
    expect(secondAsk(opening({ ...asking, expensesReconciled: true, documents: NO_LIST })).verdict).toBe('fail');
  });
});

test('SECOND-ASK, cumulative: all asks together, but for raises refunded whole', () => {
  const facts = fc.record({
    askFen: fenAround(CAP, yuan('300000')),
    earlier: fc.array(
      fc.record({ askFen: fenAround(yuan('200000')), status: fc.constantFrom<EarlierRaise['status']>('settled', 'running', 'refunded') }),
      { maxLength: 4 },
    ),
  });
  holds(
    facts,
    ({ askFen, earlier }) => {
      const earlierRaises = earlier.map((e) => before(e));
      const counted = earlier.filter((e) => e.status !== 'refunded');
      const together = counted.reduce((sum, e) => sum + e.askFen, askFen);
      const judged = (edition: typeof CUMULATIVE | typeof CONVENTION_2) =>
        secondAsk(opening({ edition, askFen, earlierRaises, documents: NO_LIST })).verdict;
      expect(judged(CUMULATIVE)).toBe(counted.length > 0 && together >= 50_000_001n ? 'fail' : 'pass');
      expect(judged(CONVENTION_2)).toBe(counted.length > 0 && askFen >= 50_000_001n ? 'fail' : 'pass');
    },
    1_000,
  );
});

test('DESIGNATION stands in the edition of 2024 alone', () => {
  const platform = { id: 'love-fund', designated: false };
  expect(designation(opening({ platform })).verdict).toBe('fail');
  expect(failedRules(openingFindings(opening({ platform, edition: CONVENTION_2 })))).toEqual([]);
  expect(failedRules(openingFindings(opening({ platform, edition: editionOf('measures-2024') })))).toEqual(['DESIGNATION']);
});

test('all nine gates of 2024 fail at once and are reported in their order; Convention 1.0 knows four of them', () => {
  const wrong = opening({
    edition: editionOf('measures-2024'),
    askFen: CAP + 1n,
    documents: new Set(),
    published: new Set(),
    payeeKind: 'friend',
    patient: { verdict: 'mismatch', resolution: null, minor: true },
    hospital: { registered: false, qualified: false, whitelisted: false },
    platform: { id: 'love-fund', designated: false },
    earlierRaises: [before({ status: 'running' })],
    listed: ['sponsor', 'payee'],
  });
  const failed = (facts: typeof wrong) =>
    openingFindings(facts)
      .filter((f) => f.verdict === 'fail')
      .map((f) => f.rule);
  expect(failed(wrong)).toEqual(['DESIGNATION', 'IDENTITY', 'ONE-RAISE', 'BLACKLIST', 'PAYEE', 'ASK-CERT', 'SECOND-ASK', 'PRE-AUDIT', 'PUBLICITY']);
  expect(failed({ ...wrong, edition: CONVENTION_1 })).toEqual(['BLACKLIST', 'ASK-CAP', 'PRE-AUDIT', 'PUBLICITY']);
});
