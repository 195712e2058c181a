import fc from 'fast-check';
import { isCnapsNumber, isIdCard, isUscc, usccCheckCharacter } from '../../src/domain/identifiers';
import { holds } from '../support/property';
import vectors from './vectors/identifiers.json';

interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly inputs: { readonly id?: string; readonly code?: string; readonly clearingNumber?: string };
  readonly expected: { readonly valid: boolean | null };
}

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = { gb11643: isIdCard, gb32100: isUscc, cnaps: isCnapsNumber };

test.each((vectors.vectors as Vector[]).map((v) => [v.name, v] as const))('vector %s', (_name, { kind, inputs, expected }) => {
  const text = inputs.id ?? inputs.code ?? inputs.clearingNumber ?? '';
  // Where the standard leaves a choice (lower-case x) we refuse: one number has one spelling.
  expect(CHECKS[kind]!(text)).toBe(expected.valid ?? false);
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
