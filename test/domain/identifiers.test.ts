import fc from 'fast-check';
import { hybridCheck, luhnCheck, MOD_11_10, MOD_11_2, MOD_37_2, MOD_37_36, mod9710Check, pureCheck } from '../../src/domain/checkCharacters';
import {
  birthDateOf,
  isBankCard,
  isCnapsNumber,
  isIdCard,
  isLuhn,
  isMinorOn,
  isOrganisationCode,
  isUscc,
  upgradedIdCard,
  usccCheckCharacter,
} from '../../src/domain/identifiers';
import { holds } from '../support/property';
import vectors from './vectors/identifiers.json';

type Text = Readonly<Record<string, string>>;
interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Text;
  readonly expected: Readonly<Record<string, string | boolean | null>>;
}

const ISO_7064: Readonly<Record<string, (body: string) => string>> = {
  'MOD 11-2': (body) => pureCheck(MOD_11_2, body),
  'MOD 37-2': (body) => pureCheck(MOD_37_2, body),
  'MOD 97-10': mod9710Check,
  'MOD 11,10': (body) => hybridCheck(MOD_11_10, body),
  'MOD 37,36': (body) => hybridCheck(MOD_37_36, body),
};

/** What we say of a vector's inputs, in the vector's own words. */
const SAYS: Readonly<Record<string, (inputs: Text) => object>> = {
  gb11643: ({ id = '' }) =>
    isIdCard(id)
      ? {
          valid: true,
          region: id.slice(0, 6),
          birth: birthDateOf(id).replaceAll('-', ''),
          checkCharacter: id[17],
          sex: Number(id[16]) % 2 ? 'male' : 'female',
        }
      : { valid: false },
  'gb11643-15': ({ id = '' }) => ({ valid: upgradedIdCard(id) !== null, upgraded: upgradedIdCard(id) }),
  gb32100: ({ code = '' }) =>
    isUscc(code)
      ? { valid: true, registrar: code[0], category: code[1], region: code.slice(2, 8), organisation: code.slice(8, 17), checkCharacter: code[17] }
      : { valid: false },
  gb11714: ({ code = '' }) => ({ valid: isOrganisationCode(code), checkCharacter: code[8] }),
  iso7064: ({ algorithm = '', body = '' }) => ({ checkCharacters: ISO_7064[algorithm]!(body), whole: body + ISO_7064[algorithm]!(body) }),
  luhn: ({ body, whole = '' }) => (body === undefined ? { valid: isLuhn(whole) } : { checkDigit: luhnCheck(body), whole: body + luhnCheck(body) }),
  cnaps: ({ clearingNumber = '' }) => ({ valid: isCnapsNumber(clearingNumber) }),
};

test.each((vectors.vectors as unknown as Vector[]).map((v) => [v.name, v] as const))('vector %s', (_name, { kind, inputs, expected }) => {
  // Why a number is wrong is for the reader. Where the standard leaves a choice (lower-case x) we refuse: one number has one spelling.
  const { reason: _reason, ...answers } = expected;
  expect(SAYS[kind]!(inputs)).toEqual({ ...answers, ...('valid' in answers ? { valid: answers.valid ?? false } : {}) });
});

/** ISO 7064 MOD 11-2 by its recursive definition, not by the weights of GB 11643. */
function mod112(first17: string): string {
  const p = [...first17].reduce((sum, digit) => ((sum + Number(digit)) * 2) % 11, 0);
  const check = (12 - p) % 11;
  return check === 10 ? 'X' : String(check);
}

const birthdays = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2020-12-31T00:00:00Z'), noInvalidDate: true });
const first17 = fc
  .tuple(fc.constantFrom('110105', '330102', '440524', '650102', '810000'), birthdays, fc.integer({ min: 0, max: 999 }))
  .map(([region, born, serial]) => region + born.toISOString().slice(0, 10).replaceAll('-', '') + String(serial).padStart(3, '0'));

test('GB 11643: exactly one check character fits, and every single altered digit is noticed', () => {
  holds(fc.tuple(first17, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 })), ([stem, at, by]) => {
    expect([...'0123456789X'].filter((c) => isIdCard(stem + c))).toEqual([mod112(stem)]);
    const altered = stem.slice(0, at) + ((Number(stem[at]) + by) % 10) + stem.slice(at + 1);
    expect(isIdCard(altered + mod112(stem))).toBe(false);
  });
});

