import fc from 'fast-check';
import { formatYuan, parseYuan } from '../../src/domain/money';

test('what formatYuan writes is read back to the fen', () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), (fen) => parseYuan(formatYuan(fen)) === fen));
});

test.each([
  ['12', 1_200n],
  ['12.3', 1_230n],
  ['12.34', 1_234n],
  ['0.01', 1n],
  [' ¥1,234.50 ', 123_450n],
  ['￥１２．３４', 1_234n],
  ['88元', 8_800n],
])('%s is understood', (text, fen) => {
  expect(parseYuan(text)).toBe(fen);
});

test.each([
  '',
  '.',
  '0.001',
  '1e3',
  '-1',
  '+1',
  '01',
  '1.',
  '.5',
  '1,23',
  '12,34.5',
  '1 000',
  '十元',
  '²',
  '٣',
  '0x10',
  '1.2.3',
  'NaN',
  '¥',
  '9'.repeat(14),
])('%p is refused', (text) => {
  expect(() => parseYuan(text)).toThrow(RangeError);
});
