import fc from 'fast-check';
import { type Candidate, rankProposals } from '../../src/domain/matchProposals';
import { holds } from '../support/property';

const of = (id: string, openFen: bigint, over: Partial<Candidate> = {}): Candidate => ({
  kind: 'payout-debit',
  id,
  openFen,
  whole: true,
  named: false,
  ...over,
});
const looked = (openFen: bigint, ...candidates: Candidate[]) =>
  rankProposals(openFen, candidates).map(({ id, amountFen, chosen }) => `${id} ${amountFen}${chosen ? ' chosen' : ''}`);

test('what the line names comes first, then the same amount, then the largest that fit, then what is larger than the line', () => {
  const part = { whole: false };
  expect(
    looked(100n, of('c', 30n, part), of('d', 400n, part), of('b', 100n, part), of('e', 300n, part), of('a', 70n, { named: true, whole: false })),
  ).toEqual(['a 70 chosen', 'b 100', 'c 30', 'e 100', 'd 100']);
});

test('chosen is only what nothing else could be instead', () => {
  expect(looked(100n, of('a', 100n), of('b', 60n), of('c', 40n))).toEqual(['a 100 chosen', 'b 60', 'c 40']);
  expect(looked(100n, of('a', 100n), of('b', 100n))).toEqual(['a 100', 'b 100']);
  expect(looked(100n, of('b', 60n), of('c', 40n), of('d', 7n))).toEqual(['b 60 chosen', 'c 40 chosen', 'd 7']);
  // Two sets come to it: a person says which.
  expect(looked(100n, of('a', 60n), of('b', 40n), of('c', 40n))).toEqual(['a 60', 'b 40', 'c 40']);
  expect(looked(100n, of('a', 101n), of('b', 0n))).toEqual([]);
});

test('a chosen set always comes to exactly what is open, or is the one that is named; nothing proposed is more than line or target', () => {
  const candidate = fc.record({ openFen: fc.bigInt(0n, 60n), whole: fc.boolean(), named: fc.boolean() });
  holds(fc.tuple(fc.bigInt(1n, 150n), fc.array(candidate, { maxLength: 8 })), ([openFen, some]) => {
    const ranked = rankProposals(
      openFen,
      some.map((each, i) => of(`x${i}`, each.openFen, each)),
    );
    const chosen = ranked.filter((each) => each.chosen);
    if (chosen.some((each) => each.named)) expect(chosen).toHaveLength(1);
    else if (chosen.length > 0) expect(chosen.reduce((sum, each) => sum + each.openFen, 0n)).toBe(openFen);
    for (const each of ranked) expect(each.amountFen <= openFen && each.amountFen <= each.openFen && each.amountFen > 0n).toBe(true);
  });
});

test('a hundred of one size are not searched without end, and none of them is chosen', () => {
  const many = Array.from({ length: 100 }, (_, i) => of(`x${i}`, 2n ** BigInt(i % 40) + 1n));
  expect(rankProposals(2n ** 42n, many).some((each) => each.chosen)).toBe(false);
});
