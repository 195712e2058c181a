import fc from 'fast-check';
import { MessageError } from '../../../../src/adapters/errors';
import { readFen, yuan } from '../../../../src/adapters/payment/bank/amount';

test('what we write we read, to the fen', () => {
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: 10n ** 17n }), (fen) => readFen(yuan(fen), 'CNY') === fen));
});

test.each([
  ['0', 0n],
  ['1', 100n],
  ['1.5', 150n],
  ['0.05', 5n],
  ['9007199254740993.01', 900719925474099301n],
  ['000.10', 10n],
])('%s', (text, fen) => {
  expect(readFen(text, 'CNY')).toBe(fen);
});

test.each([
  '',
  '.',
  '.5',
  '5.',
  '-1.00',
  '+1.00',
  '1e3',
  '1E3',
  '1.001',
  '1.000',
  '1,000.00',
  '１２.００',
  '१.००',
  '0x10',
  ' 1.00',
  '1.00\n',
  'NaN',
  'Infinity',
  '99999999999999999',
])('%j is no amount', (text) => {
  expect(() => readFen(text, 'CNY')).toThrow(MessageError);
});

test('whatever is accepted is exactly digits with at most two decimals', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.-+eE, ０１Ⅷ٣') }), (text) => {
      try {
        readFen(text, 'CNY');
        return /^[0-9]{1,16}(\.[0-9]{1,2})?$/.test(text);
      } catch (error) {
        return error instanceof MessageError;
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each(['USD', 'cny', 'CNH', undefined])('currency %s is refused', (currency) => {
  expect(() => readFen('1.00', currency)).toThrow(MessageError);
});

test.each([0n, -1n])('%s fen cannot be paid', (fen) => {
  expect(() => yuan(fen)).toThrow(RangeError);
});
