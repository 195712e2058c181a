import fc from 'fast-check';
import { reconcile } from '../../../src/domain/convention/reconciliation';
import { holds } from '../../support/property';

const line = (amountFen: bigint, ...covered: [string, bigint][]) => ({
  lineId: 'l',
  amountFen,
  covered: covered.map(([raiseId, fen]) => ({ raiseId, amountFen: fen })),
});
const PAID = new Map([
  ['a', 100n],
  ['b', 50n],
]);

test('what lines take of each raise, and what none explains, to the fen', () => {
  expect(reconcile([line(120n, ['a', 99n], ['b', 21n]), line(1n, ['a', 1n]), line(5n)], PAID)).toEqual({
    holds: true,
    paidFen: 150n,
    unexplainedFen: 29n,
  });
});

test.each([
  ['one fen above the line', [line(120n, ['a', 100n], ['b', 21n])], '/lines/0/covered'],
  ['one fen above the raise', [line(200n, ['a', 101n])], '/lines/0/covered/0/amountFen'],
  ['above the raise over two lines', [line(60n, ['a', 60n]), line(60n, ['a', 41n])], '/lines/1/covered/0/amountFen'],
  ['a raise of nobody', [line(60n, ['c', 1n])], '/lines/0/covered/0/raiseId'],
  ['a raise twice in a line', [line(60n, ['a', 1n], ['a', 1n])], '/lines/0/covered/1/raiseId'],
])('%s is refused by its place', (_what, lines, place) => {
  expect(reconcile(lines, PAID)).toMatchObject({ holds: false, place });
});

test('whatever is claimed: it holds iff no line and no raise is taken beyond itself, and no fen is lost', () => {
  const fen = fc.bigInt(1n, 60n);
  const lines = fc.array(fc.record({ amountFen: fc.bigInt(1n, 120n), a: fc.option(fen), b: fc.option(fen) }), { maxLength: 5 });
  holds(lines, (claims) => {
    const reconciled = reconcile(
      claims.map((c) =>
        line(c.amountFen, ...(c.a === null ? [] : [['a', c.a] as [string, bigint]]), ...(c.b === null ? [] : [['b', c.b] as [string, bigint]])),
      ),
      PAID,
    );
    const sum = (of: (c: (typeof claims)[number]) => bigint): bigint => claims.reduce((total, c) => total + of(c), 0n);
    const [a, b] = [sum((c) => c.a ?? 0n), sum((c) => c.b ?? 0n)];
    const fits = a <= 100n && b <= 50n && claims.every((c) => (c.a ?? 0n) + (c.b ?? 0n) <= c.amountFen);
    expect(reconciled.holds).toBe(fits);
    if (reconciled.holds) expect(reconciled.unexplainedFen).toBe(150n - a - b);
  });
});
