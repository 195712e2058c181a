import { searchWords } from '../../src/domain/searchWords';

test.each([
  ['¥1,234.50', 123_450n],
  ['1234.5', 123_450n],
  ['￥28，920元', 2_892_000n],
  ['0.01', 1n],
  ['12,34', null],
  ['1.234', null],
  ['-5', null],
])('%s as an amount in yuan', (written, fen) => expect(searchWords(written).amountFen).toBe(fen));

test('what is written is looked for as everything that it can be, and as nothing else', () => {
  expect(searchWords('20210301')).toEqual({ id: null, idEnd: '20210301', reference: '20210301', amountFen: 2_021_030_100n, title: '20210301' });
  expect(searchWords('01arz3ndektsv4rrffq69g5fav').id).toBe('01ARZ3NDEKTSV4RRFFQ69G5FAV');
  expect(searchWords('张')).toEqual({ id: null, idEnd: null, reference: null, amountFen: null, title: null });
  expect(searchWords("x' or 1=1")).toMatchObject({ id: null, reference: null, amountFen: null });
});
