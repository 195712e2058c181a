import fc from 'fast-check';
import { inTransaction, row, rows } from '../../src/database/connect';
import { type AccountRef, post, type Transfer } from '../../src/ledger/post';
import { accountsOf, type Books, openBooks, openHouseAccounts, sqlStateOf, theBooksBalance, transfer } from '../support/ledger';

const WRITERS = 16;
let books: Books;
beforeAll(async () => {
  books = await openBooks(WRITERS);
  await openHouseAccounts(books.app, 't1', 'c1', 'c2');
});
afterAll(() => books.close());

interface Standing {
  readonly id: bigint;
  readonly debits_fen: bigint;
  readonly credits_fen: bigint;
}

test('16 writers over a few hot accounts: no movement lost, none twice, no account on its wrong side', async () => {
  const accounts = accountsOf('c1', 'c2');
  const [calls] = fc.sample(
    fc.array(
      fc.array(fc.tuple(fc.constantFrom(...accounts), fc.constantFrom(...accounts), fc.integer({ min: 1, max: 500 })), {
        minLength: 1,
        maxLength: 6,
      }),
      { minLength: 600, maxLength: 600 },
    ),
    { seed: 35, numRuns: 1 },
  );
  const outcomes: Record<string, number> = {};
  const accepted: Transfer[] = [];
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let i = next++; i < calls!.length; i = next++) {
      // Every other call first brings money in from outside, so that most movements are covered.
      const bringing = transfer({ key: `in/${i}`, amountFen: 400n, credit: { kind: 'held', campaignId: i % 2 ? 'c1' : 'c2' } });
      const moving = calls!
        [i]!.filter(([a, b]) => a !== b)
        .map(([debit, credit, amount], j) => transfer({ key: `move/${i}/${j}`, debit, credit, amountFen: BigInt(amount) }));
      const both = i % 2 ? [bringing, ...moving] : moving;
      const code = await sqlStateOf(inTransaction(books.app, (tx) => post(tx, both, 'test')));
      outcomes[code] = (outcomes[code] ?? 0) + 1;
      if (code === 'none') accepted.push(...both);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));

  // Either posted or refused by a guard; never a deadlock (40P01) that reached the caller.
  expect(Object.keys(outcomes).sort()).toEqual(['23514', 'none']);
  expect((await row<{ n: bigint }>(books.app, 'select count(*) as n from ledger.transfer'))!.n).toBe(BigInt(accepted.length));
  const totals = await row<Record<string, string>>(
    books.app,
    'select sum(debits_fen)::text debits, sum(credits_fen)::text credits, (select sum(amount_fen) from ledger.transfer)::text moved from ledger.account',
  );
  expect(totals).toEqual({ debits: totals!.moved, credits: totals!.moved, moved: accepted.reduce((sum, t) => sum + t.amountFen, 0n).toString() });

  const named = await rows<Standing & { kind: string; campaign_id: string | null; normal: string }>(books.app, 'select * from ledger.account');
  const is = (ref: AccountRef, a: (typeof named)[number]): boolean =>
    ref.kind === a.kind && ('campaignId' in ref ? ref.campaignId : null) === a.campaign_id;
  for (const account of named) {
    const sum = (side: 'debit' | 'credit'): bigint => accepted.filter((t) => is(t[side], account)).reduce((total, t) => total + t.amountFen, 0n);
    expect([account.kind, account.debits_fen, account.credits_fen]).toEqual([account.kind, sum('debit'), sum('credit')]);
    const balance = account.normal === 'debit' ? account.debits_fen - account.credits_fen : account.credits_fen - account.debits_fen;
    expect(balance >= 0n).toBe(true);
  }
  await theBooksBalance(books.app);
});

test('the last 100 fen asked for by 16 at once go to exactly one', async () => {
  await openHouseAccounts(books.app, 't2', 'last');
  const held: AccountRef = { kind: 'held', campaignId: 'last' };
  await post(books.app, [transfer({ key: 'last/in', tenantId: 't2', credit: held })], 'test');
  const reserve = (i: number): Transfer =>
    transfer({ key: `last/${i}`, tenantId: 't2', kind: 'release-reserved', debit: held, credit: { kind: 'reserved', campaignId: 'last' } });
  const codes = await Promise.all(
    Array.from({ length: WRITERS }, (_, i) => sqlStateOf(inTransaction(books.app, (tx) => post(tx, [reserve(i)], 'test')))),
  );
  expect(codes.filter((c) => c === 'none')).toHaveLength(1);
  expect(codes.filter((c) => c === '23514')).toHaveLength(WRITERS - 1);
  await theBooksBalance(books.app);
});

test('the same movement sent by 16 at once moves money once', async () => {
  await openHouseAccounts(books.app, 't3', 'same');
  const same = transfer({ key: 'same', tenantId: 't3', credit: { kind: 'held', campaignId: 'same' } });
  const counts = await Promise.all(Array.from({ length: WRITERS }, () => inTransaction(books.app, (tx) => post(tx, [same], 'test'))));
  expect(counts.reduce((a, b) => a + b, 0)).toBe(1);
  await theBooksBalance(books.app);
});

test('crossing transfers between two accounts, locked from either end, queue instead of deadlocking', async () => {
  await openHouseAccounts(books.app, 't4', 'a', 'b');
  const held = (campaignId: string): AccountRef => ({ kind: 'held', campaignId });
  await post(
    books.app,
    [
      transfer({ key: 'x/a', tenantId: 't4', credit: held('a'), amountFen: 10_000n }),
      transfer({ key: 'x/b', tenantId: 't4', credit: held('b'), amountFen: 10_000n }),
    ],
    'test',
  );
  const codes = await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const [from, to] = i % 2 ? ['a', 'b'] : ['b', 'a'];
      return sqlStateOf(
        books.app.transaction((tx) => post(tx, [transfer({ key: `x/${i}`, tenantId: 't4', debit: held(from!), credit: held(to!) })], 'test')),
      );
    }),
  );
  expect(new Set(codes)).toEqual(new Set(['none']));
  await theBooksBalance(books.app);
});