test('GB 11643: 29 February only in leap years', () => {
  expect(isIdCard(`11010520000229001${mod112('11010520000229001')}`)).toBe(true);
  expect(isIdCard(`11010519000229001${mod112('11010519000229001')}`)).toBe(false);
});

test('GB 11643: nobody is born in the future', () => {
  const stem = (year: number): string => `110105${year}0101001`;
  const next = new Date().getUTCFullYear() + 1;
  expect(isIdCard(stem(next) + mod112(stem(next)))).toBe(false);
});

test('GB 32100: exactly one check character fits', () => {
  const stems = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY'), minLength: 17, maxLength: 17 });
  holds(
    stems,
    (stem) => {
      const check = usccCheckCharacter(stem);
      expect(isUscc(stem + check)).toBe(true);
      expect([...'0123456789ABCDEFGHJKLMNPQRTUWXY'].filter((c) => isUscc(stem + c))).toEqual([check]);
    },
    100,
  );
  expect(() => usccCheckCharacter('123')).toThrow(RangeError);
});

test('CNAPS: exactly one check digit fits', () => {
  holds(
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 11, maxLength: 11 }),
    (stem) => {
      expect([...'0123456789'].filter((c) => isCnapsNumber(stem + c))).toHaveLength(1);
    },
    200,
  );
});

test('full-width digits and neighbouring characters are no identifiers', () => {
  expect(isIdCard('１１０１０５１９４９１２３１００２Ｘ')).toBe(false);
  expect(isIdCard('11010519491231002X\n')).toBe(false);
  expect(isUscc('91350100m000100y43')).toBe(false);
  expect(isCnapsNumber('1021000999960')).toBe(false);
});

const withCheck = (first17: string): string => first17 + mod112(first17);

test.each([
  ['a Hong Kong resident', '81000019800101001'],
  ['a Macao resident', '82000019800101001'],
  ['a Taiwan resident', '83000019800101001'],
  ['a foreign permanent resident, 2023 form: Beijing, nationality 840', '91184019800101001'],
])('the card of %s has the form of GB 11643', (_who, first17) => {
  expect(isIdCard(withCheck(first17))).toBe(true);
  expect(isIdCard(first17 + (mod112(first17) === '0' ? '1' : '0'))).toBe(false);
});

test.each([
  ['a residence permit of a district', '81010119800101001'],
  ['no region 84', '84000019800101001'],
  ['a foreign resident of no province', '90084019800101001'],
  ['a foreign resident born on 30 February', '91184019800230001'],
  ['no province 16', '16010119800101001'],
])('%s is refused', (_what, first17) => {
  expect(isIdCard(withCheck(first17))).toBe(false);
});

test('a person is a minor until the day before the eighteenth birthday', () => {
  const born = withCheck('11010520030302001');
  expect(isMinorOn(born, '2021-03-01')).toBe(true);
  expect(isMinorOn(born, '2021-03-02')).toBe(false);
  // Born on 29 February: of age on 1 March of a year that has none.
  const leap = withCheck('11010520040229001');
  expect(isMinorOn(leap, '2022-02-28')).toBe(true);
  expect(isMinorOn(leap, '2022-03-01')).toBe(false);
});

test('fifteen digits that lead to no real number are refused', () => {
  expect(upgradedIdCard('110105491331002')).toBeNull();
  expect(upgradedIdCard('11010549123100X')).toBeNull();
});

test('Luhn: every single altered digit is noticed; a card has 16 to 19 digits', () => {
  const cards = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 15, maxLength: 18 });
  holds(fc.tuple(cards, fc.nat(14), fc.integer({ min: 1, max: 9 })), ([body, at, by]) => {
    const card = body + luhnCheck(body);
    expect(isBankCard(card)).toBe(true);
    expect(isBankCard(card.slice(0, at) + ((Number(card[at]) + by) % 10) + card.slice(at + 1))).toBe(false);
  });
  expect(isBankCard('78949')).toBe(false);
});

test('a character outside its alphabet has no check character', () => {
  expect(() => luhnCheck('12a')).toThrow(RangeError);
  expect(() => hybridCheck(MOD_11_10, 'A')).toThrow(RangeError);
  expect(() => pureCheck(MOD_11_2, '-')).toThrow(RangeError);
  expect(() => mod9710Check('a')).toThrow(RangeError);
});
