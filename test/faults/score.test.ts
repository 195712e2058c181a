import { judge, missing } from '../../src/faults/books/score';
import type { OurBooks } from '../../src/faults/books/ours';
import type { OutsideBooks } from '../../src/faults/books/outside';
import type { Acknowledged } from '../../src/faults/journal';
import { BAG_SIZE } from '../../src/faults/plan';
import { p99, planOf } from '../../src/faults/run';

/** A tenant's small true story: a gift of 1,000 fen came, 300 of it went back, 600 were paid out by one payout. */
const OURS: OurBooks = {
  tenants: [{ account: 'CUSTODY', merchant: 'M', custodyFen: 100n }],
  gifts: [{ id: 'G', amountFen: 1_000n, postedFen: 1_000n }],
  returns: [{ id: 'R', amountFen: 300n, postedFen: 300n }],
  payouts: [{ id: 'P', release_id: 'REL', netFen: 600n, submitted: true, validSignatures: 2, postedFen: 600n }],
  lines: [
    { account: 'CUSTODY', reference: 'SWEEP', sign: 'CRDT', amountFen: 700n },
    { account: 'CUSTODY', reference: 'BK1', sign: 'DBIT', amountFen: 600n },
  ],
  exceptions: [],
  caps: [{ id: 'C', askFen: 1_000n, creditedFen: 1_000n, raisedFen: 1_000n, heldFen: 1_000n }],
  ledger: { sumFen: 0n, driftFen: 0n },
  known: new Set(['campaign/C', 'gift/G', 'signature/d/a', 'signature/d/b']),
};
const DEBIT = { account: 'CUSTODY', reference: 'BK1', sign: 'DBIT', kind: 'payout', amountFen: 600n, endToEndId: 'P', counterparty: 'H' } as const;
const OUTSIDE: OutsideBooks = {
  lines: [{ account: 'CUSTODY', reference: 'SWEEP', sign: 'CRDT', kind: 'collection', amountFen: 700n, endToEndId: null, counterparty: 'W' }, DEBIT],
  captured: [{ merchant: 'M', id: 'G', amountFen: 1_000n }],
  refunded: [{ merchant: 'M', id: 'R', amountFen: 300n }],
};
const TOLD: readonly Acknowledged[] = [
  { what: 'campaign', id: 'C' },
  { what: 'gift', id: 'G', orderKey: 'k', amountFen: '1000' },
  { what: 'signature', digest: 'd', checker: 'a' },
];
const ZERO = { fen_lost: 0, fen_created: 0, double_payments: 0, over_cap_fen: 0, unapproved_payments: 0, callbacks_dropped: 0 };

const score = (ours: Partial<OurBooks> = {}, outside: Partial<OutsideBooks> = {}, told = TOLD) =>
  judge({ ...OURS, ...ours }, { ...OUTSIDE, ...outside }, told).score;

test('a true story scores zero everywhere', () => {
  expect(score()).toEqual(ZERO);
  expect(missing(OURS, TOLD)).toEqual([]);
});

