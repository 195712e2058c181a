import fc from 'fast-check';
import { canonicalJson } from '../../src/domain/canonical';
import { holds } from '../support/property';

test('keys are sorted at every depth, lists keep their order', () => {
  expect(canonicalJson({ b: [{ z: 1, a: 2 }, 3], a: null })).toBe('{"a":null,"b":[{"a":2,"z":1},3]}');
});

test('bigints are decimal strings, so that no reader rounds them', () => {
  expect(canonicalJson({ amountFen: 9_007_199_254_740_993n })).toBe('{"amountFen":"9007199254740993"}');
});

test('what is not there is left out, like JSON does', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('what JSON cannot carry is refused', () => {
  expect(() => canonicalJson(undefined)).toThrow(TypeError);
  expect(() => canonicalJson(() => 1)).toThrow(TypeError);
});

test('the same content gives the same text whatever the order of its keys, and other content another', () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 8, noNullPrototype: true });
  holds(fc.tuple(values, values), ([a, b]) => {
    const reversed = Object.fromEntries(Object.entries(a).reverse());
    expect(canonicalJson(reversed)).toBe(canonicalJson(a));
    // Independent judge: Node's deep equality of what is read back.
    const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
    expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .map(([k, v]) => [k, sorted(v)])
    .sort((x, y) => (String(x[0]) < String(y[0]) ? -1 : 1));
}
