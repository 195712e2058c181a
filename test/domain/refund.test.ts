import fc from 'fast-check';
import { proRata, unspentShare } from '../../src/domain/refund';
import { plainReceiptNumber, receiptNumber } from '../../src/domain/receiptNumber';

const left = fc.uniqueArray(fc.record({ giftId: fc.string({ minLength: 1 }), amountFen: fc.bigInt(0n, 10_000_000n) }), {
  selector: ({ giftId }) => giftId,
  maxLength: 40,
});
const leftAndAmount = left.chain((gifts) =>
  fc.tuple(
    fc.constant(gifts),
    fc.bigInt(
      0n,
      gifts.reduce((sum, g) => sum + g.amountFen, 0n),
    ),
  ),
);
const sum = (shares: readonly { amountFen: bigint }[]): bigint => shares.reduce((all, { amountFen }) => all + amountFen, 0n);

test('what is shared out adds up to the fen, and nobody gets more than is left of their gift', () => {
  fc.assert(
    fc.property(leftAndAmount, ([gifts, amountFen]) => {
      const shares = proRata(gifts, amountFen);
      expect(sum(shares)).toBe(amountFen);
      for (const { giftId, amountFen: fen } of shares) expect(fen <= gifts.find((g) => g.giftId === giftId)!.amountFen).toBe(true);
    }),
  );
});

test('each share is within one fen of its exact part', () => {
  fc.assert(
    fc.property(leftAndAmount, ([gifts, amountFen]) => {
      const whole = sum(gifts);
      const shares = new Map(proRata(gifts, amountFen).map((s) => [s.giftId, s.amountFen]));
      for (const g of gifts) {
        const scaled = (shares.get(g.giftId) ?? 0n) * whole - g.amountFen * amountFen;
        expect(scaled > -whole && scaled < whole).toBe(whole > 0n);
        if (whole === 0n) return;
      }
    }),
  );
});

test('the whole goes back whole', () => {
  fc.assert(fc.property(left, (gifts) => expect(proRata(gifts, sum(gifts))).toEqual(gifts.filter((g) => g.amountFen > 0n))));
});

test('the lost fen go to the largest remainders, then by gift id', () => {
  const gifts = [
    { giftId: 'b', amountFen: 1n },
    { giftId: 'a', amountFen: 1n },
    { giftId: 'c', amountFen: 2n },
  ];
  // Exact parts of 3 of 4: 0.75, 0.75, 1.5: down 0, 0, 1; two fen are lost, a and b have the larger remainders.
  expect(proRata(gifts, 3n)).toEqual([
    { giftId: 'b', amountFen: 1n },
    { giftId: 'a', amountFen: 1n },
    { giftId: 'c', amountFen: 1n },
  ]);
  expect(proRata(gifts, 1n)).toEqual([{ giftId: 'c', amountFen: 1n }]);
  expect(proRata(gifts.slice(0, 2), 1n)).toEqual([{ giftId: 'a', amountFen: 1n }]);
});

test('more than is left cannot be shared out', () => {
  expect(() => proRata([{ giftId: 'a', amountFen: 1n }], 2n)).toThrow(RangeError);
  expect(() => proRata([], 1n)).toThrow(RangeError);
  expect(proRata([], 0n)).toEqual([]);
});

test('a donor’s part of what is unspent is rounded down', () => {
  expect(unspentShare(100n, 300n, 200n)).toBe(66n);
  expect(unspentShare(100n, 300n, 300n)).toBe(100n);
  expect(unspentShare(0n, 0n, 0n)).toBe(0n);
});

test('a receipt number is read back however it is typed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (random) => {
      const number = receiptNumber(random);
      expect(number).toMatch(/^TS(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
      expect(plainReceiptNumber(number)).toBe(number);
      expect(plainReceiptNumber(` ${number.toLowerCase().replaceAll('-', ' ')} `)).toBe(number);
    }),
  );
  expect(plainReceiptNumber('ts-o1il-0000-0000')).toBe('TS-0111-0000-0000');
  expect(() => receiptNumber(new Uint8Array(11))).toThrow(RangeError);
});
