import fc from 'fast-check';
import { fen, formatYuan, parseFen, shareOf } from '../../src/domain/money';
import { fenAround, holds } from '../support/property';

describe('parseFen takes a decimal string of integer fen and nothing else', () => {
  test.each(['0', '1', '99', '4600000', '999999999999999'])('%s is money', (text) => {
    expect(parseFen(text)).toBe(BigInt(text));
  });

  test.each([
    ['a sign', '-1'],
    ['a plus', '+1'],
    ['a point', '1.00'],
    ['an exponent', '1e3'],
    ['full-width digits', '１２'],
    ['a leading zero', '01'],
    ['hexadecimal', '0x10'],
    ['16 digits', '1000000000000000'],
    ['nothing', ''],
    ['a space', ' 1'],
    ['a line end', '1\n'],
    ['separators', '1,000'],
    ['a word', 'NaN'],
    ['Arabic-Indic digits', '٣'],
  ])('%s is refused', (_what, text) => {
    expect(() => parseFen(text)).toThrow(RangeError);
  });

  test('whatever is taken is written back the same', () => {
    holds(fenAround(), (amountFen) => expect(parseFen(amountFen.toString()).toString()).toBe(amountFen.toString()));
  });

  test('whatever text is taken consists of 1 to 15 ASCII digits', () => {
    holds(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789-+.e１ ') })),
      (text) => {
        const canonical = text.length <= 15 && [...text].every((c) => c >= '0' && c <= '9') && text !== '' && (text === '0' || text[0] !== '0');
        if (canonical) expect(parseFen(text)).toBe(BigInt(text));
        else expect(() => parseFen(text)).toThrow(RangeError);
      },
      2_000,
    );
  });
});

test('an amount in fen is never negative', () => {
  expect(fen(0n)).toBe(0n);
  expect(() => fen(-1n)).toThrow(RangeError);
});

test('yuan are shown with separators and two decimals', () => {
  expect([0n, 1n, 10n, 100n, 99_999n, 3_500_000n, 100_000_000n, -12_345n].map(formatYuan)).toEqual([
    '¥0.00',
    '¥0.01',
    '¥0.10',
    '¥1.00',
    '¥999.99',
    '¥35,000.00',
    '¥1,000,000.00',
    '-¥123.45',
  ]);
});

test('a share is rounded down to the fen, never up', () => {
  holds(fc.tuple(fenAround(), fc.integer({ min: 0, max: 10_000 })), ([amountFen, bp]) => {
    const share = shareOf(amountFen, bp);
    // Oracle: the largest whole fen whose ten-thousandfold is within amount × basis points.
    expect(share * 10_000n <= amountFen * BigInt(bp)).toBe(true);
    expect((share + 1n) * 10_000n > amountFen * BigInt(bp)).toBe(true);
  });
});
