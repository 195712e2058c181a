import { describe as inWords, differences } from '../../../src/cli/play/compare';

test('objects compare by the keys that are expected', () => {
  expect(differences({ a: 1, b: { c: 'x' } }, { a: 1, b: { c: 'x', d: 2 }, e: 3 })).toEqual([]);
});

test('arrays compare whole and in order', () => {
  expect(differences({ a: ['x', 'y'] }, { a: ['y', 'x'] }).map(({ pointer }) => pointer)).toEqual(['/a/0', '/a/1']);
  expect(differences({ a: [] }, { a: ['x'] })).toEqual([{ pointer: '/a', expected: [], got: ['x'] }]);
  expect(differences({ a: ['x'] }, { a: ['x', 'y'] })).toHaveLength(1);
});

test('objects in arrays compare by the keys that are expected of them', () => {
  expect(differences([{ mode: 'single' }], [{ mode: 'single', receipt: null }])).toEqual([]);
  expect(differences([{ mode: 'single' }], [{ mode: 'batched' }])).toEqual([{ pointer: '/0/mode', expected: 'single', got: 'batched' }]);
});

test.each([
  ['1', 1],
  [null, undefined],
  [false, 0],
  [{}, []],
  [[], {}],
])('scalars and kinds compare exactly: %p is not %p', (expected, got) => {
  expect(differences({ a: expected }, { a: got })).toHaveLength(1);
});

test('what the result lacks is a difference, also when it is inherited', () => {
  const lacking = differences({ toString: 1, b: { c: 1 } }, {});
  expect(lacking.map(inWords)).toEqual(['/toString: expected 1, got nothing', '/b: expected {"c":1}, got nothing']);
});

test('keys are escaped in pointers', () => {
  expect(differences({ 'a/b~c': 1 }, {})[0]?.pointer).toBe('/a~1b~0c');
});
