import { row } from '../../src/database/connect';
import { balanceOf, post } from '../../src/ledger/post';
import { type Books, openBooks, openHouseAccounts, sqlStateOf, theBooksBalance, transfer } from '../support/ledger';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await openHouseAccounts(books.app, 't1', 'c1');
  await post(books.app, [transfer({ key: 'opening', amountFen: 1_000n })], 'test');
});
afterEach(() => theBooksBalance(books.owner));
afterAll(() => books.close());

const held = (): Promise<bigint> => balanceOf(books.app, 't1', { kind: 'held', campaignId: 'c1' });
const posted = async (): Promise<bigint> => (await row<{ n: bigint }>(books.app, 'select count(*) as n from ledger.transfer'))!.n;
const audited = async (): Promise<bigint> => (await row<{ n: bigint }>(books.app, 'select count(*) as n from audit.event'))!.n;
const reserve = (key: string, amountFen: bigint): ReturnType<typeof transfer> =>
  transfer({ key, kind: 'release-reserved', debit: { kind: 'held', campaignId: 'c1' }, credit: { kind: 'reserved', campaignId: 'c1' }, amountFen });

/** Runs what must change nothing. */
async function withoutEffect(act: () => Promise<unknown>): Promise<void> {
  const before = [await held(), await posted(), await audited()];
  await act();
  expect([await held(), await posted(), await audited()]).toEqual(before);
}

test('one fen more than there is is refused, and nothing of the call is posted', async () => {
  await withoutEffect(async () => {
    const call = post(books.app, [transfer({ key: 'fits' }), reserve('too-much', (await held()) + 101n)], 'test');
    expect(await sqlStateOf(call)).toBe('23514');
  });
});

test('to the last fen is allowed', async () => {
  const all = await held();
  expect(await post(books.app, [reserve('all', all)], 'test')).toBe(1);
  expect(await held()).toBe(0n);
  await post(books.app, [transfer({ key: 'again', amountFen: 1_000n })], 'test');
});

test('what one call brings in, the same call may spend', async () => {
  const all = await held();
  await post(books.app, [transfer({ key: 'bring', amountFen: 50n }), reserve('spend', all + 50n)], 'test');
  expect(await held()).toBe(0n);
  await post(books.app, [transfer({ key: 'refill', amountFen: 1_000n })], 'test');
});

test('the same key with the same content is skipped, at whatever time it is sent again', async () => {
  await post(books.app, [transfer({ key: 'once' })], 'test');
  await withoutEffect(async () =>
    expect(await post(books.app, [transfer({ key: 'once', businessAt: new Date('2030-01-01T00:00:00Z') })], 'test')).toBe(0),
  );
});

test.each([
  ['amount', { amountFen: 101n }],
  ['account', { credit: { kind: 'excess' } }],
  ['kind', { kind: 'gift-excess' }],
  ['subject', { subject: 'another' }],
] as const)('the same key with another %s fails with AL001, with the whole call', async (what, over) => {
  await post(books.app, [transfer({ key: `used/${what}`, subject: 'first' })], 'test');
  await withoutEffect(async () => {
    const call = post(books.app, [transfer({ key: `fresh/${what}` }), transfer({ key: `used/${what}`, subject: 'first', ...over })], 'test');
    expect(await sqlStateOf(call)).toBe('AL001');
  });
});

test('a key twice in one call: once when the content is the same, AL001 when it is not', async () => {
  const before = await held();
  expect(await post(books.app, [transfer({ key: 'twin' }), transfer({ key: 'twin' }), transfer({ key: 'single' })], 'test')).toBe(2);
  expect(await held()).toBe(before + 200n);
  await withoutEffect(async () =>
    expect(await sqlStateOf(post(books.app, [transfer({ key: 'odd' }), transfer({ key: 'odd', amountFen: 7n })], 'test'))).toBe('AL001'),
  );
});

test.each([
  ['an unknown campaign', { credit: { kind: 'held', campaignId: 'nobody' } }],
  ['another tenant', { tenantId: 't9' }],
] as const)('an account of %s does not exist: AL002, nothing posted', async (_what, over) => {
  await withoutEffect(async () =>
    expect(await sqlStateOf(post(books.app, [transfer({ key: 'lost' }), transfer({ key: 'lost2', ...over })], 'test'))).toBe('AL002'),
  );
});

test.each([
  ['a negative amount', { amountFen: -1n }, '23514'],
  ['from an account to itself', { debit: { kind: 'excess' }, credit: { kind: 'excess' } }, '23514'],
  ['more than a bigint holds', { amountFen: 9_223_372_036_854_775_808n }, '22003'],
] as const)('%s is refused', async (_what, over, code) => {
  await withoutEffect(async () => expect(await sqlStateOf(post(books.app, [transfer({ key: 'bad', ...over })], 'test'))).toBe(code));
});

test('an amount above 2^53 is kept to the fen', async () => {
  await openHouseAccounts(books.app, 't5', 'large');
  const amountFen = 9_007_199_254_740_993n;
  await post(books.app, [transfer({ key: 'large', tenantId: 't5', credit: { kind: 'held', campaignId: 'large' }, amountFen })], 'test');
  expect(await balanceOf(books.app, 't5', { kind: 'held', campaignId: 'large' })).toBe(amountFen);
});

test('nothing to move posts nothing: an empty call, and amounts of zero', async () => {
  await withoutEffect(async () => expect(await post(books.app, [transfer({ key: 'zero', amountFen: 0n })], 'test')).toBe(0));
});

test('a transaction that is rolled back leaves neither money nor audit row', async () => {
  await withoutEffect(async () => {
    const work = books.app.transaction(async (tx) => {
      await post(tx, [transfer({ key: 'rolled-back' })], 'test');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
  });
});

test('every posting has its audit row with its digest, in the same transaction', async () => {
  const before = await audited();
  await post(books.app, [transfer({ key: 'seen/1' }), transfer({ key: 'seen/2' })], 'reviewer:7');
  const event = await row<{ actor: string; data: object }>(books.app, 'select actor, data from audit.event order by seq desc limit 1');
  expect(await audited()).toBe(before + 1n);
  expect(event).toMatchObject({
    actor: 'reviewer:7',
    data: { transfers: 2, totalFen: '200', kinds: ['gift-credited'], digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});
