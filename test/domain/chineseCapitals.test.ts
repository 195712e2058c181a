import * as fc from 'fast-check';
import { chineseCapitals } from '../../src/domain/chineseCapitals';

/** 支付结算办法, annex 1, section 4: its own examples, in the form that we choose where it leaves a choice. */
const ANNEX: readonly (readonly [bigint, string])[] = [
  [140950n, '壹仟肆佰零玖元伍角整'],
  [600714n, '陆仟零柒元壹角肆分'],
  [168032n, '壹仟陆佰捌拾元叁角贰分'],
  [10700053n, '壹拾万零柒仟元伍角叁分'],
  [1640902n, '壹万陆仟肆佰零玖元零贰分'],
  [32504n, '叁佰贰拾伍元零肆分'],
];

/** Amounts that other converters are known to get wrong: a lost fen, a missing 整 or 万, a missing 壹 before 拾, a 零 too many. */
const KNOWN_TRAPS: readonly (readonly [bigint, string])[] = [
  [6734818n, '陆万柒仟叁佰肆拾捌元壹角捌分'],
  [0n, '零元整'],
  [1n, '壹分'],
  [10n, '壹角整'],
  [11n, '壹角壹分'],
  [100n, '壹元整'],
  [101n, '壹元零壹分'],
  [110n, '壹元壹角整'],
  [1000n, '壹拾元整'],
  [1005n, '壹拾元零伍分'],
  [10000n, '壹佰元整'],
  [100001n, '壹仟元零壹分'],
  [1000000n, '壹万元整'],
  [1000100n, '壹万零壹元整'],
  [1001000n, '壹万零壹拾元整'],
  [10000000n, '壹拾万元整'],
  [10010000n, '壹拾万零壹佰元整'],
  [30000001n, '叁拾万元零壹分'],
  [100000000n, '壹佰万元整'],
  [10000000000n, '壹亿元整'],
  [10000000100n, '壹亿零壹元整'],
  [10001000000n, '壹亿零壹万元整'],
  [10000000000000n, '壹仟亿元整'],
  [100000000000000n, '壹万亿元整'],
  [100010000000000n, '壹万零壹亿元整'],
  [999999999999999n, '玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分'],
];

/**
 * What issues of other converters are about: RuoYi#183 loses a fen of 67348.18; nzh#20, ec-do#1, rime-ice#989, hutool#1739 and number-zh#2 are about a missing 整, 万 or
 * leading 壹, or a 零 too many. Only RuoYi's exact input is known to us; the others stand for their shape.
 */
const REPORTED: readonly (readonly [string, bigint, string])[] = [
  ['RuoYi#183: a fen lost', 6_734_818n, '陆万柒仟叁佰肆拾捌元壹角捌分'],
  ['整 missing after 元', 2_000_000n, '贰万元整'],
  ['整 missing after 角', 12_350n, '壹佰贰拾叁元伍角整'],
  ['万 missing before a group of zeros', 1_000_000_000_000n, '壹佰亿元整'],
  ['万 missing after 拾', 10_000_000n, '壹拾万元整'],
  ['leading 壹 missing', 1_200n, '壹拾贰元整'],
  ['leading 壹 missing before 万', 11_000_000n, '壹拾壹万元整'],
  ['零 too many across groups', 1_000_010_000n, '壹仟万零壹佰元整'],
  ['零 too many before 整', 100_000n, '壹仟元整'],
];

test.each(REPORTED)('%s: %d fen is %s', (_fault, amountFen, capitals) => {
  expect(chineseCapitals(amountFen)).toBe(capitals);
});

const DIGIT = new Map([...'零壹贰叁肆伍陆柒捌玖'].map((character, digit) => [character, digit]));
const UNIT = new Map([
  ['仟', 1000],
  ['佰', 100],
  ['拾', 10],
]);

/** Reads capitals back, by other means than they are written. @returns integer fen; fifteen digits are exact in a number. */
function read(capitals: string): number {
  let [fen, high, group, digit] = [0, 0, 0, 0];
  for (const character of capitals) {
    const known = DIGIT.get(character);
    if (known !== undefined) digit = known;
    else {
      if (UNIT.has(character)) group += digit * UNIT.get(character)!;
      else if (character === '万') [high, group] = [high + (group + digit) * 10_000, 0];
      else if (character === '亿') [high, group] = [(high + group + digit) * 100_000_000, 0];
      else if (character === '元') [fen, high, group] = [(high + group + digit) * 100, 0, 0];
      else if (character === '角') fen += digit * 10;
      else if (character === '分') fen += digit;
      digit = 0;
    }
  }
  return fen;
}

test.each(ANNEX)('the annex writes %d fen as %s', (amountFen, capitals) => {
  expect(chineseCapitals(amountFen)).toBe(capitals);
});

test.each(KNOWN_TRAPS)('%d fen is %s', (amountFen, capitals) => {
  expect(chineseCapitals(amountFen)).toBe(capitals);
});

const SHAPE =
  /^(?:(?:零?[壹贰叁肆伍陆柒捌玖][仟佰拾]?)+元|零元(?=整))?(?:整|零?[壹贰叁肆伍陆柒捌玖]分|[壹贰叁肆伍陆柒捌玖]角(?:整|[壹贰叁肆伍陆柒捌玖]分))$/;

test('every amount from 0.00 to 9,999.99 reads back to the fen, in a legal shape', () => {
  const wrong: string[] = [];
  for (let amountFen = 0n; amountFen <= 999_999n; amountFen += 1n) {
    const capitals = chineseCapitals(amountFen);
    if (read(capitals) !== Number(amountFen) || !SHAPE.test(capitals)) wrong.push(`${amountFen} ${capitals}`);
  }
  expect(wrong).toEqual([]);
});

test('any amount of up to fifteen digits reads back to the fen and never doubles a 零', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), (amountFen) => {
      const capitals = chineseCapitals(amountFen);
      expect(read(capitals)).toBe(Number(amountFen));
      expect(capitals).not.toMatch(/零零|零[万亿]|.零元/);
    }),
    { numRuns: 5_000 },
  );
});

test('digits with many zeros read back too', () => {
  const digits = fc.array(fc.constantFrom('0', '0', '0', '1', '9'), { minLength: 1, maxLength: 15 }).map((all) => BigInt(all.join('')));
  fc.assert(
    fc.property(digits, (amountFen) => expect(read(chineseCapitals(amountFen))).toBe(Number(amountFen))),
    { numRuns: 5_000 },
  );
});

test('below zero and above fifteen digits is an error, not a wrong word', () => {
  expect(() => chineseCapitals(-1n)).toThrow(RangeError);
  expect(() => chineseCapitals(1_000_000_000_000_000n)).toThrow(RangeError);
});