describe('each figure can fail', () => {
  const payout = OURS.payouts[0]!;
  const again = { ...DEBIT, reference: 'BK2' };
  test.each<[string, ReturnType<typeof score>, Partial<typeof ZERO>]>([
    ['a gift that was paid and is gone', score({ gifts: [] }), { fen_lost: 2_000, callbacks_dropped: 1 }],
    ['a gift posted with a fen more', score({ gifts: [{ id: 'G', amountFen: 1_000n, postedFen: 1_001n }] }), { fen_created: 1 }],
    ['a gift that nobody paid', score({ gifts: [...OURS.gifts, { id: 'X', amountFen: 5n, postedFen: 5n }] }), { fen_created: 5 }],
    ['an acknowledged gift of another amount', score({ gifts: [{ id: 'G', amountFen: 999n, postedFen: 1_000n }] }), { fen_lost: 1 }],
    ['a return that the channel made and we do not know', score({ returns: [] }), { fen_created: 300, callbacks_dropped: 1 }],
    ['a return that we booked and nobody made', score({}, { refunded: [] }), { fen_lost: 300 }],
    ['one fen missing in custody', score({ tenants: [{ account: 'CUSTODY', merchant: 'M', custodyFen: 99n }] }), { fen_lost: 1 }],
    ['one fen too many in custody', score({ tenants: [{ account: 'CUSTODY', merchant: 'M', custodyFen: 101n }] }), { fen_created: 1 }],
    ['a stored balance that is not its transfers', score({ ledger: { sumFen: 0n, driftFen: 7n } }), { fen_created: 7 }],
    ['accounts that do not sum to nothing', score({ ledger: { sumFen: -7n, driftFen: 0n } }), { fen_lost: 7 }],
    ['a debit twice', score({}, { lines: [...OUTSIDE.lines, again] }), { double_payments: 1, fen_created: 1_200, callbacks_dropped: 1 }],
    [
      'one release paid by two payouts',
      score({ payouts: [payout, { ...payout, id: 'P2' }] }, { lines: [...OUTSIDE.lines, { ...again, endToEndId: 'P2' }] }),
      { double_payments: 1, fen_created: 600, callbacks_dropped: 1 },
    ],
    ['credited above the target', score({ caps: [{ ...OURS.caps[0]!, askFen: 990n }] }), { over_cap_fen: 10 }],
    ['one signature too few', score({ payouts: [{ ...payout, validSignatures: 1 }] }), { unapproved_payments: 1 }],
    ['another amount than was signed', score({ payouts: [{ ...payout, netFen: 599n }] }), { unapproved_payments: 1 }],
    ['a bank line that nobody kept', score({ lines: OURS.lines.slice(1) }), { callbacks_dropped: 1 }],
  ])('%s', (_plant, found, expected) => {
    expect(found).toEqual({ ...ZERO, ...expected });
  });

  test('losses and gains do not make up for each other', () => {
    const gifts = [
      { id: 'G', amountFen: 1_000n, postedFen: 999n },
      { id: 'H', amountFen: 10n, postedFen: 11n },
    ];
    expect(score({ gifts }, { captured: [...OUTSIDE.captured, { merchant: 'M', id: 'H', amountFen: 10n }] })).toMatchObject({
      fen_lost: 1,
      fen_created: 1,
    });
  });

  test('a parked line is not a dropped one', () => {
    expect(score({ lines: OURS.lines.slice(1), exceptions: ['CUSTODY/SWEEP'] })).toMatchObject({ callbacks_dropped: 0 });
  });

  test('an acknowledged signature that is gone is named', () => {
    expect(missing({ known: new Set(['campaign/C', 'gift/G']) }, TOLD)).toEqual(['signature/d/a']);
  });
});

describe('what a seed stands for', () => {
  test('the same seed draws the same faults in the same order, another one others', () => {
    expect(planOf(60, 7)).toEqual(planOf(60, 7));
    expect(planOf(60, 8)).not.toEqual(planOf(60, 7));
  });

  test('as many as the bag holds meet every kind, and a longer run begins like a shorter one', () => {
    const plan = planOf(BAG_SIZE, 3).join('\n');
    for (const kind of [
      /^kill worker$/m,
      /^kill postgres$/m,
      /^kill temporal$/m,
      /^kill api$/m,
      /^kill simulators$/m,
      /^pause worker/m,
      /cut before/,
      /cut after/,
      /refuses/,
      /stalls/,
      /disk full/,
      /answers of the bank/,
      /the bank:/,
      /worker dies/,
      /hundredfold/,
    ])
      expect(plan).toMatch(kind);
    expect(planOf(200, 3).slice(0, BAG_SIZE).join('\n')).toBe(plan);
  });
});

test('p99 is the value that 99 of 100 do not exceed', () => {
  expect(p99(Array.from({ length: 100 }, (_, at) => at + 1))).toBe(99);
  expect(p99([3, 1, 2])).toBe(3);
  expect(p99([])).toBe(0);
});
